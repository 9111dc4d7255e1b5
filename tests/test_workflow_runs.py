"""Every block of the workflows, run as GitHub runs it, for every event that it may meet."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from checkout import copied
from github_comments import Comments, comments
from github_environments import environments
from repository import Repository, stack_file, with_workflows
from workflow_runs import REPOSITORY, Event, Job, Runner

ZEROS, GONE = 40 * "0", 40 * "1"
ODD = 'it\'s $(touch made) "x"'
BRANCH = 'it\'s/"quoted"/$(touch${IFS}made)'
RAN = "code of the pull request runs"
CREDENTIALS = {"KUBECONFIG": "{}", "PULUMI_CONFIG_PASSPHRASE": "x"}
BACKEND = {"PULUMI_BACKEND_URL": "file:///dev/null"}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository whose main has a second commit, with more memory for alice."""
    made = with_workflows(copied(tmp_path_factory.mktemp("remote") / "project"))
    made.write("alice", stack_file("memory: 4Gi"))
    made.commit()
    return made


@pytest.fixture
def runner(repository: Repository, tmp_path: Path) -> Runner:
    """What runs workflows, with a backend and no credentials."""
    return Runner(repository.root, tmp_path / "runs", variables=BACKEND)


def commit(repository: Repository, name: str) -> str:
    """Return a commit's whole name."""
    return repository.git("rev-parse", name).strip()


def push(repository: Repository, before: str, head: str = "main", **more: Any) -> Event:
    """Return the event of a push."""
    payload = {"before": before, "repository": {"default_branch": "main"}, **more}
    return Event("push", commit(repository, head), payload)


def pages(job: Job) -> Any:
    """Return the stacks that a run goes on with."""
    return json.loads(job.outputs["pages"])


# --- up ------------------------------------------------------------------------------------------


def test_a_push_goes_on_with_the_stacks_that_it_changes(
    runner: Runner, repository: Repository
) -> None:
    before = commit(repository, "main~1")
    done = runner.run("up.yml", push(repository, before))
    assert pages(done["stacks"]) == [[{"stack": "alice"}]]
    assert done["stacks"].outputs["base"] == before
    assert "### What this change does to running VMs" in done["stacks"].summary
    # And ends where a credential is missing, before anything starts a cluster of its own.
    plan = done["up/stack/plan"]
    assert plan.result == "failure"
    assert "KUBECONFIG: the environment up has no secret KUBECONFIG" in plan.log
    assert done["up/stack/up"].result == done["up/stack/approval"].result == "skipped"


def test_a_run_by_hand_begins_from_the_commit_that_it_is_given(
    runner: Runner, repository: Repository
) -> None:
    payload = {"inputs": {"base": "main~1"}, "repository": {"default_branch": "main"}}
    event = Event("workflow_dispatch", commit(repository, "main"), payload)
    stacks = runner.run("up.yml", event)["stacks"]
    # A branch's name is what git calls it in a clone.
    assert stacks.result == "failure"
    payload["inputs"]["base"] = commit(repository, "main~1")
    assert pages(runner.run("up.yml", event)["stacks"]) == [[{"stack": "alice"}]]


@pytest.mark.parametrize(
    ("before", "more", "why"),
    [
        (GONE, {"forced": True}, f"there is no revision {GONE}"),
        (ZEROS, {"created": True}, "before this push the branch was not there"),
    ],
    ids=["forced push", "first commit"],
)
def test_a_push_from_nowhere_brings_nothing_up_and_says_how_to_go_on(
    runner: Runner, repository: Repository, before: str, more: dict[str, Any], why: str
) -> None:
    done = runner.run("up.yml", push(repository, before, **more))
    assert {name: job.result for name, job in done.items()} == {
        "stacks": "failure",
        "up": "skipped",
    }
    assert why in done["stacks"].log
    assert "start the workflow by hand" in done["stacks"].log


def test_without_a_backend_nothing_runs(runner: Runner, repository: Repository) -> None:
    runner.variables = {}
    done = runner.run("up.yml", push(repository, commit(repository, "main~1")))
    done |= runner.run("drift.yml", push(repository, ""))
    assert {job.result for job in done.values()} == {"skipped"}


def test_the_name_of_a_stack_is_no_part_of_a_script(runner: Runner, repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "odd")
    repository.write(ODD, stack_file())
    before, odd = commit(repository, "main"), repository.commit()
    repository.git("checkout", "--quiet", "main")
    runner.secrets = {"KUBECONFIG": "{}", "PULUMI_CONFIG_PASSPHRASE": "x"}
    done = runner.run("up.yml", push(repository, before, odd))
    assert pages(done["stacks"]) == [[{"stack": ODD}]]
    # It was read, and all that is missing is a cluster.
    assert "current-context must exist" in done["up/stack/plan"].log
    assert not list(runner.folder.rglob("made"))


# --- environments --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["up", "preview", "drift"])
def test_a_job_does_nothing_with_credentials_that_every_branch_may_have(
    runner: Runner, repository: Repository, proposed: Mapping[str, str], name: str
) -> None:
    workflow, job, event = {
        "up": ("up.yml", "up/stack/plan", push(repository, commit(repository, "main~1"))),
        "preview": ("live.yml", "live", pull_request(repository, proposed, trusted=True)),
        "drift": (
            "drift.yml",
            "drift",
            Event("schedule", commit(repository, "main")),
        ),
    }[name]
    runner.secrets = CREDENTIALS
    with environments() as api:
        api.found = {name: {"deployment_branch_policy": None}}
        runner.environment = {"GITHUB_API_URL": api.url}
        done = runner.run(workflow, event)
    assert done[job].result == "failure"
    assert f'the environment "{name}" may be used by every branch' in done[job].log
    # It is the last that the job has to say.
    assert done[job].log.rstrip().endswith("nothing else (docs/ci.md)")


# --- drift ---------------------------------------------------------------------------------------


def test_drift_is_looked_for_page_by_page_and_needs_a_credential(
    runner: Runner, repository: Repository
) -> None:
    event = Event("schedule", commit(repository, "main"))
    done = runner.run("drift.yml", event)
    assert json.loads(done["stacks"].outputs["pages"]) == [["alice", "bob"]]
    assert "has no secret KUBECONFIG" in done["drift"].log
    runner.secrets = {"KUBECONFIG": "{}", "PULUMI_CONFIG_PASSPHRASE": "x"}
    done = runner.run("drift.yml", event)
    assert done["drift"].result == "failure"
    assert "could not be compared: alice, bob" in done["drift"].log
    assert "without a file" not in done["drift"].log


def test_what_is_expected_and_has_no_file_is_a_failure(
    runner: Runner, repository: Repository
) -> None:
    runner.secrets = {"KUBECONFIG": "{}", "PULUMI_CONFIG_PASSPHRASE": "x"}
    runner.variables = {**BACKEND, "VMPOOL_EXPECTED": "team-* ali* shop bob"}
    done = runner.run("drift.yml", Event("schedule", commit(repository, "main")))
    assert done["drift"].result == "failure"
    assert "expected to be up, and without a file here: team-*, shop;" in done["drift"].log


def test_that_there_is_no_stack_at_all_is_a_failure(runner: Runner, repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "empty")
    for stack in ("alice", "bob"):
        repository.remove(stack)
    empty = repository.commit()
    repository.git("checkout", "--quiet", "main")
    done = runner.run("drift.yml", Event("schedule", empty))
    assert {name: job.result for name, job in done.items()} == {
        "stacks": "failure",
        "drift": "skipped",
    }
    assert "there is no stack here" in done["stacks"].log


# --- pull requests -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def proposed(repository: Repository) -> dict[str, str]:
    """A pull request's commits: of its head, and of the merge that its workflows run."""
    repository.git("checkout", "--quiet", "-b", BRANCH)
    repository.write("alice", stack_file("memory: 8Gi"))
    cli = "vmpool/cli.py"
    repository.replace(cli, "import pkgutil", f"import pkgutil\n\nprint({RAN!r}, file=sys.stderr)")
    repository.replace(cli, "import pkgutil", "import pkgutil\nimport sys")
    head = repository.commit()
    repository.git("checkout", "--quiet", "--detach", "main")
    repository.git("merge", "--quiet", "--no-ff", "-m", "merge", head)
    merge = commit(repository, "HEAD")
    repository.git("update-ref", "refs/pull/7/merge", merge)
    repository.git("checkout", "--quiet", "main")
    return {"head": head, "merge": merge}


def pull_request(
    repository: Repository,
    proposed: Mapping[str, str],
    source: str = REPOSITORY,
    *,
    into: str = "main",
    trusted: bool = False,
) -> Event:
    """Return an event of the pull request, from a repository; a trusted one is of main."""
    payload = {
        "number": 7,
        "repository": {"default_branch": "main"},
        "pull_request": {
            "number": 7,
            "base": {"sha": commit(repository, into), "ref": into},
            "head": {"sha": proposed["head"], "ref": BRANCH, "repo": {"full_name": source}},
        },
    }
    if trusted:
        return Event("pull_request_target", commit(repository, "main"), payload)
    return Event("pull_request", proposed["merge"], payload, "refs/pull/7/merge")


def played(
    runner: Runner,
    repository: Repository,
    proposed: Mapping[str, str],
    api: Comments,
    source: str = REPOSITORY,
) -> dict[str, Job]:
    """Run both workflows of the pull request, the second with what GitHub has of the first."""
    done = runner.run("preview.yml", pull_request(repository, proposed, source))
    files = {"diff.txt": (runner.artifacts["diff"] / "diff.txt").read_text("utf-8")}
    api.ran(proposed["head"], files, conclusion=done["diff"].result)
    runner.environment = {"GITHUB_API_URL": api.url}
    return done | runner.run("live.yml", pull_request(repository, proposed, source, trusted=True))


@pytest.fixture
def api() -> Iterator[Comments]:
    """GitHub's API."""
    with comments() as server:
        yield server


def test_a_pull_request_of_a_fork_gets_its_diff_and_meets_no_secret(
    runner: Runner, repository: Repository, proposed: Mapping[str, str], api: Comments
) -> None:
    runner.secrets = CREDENTIALS
    done = played(runner, repository, proposed, api, "eve/pools")
    assert {name: job.result for name, job in done.items()} == {
        "diff": "success",
        "live": "skipped",
        "comment": "success",
    }
    assert "| `alice` |" in done["diff"].summary
    (body,) = api.bodies
    assert "No cluster was asked" in body
    assert "    1 of 2 stacks changes" in body
    assert not list(runner.folder.rglob("made"))


def test_nothing_of_a_pull_request_runs_beside_credentials(
    runner: Runner, repository: Repository, proposed: Mapping[str, str], api: Comments
) -> None:
    runner.secrets = CREDENTIALS
    done = played(runner, repository, proposed, api)
    assert done["diff"].result == "success"
    assert RAN in done["diff"].log
    # Whatever becomes of the previews.
    assert RAN not in done["live"].log + done["comment"].log
    assert "### What the clusters say to this change" in done["live"].summary
    assert "| `alice` | **failed**" in done["live"].summary


def test_a_pull_request_of_the_project_gets_one_comment_that_is_kept_up_to_date(
    runner: Runner, repository: Repository, proposed: Mapping[str, str], api: Comments
) -> None:
    runner.secrets = CREDENTIALS
    for _ in range(2):
        done = played(runner, repository, proposed, api)
        assert done["comment"].result == "success", done["comment"].log
        (body,) = api.bodies
        live, diff = body.split("### What this change's own code says")
        assert "The job `live` ended with failure" in live
        assert "### What the clusters say to this change" in live
        assert 'closed: there is no environment "disk-loss"' in live
        assert "\n    alice: " not in live
        assert "    1 of 2 stacks changes" in diff


def test_a_run_for_a_branch_that_was_deleted_says_so_beside_the_diff(
    runner: Runner, repository: Repository, proposed: Mapping[str, str], api: Comments
) -> None:
    runner.secrets = CREDENTIALS
    repository.git("branch", "--quiet", "-D", BRANCH)
    try:
        done = played(runner, repository, proposed, api)
    finally:
        repository.git("branch", "--quiet", BRANCH, proposed["head"])
    (body,) = api.bodies
    assert done["diff"].result == "success"
    assert done["live"].result == "failure"
    assert f"there is no revision {proposed['head']}" in done["live"].log
    assert "**There is no live preview**" in body
    assert "    1 of 2 stacks changes" in body


def test_a_pull_request_into_another_branch_meets_no_credential(
    runner: Runner, repository: Repository, proposed: Mapping[str, str]
) -> None:
    repository.git("branch", "--quiet", "--force", "other", BRANCH)
    runner.secrets = CREDENTIALS
    event = pull_request(repository, proposed, into="other", trusted=True)
    done = runner.run("live.yml", event)
    assert {job.result for job in done.values()} == {"skipped"}


def test_a_workflow_that_a_pull_request_brings_along_has_nothing_to_give_away(
    runner: Runner, repository: Repository, proposed: Mapping[str, str]
) -> None:
    """GitHub takes the file of `on: pull_request` from the pull request's merge."""
    event = pull_request(repository, proposed)
    for name in ("preview.yml", "ci.yml"):
        workflow = runner.workflow(name, event.sha)
        assert "secrets." not in str(workflow)
        assert not any("environment" in job for job in workflow["jobs"].values())


def test_what_others_merged_meanwhile_is_neither_shown_as_this_change_nor_passed_over(
    runner: Runner, repository: Repository, proposed: Mapping[str, str]
) -> None:
    """The base that the event tells is the one that the pull request was opened on."""
    opened = pull_request(repository, proposed)
    repository.git("checkout", "--quiet", "-b", "went-on", "main")
    repository.write("bob", stack_file("memory: 5Gi"))
    newest = repository.commit()
    repository.git("checkout", "--quiet", "--detach", newest)
    repository.git("merge", "--quiet", "--no-ff", "-m", "merge", proposed["head"])
    merge = commit(repository, "HEAD")
    repository.git("checkout", "--quiet", "main")
    repository.git("update-ref", "refs/pull/7/merge", merge)
    repository.git("update-ref", "refs/heads/main", newest)
    try:
        done = runner.run("preview.yml", replace(opened, sha=merge))
    finally:
        repository.git("update-ref", "refs/heads/main", "went-on~1")
        repository.git("update-ref", "refs/pull/7/merge", proposed["merge"])
    assert "**1 of 2 stacks changes**" in done["diff"].summary
    assert "This branch is older than its base" in done["diff"].summary
    assert f"up to {newest[:10]}" in done["diff"].summary


def test_a_run_that_looks_for_newer_pins_and_cannot_ask_fails_and_says_so(
    runner: Runner, repository: Repository
) -> None:
    runner.environment = {"VMPOOL_OFFLINE": "1"}
    event = Event("schedule", commit(repository, "main"))
    (job,) = runner.run("pins.yml", event).values()
    assert job.result == "failure"
    assert "not asked for newer versions" in job.log
    assert job.summary.startswith("NAME")


def test_a_block_meets_nothing_of_this_machine(
    runner: Runner, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "of the person")
    monkeypatch.setenv("SOME_VARIABLE", "of the person")
    repository.git("checkout", "--quiet", "-b", "env")
    repository.replace(".github/workflows/ci.yml", "      - run: make lint\n", "      - run: env\n")
    head = repository.commit()
    repository.git("checkout", "--quiet", "main")
    (job,) = runner.run("ci.yml", Event("push", head, ref="refs/heads/env")).values()
    assert "of the person" not in job.log
    names = {line.partition("=")[0] for line in job.log.splitlines()}
    assert {"GITHUB_REF_NAME", "GITHUB_RUN_ID", "GITHUB_SERVER_URL", "GITHUB_WORKFLOW"} < names
    assert "GITHUB_REF_NAME=env" in job.log


def test_the_projects_own_workflow_runs_targets_that_there_are(
    runner: Runner, repository: Repository
) -> None:
    (job,) = runner.run("ci.yml", push(repository, "")).values()
    assert job.result == "success", job.log
