"""The workflows: what they may do, what they run, and who may stop them."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import browser
import click
import engine_requirements
import pytest
import yaml
from checkout import ROOT
from workflow_runs import read

from vmpool import go_build
from vmpool.ci import gitlab
from vmpool.ci.plan import Loss, Plan
from vmpool.ci.stacks import MOST_JOBS, pages
from vmpool.cli import main
from vmpool.engine import install
from vmpool.verbs.options import STACKS_VARIABLE

GITHUB = ROOT / ".github"
WORKFLOWS = {file.stem: file for file in sorted((GITHUB / "workflows").glob("*.yml"))}
FILES = [*WORKFLOWS.values(), *GITHUB.glob("actions/*/action.yml")]
PINNED = re.compile(r"[\w-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
FOR_THE_DEFAULT_BRANCH = (
    "github.event.pull_request.base.ref == github.event.repository.default_branch"
)
FROM_HERE = "github.event.pull_request.head.repo.full_name == github.repository"
ACTIONLINT = go_build.Program(
    "github.com/rhysd/actionlint/cmd/actionlint", "about 10 seconds, once"
)


def document_of(file: Path) -> Any:
    """Return a workflow or an action."""
    return read(file.read_text(encoding="utf-8"))


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every job as "workflow.job"."""
    for name, file in WORKFLOWS.items():
        for job, content in document_of(file)["jobs"].items():
            yield f"{name}.{job}", content


JOBS = dict(jobs())


def steps(file: Path) -> Iterator[dict[str, Any]]:
    """Yield every step of a workflow, or of an action."""
    document = document_of(file)
    for part in document.get("jobs", {}).values():
        yield from part.get("steps", ())
    yield from document.get("runs", {}).get("steps", ())


def every_step() -> list[dict[str, Any]]:
    return [step for file in FILES for step in steps(file)]


# --- actionlint ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def actionlint() -> Path:
    """actionlint, as .github/lint/go.mod pins it. It calls shellcheck where that is on PATH."""
    return go_build.built("actionlint", ACTIONLINT, GITHUB / "lint")


def lint(program: Path, *files: Path) -> subprocess.CompletedProcess[str]:
    command = [str(program), "-no-color", *map(str, files)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_actionlint_finds_nothing(actionlint: Path) -> None:
    done = lint(actionlint, *WORKFLOWS.values())
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_actionlint_would_find_a_mistake(actionlint: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    text = WORKFLOWS["up"].read_text(encoding="utf-8")
    broken.write_text(text.replace("needs.stacks.outputs.base", "needs.stacks.outputs.bases"))
    assert 'property "bases" is not defined' in lint(actionlint, broken).stdout


def zizmor(*places: Path) -> subprocess.CompletedProcess[str]:
    """Run zizmor, which asks nobody for anything."""
    program = Path(sys.executable).parent / "zizmor"
    command = [str(program), "--offline", "--no-progress", *map(str, places)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_zizmor_finds_nothing() -> None:
    done = zizmor(GITHUB)
    assert done.returncode == 0, done.stdout


def test_zizmor_would_find_a_mistake(tmp_path: Path) -> None:
    broken = tmp_path / ".github" / "workflows" / "broken.yml"
    broken.parent.mkdir(parents=True)
    text = WORKFLOWS["up"].read_text(encoding="utf-8")
    broken.write_text(text.replace('"$BEFORE"', '"${{ github.event.head_commit.message }}"'))
    done = zizmor(tmp_path)
    assert done.returncode != 0
    assert "template-injection" in done.stdout


# --- what they may do ----------------------------------------------------------------------------


def test_there_are_the_workflows_that_the_documentation_lists() -> None:
    assert set(WORKFLOWS) == {
        *("ci", "drift", "live", "pins", "preview", "release"),
        *("up", "up-stack", "up-stacks"),
    }
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    assert all(f"`{name}.yml`" in page for name in WORKFLOWS)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_gives_its_jobs_no_permission_by_itself(name: str) -> None:
    assert document_of(WORKFLOWS[name])["permissions"] == {}


ASKING_ABOUT_ENVIRONMENTS = {
    "drift.drift",
    "live.live",
    "up.up",
    "up-stacks.stack",
    "up-stack.plan",
    "up-stack.up",
}


def test_jobs_may_read_one_may_comment_and_one_release() -> None:
    given = {name: job.get("permissions", {}) for name, job in JOBS.items()}
    commenting = {"actions": "read", "contents": "read", "pull-requests": "write"}
    assert given.pop("live.comment") == commenting
    assert given.pop("up-stack.approval") == {}
    asking = [given.pop(name) for name in sorted(ASKING_ABOUT_ENVIRONMENTS)]
    assert asking == [{"actions": "read", "contents": "read"}] * len(ASKING_ABOUT_ENVIRONMENTS)
    signing = {"attestations": "write", "contents": "write", "id-token": "write"}
    assert given.pop("release.attach") == signing
    assert set(map(str, given.values())) == {"{'contents': 'read'}"}


def triggers(name: str) -> set[str]:
    on = document_of(WORKFLOWS[name])["on"]
    return {on} if isinstance(on, str) else set(on)


def jobs_started_by(event: str) -> dict[str, dict[str, Any]]:
    """Return the jobs of the workflows that an event starts, and of those that they call."""
    names = [name for name in WORKFLOWS if event in triggers(name)]
    return {name: job for name, job in JOBS.items() if name.partition(".")[0] in names}


def test_what_a_pull_request_may_rewrite_has_nothing_that_it_may_not_have() -> None:
    found = jobs_started_by("pull_request")
    assert set(found) == {"ci.test", "preview.diff"}
    for job in found.values():
        assert "secrets." not in str(job)
        assert "environment" not in job
        assert job["permissions"] == {"contents": "read"}


def test_one_workflow_has_more_and_it_is_the_default_branchs_for_that_branch_alone() -> None:
    assert not any({"workflow_run", "issue_comment"} & triggers(name) for name in WORKFLOWS)
    assert [name for name in WORKFLOWS if "pull_request_target" in triggers(name)] == ["live"]
    assert document_of(WORKFLOWS["live"])["on"] == {"pull_request_target": {"branches": ["main"]}}
    for job in jobs_started_by("pull_request_target").values():
        assert FOR_THE_DEFAULT_BRANCH in job["if"]


def test_every_action_is_pinned_to_a_commit_with_its_version() -> None:
    lines = [line for file in FILES for line in file.read_text(encoding="utf-8").splitlines()]
    used = [line.partition("uses: ")[2] for line in lines if "uses: " in line]
    others = {action for action in used if not action.startswith("./")}
    assert [action for action in others if not PINNED.fullmatch(action)] == []
    assert len(others) == len({action.partition("@")[0] for action in others}) > 3


def test_whatever_starts_an_engine_builds_it_and_beside_a_pull_request_without_a_cache() -> None:
    found = {
        name: step["with"].get("engine")
        for name, job in JOBS.items()
        for step in job.get("steps", ())
        if "kubeconfig" in step.get("with", ())
    }
    found["ci.test"] = JOBS["ci.test"]["steps"][1]["with"]["engine"]
    assert found.pop("live.live") == "fresh"
    assert len(found) == 4
    assert set(found.values()) == {"cached"}


def test_no_test_of_the_engine_or_of_a_page_is_skipped_unseen() -> None:
    steps = JOBS["ci.test"]["steps"]
    (test,) = [step for step in steps if step.get("run") == "make test"]
    required = dict.fromkeys([engine_requirements.REQUIRED, browser.REQUIRED], "required")
    assert test["env"] == {**required, install.WHICH: ""}
    # Nor one of what an older revision does.
    assert steps[0]["with"]["fetch-depth"] == "0"
    everything = "\n".join(step.get("run", "") for step in steps)
    assert {"cloud-init", browser.PROGRAMS[-1]} <= set(everything.split())


def test_whatever_installs_something_by_pip_checks_its_hash() -> None:
    places = [*FILES, ROOT / "Makefile", ROOT / "docs" / "gitlab.md"]
    lines = [line for file in places for line in file.read_text(encoding="utf-8").splitlines()]
    installing = [line for line in lines if "pip install" in line]
    assert len(installing) == 3
    assert all("--require-hashes" in line for line in installing)


def test_uv_is_installed_by_its_hashes_and_no_cache_of_packages_is_shared() -> None:
    pinned = (ROOT / "bootstrap.txt").read_text(encoding="utf-8")
    assert len(re.findall(r"^uv==[0-9.]+", pinned, re.MULTILINE)) == 1
    assert pinned.count("--hash=sha256:") > 1
    first, *_ = steps(GITHUB / "actions" / "setup" / "action.yml")
    assert first["run"].splitlines()[0] == "make .tools/uv/bin/uv"
    assert not any("uv" in step.get("uses", "").partition("@")[0] for step in every_step())


@pytest.mark.parametrize("untouched", [True, False], ids=["its hash", "another hash"])
def test_another_uv_than_the_one_with_these_hashes_is_not_installed(
    tmp_path: Path, *, untouched: bool
) -> None:
    wheel = wheel_of_uv(tmp_path / "wheels")
    digest = hashlib.sha256(wheel.read_bytes() if untouched else b"another").hexdigest()
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "bootstrap.txt").write_text(f"uv==1.0 --hash=sha256:{digest}\n")
    done = subprocess.run(
        ["make", ".tools/uv/bin/uv"],
        cwd=tmp_path,
        env={**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheel.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) is untouched
    assert ("THESE PACKAGES DO NOT MATCH THE HASHES" in done.stderr) is not untouched
    assert (tmp_path / ".tools" / "uv" / "bin" / "uv").exists() is untouched


def wheel_of_uv(folder: Path) -> Path:
    """Make a package of that name, whose program does nothing."""
    folder.mkdir()
    wheel = folder / "uv-1.0-py3-none-any.whl"
    files = {
        "uv-1.0.data/scripts/uv": "#!/bin/sh\n",
        "uv-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: uv\nVersion: 1.0\n",
        "uv-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nTag: py3-none-any\n",
    }
    with ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr("uv-1.0.dist-info/RECORD", "".join(f"{name},,\n" for name in files))
    return wheel


def test_newer_versions_are_proposed_for_every_folder_that_pins_some() -> None:
    proposed = yaml.safe_load((GITHUB / "dependabot.yml").read_text(encoding="utf-8"))["updates"]
    folders = {folder for one in proposed for folder in one["directories"]}
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "*go.mod", "*uv.lock"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert {str(Path("/", file).parent) for file in listed.split()} <= folders


@pytest.mark.parametrize("step", [step for step in every_step() if "run" in step])
def test_no_expression_becomes_a_part_of_a_script(step: dict[str, Any]) -> None:
    assert "${{" not in step["run"]


def test_the_token_is_not_left_in_the_checkout() -> None:
    checkouts = [step for step in every_step() if "actions/checkout@" in step.get("uses", "")]
    assert len(checkouts) > 5
    assert {step["with"]["persist-credentials"] for step in checkouts} == {"false"}


def test_a_pull_request_of_a_fork_meets_no_secret() -> None:
    reached = jobs_started_by("pull_request_target")
    assert set(reached) == {"live.live", "live.comment"}
    with_secrets = {name for name, job in reached.items() if "secrets." in str(job)}
    assert with_secrets == {"live.live"}
    assert FROM_HERE in JOBS["live.live"]["if"]
    assert "vars.PULUMI_BACKEND_URL != ''" in JOBS["live.live"]["if"]


def test_nothing_of_a_pull_request_runs_where_there_are_rights() -> None:
    for job in jobs_started_by("pull_request_target").values():
        (ref,) = [
            step["with"]["ref"] for step in job["steps"] if "checkout@" in step.get("uses", "")
        ]
        assert ref == "${{ github.event.repository.default_branch }}"
        # Of what a pull request may choose there is its commit and its number, no name.
        told = set(re.findall(r"github\.event\.pull_request\.[\w.]+|github\.head_ref", str(job)))
        assert {one.removeprefix("github.event.pull_request.") for one in told} <= {
            *("base.ref", "head.repo.full_name", "head.sha", "number")
        }
    (script,) = [step["run"] for step in JOBS["live.comment"]["steps"] if "run" in step]
    assert script.startswith("python3 .github/scripts/sticky_comment.py ")


def test_an_artifact_is_taken_by_its_number() -> None:
    taken = [
        step["with"]
        for name, job in JOBS.items()
        for step in job.get("steps", ())
        if "download-artifact@" in step.get("uses", "") and not name.startswith("release.")
    ]
    assert [one["artifact-ids"] for one in taken] == ["${{ needs.live.outputs.report }}"]


@pytest.mark.parametrize("name", [name for name, job in JOBS.items() if "uses" not in job])
def test_every_job_ends_some_time(name: str) -> None:
    assert 0 < int(JOBS[name]["timeout-minutes"]) <= (120 if name == "ci.test" else 60)


def test_the_readme_says_what_a_dry_run_may_do() -> None:
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert (
        "RBAC knows no dry run: a credential that may preview a change whole may also make it, so "
        "give CI's previews [one that only reads](docs/ci.md#pull-requests)"
    ) in readme


# --- what they run -------------------------------------------------------------------------------


def commands(text: str) -> set[str]:
    """Return the verbs of vmpool in a text: {"ci plan", "up"}."""
    found = re.findall(r"vmpool ((?:ci )?[a-z]+)", text)
    return set(found)


def known_commands() -> set[str]:
    context = click.Context(main)
    names = main.list_commands(context)
    groups = {name: getattr(main.get_command(context, name), "commands", {}) for name in names}
    below = {f"{name} {verb}" for name, verbs in groups.items() for verb in verbs}
    return {*names, *below}


def test_every_command_exists() -> None:
    scripts = "\n".join(step.get("run", "") for step in every_step())
    used = commands(scripts)
    verbs = "base environment live older pages pins plan sbom stacks up"
    of_ci = {f"ci {verb}" for verb in verbs.split()}
    assert of_ci | {"diff", "drift", "engine", "policies", "render"} == used
    assert used <= known_commands()


def test_no_job_starts_a_cluster_of_its_own_where_a_credential_is_missing() -> None:
    on_clusters = [
        step["run"]
        for name, job in JOBS.items()
        if "secrets.KUBECONFIG" in str(job)
        for step in job["steps"]
        if "PULUMI_BACKEND_URL" in step.get("env", ())
    ]
    assert len(on_clusters) == 4
    assert all(script.startswith(': "${KUBECONFIG:?') for script in on_clusters)


def test_drift_is_told_which_stacks_are_meant() -> None:
    (step,) = [
        step for step in JOBS["drift.drift"]["steps"] if "vmpool drift" in step.get("run", "")
    ]
    assert STACKS_VARIABLE in step["env"]


def test_a_stack_belongs_to_one_run_from_plan_to_up_and_no_run_is_dropped() -> None:
    job = JOBS["up-stacks.stack"]
    assert job["concurrency"] == {
        "group": "up-${{ matrix.stack }}",
        "cancel-in-progress": "false",
        "queue": "max",
    }
    assert job["uses"] == "./.github/workflows/up-stack.yml"
    assert {"up-stack.plan", "up-stack.up"} <= set(JOBS)


def test_no_other_workflow_drops_an_up_that_waits() -> None:
    groups = [
        place["concurrency"]["group"]
        for place in [*map(document_of, WORKFLOWS.values()), *JOBS.values()]
        if "concurrency" in place
    ]
    beginnings = [group.partition("-")[0] for group in groups]
    assert sorted(beginnings) == sorted(set(beginnings))


# --- disks ---------------------------------------------------------------------------------------


def test_what_waits_for_reviewers_has_no_credential_and_no_code() -> None:
    job = JOBS["up-stack.approval"]
    assert job["environment"] == "disk-loss"
    assert "secrets." not in str(job)
    assert not any("uses" in step for step in job["steps"])


def test_a_matrix_is_never_larger_than_github_allows() -> None:
    sizes = [len(page) for page in pages(list(range(600)))]
    assert (max(sizes), sum(sizes)) == (MOST_JOBS, 600)
    assert MOST_JOBS == 256


# --- GitLab --------------------------------------------------------------------------------------

PAGE = (ROOT / "docs" / "gitlab.md").read_text(encoding="utf-8")
PIPELINE, TEMPLATE = (yaml.safe_load(part) for part in re.findall(r"```yaml\n(.*?)```", PAGE, re.S))
GLOBAL = {"workflow", "variables", "default", "include"}
KEYWORDS = {
    *("stage", "rules", "script", "before_script", "artifacts", "needs", "trigger", "image"),
    *("extends", "resource_group", "variables", "environment", "when", "allow_failure", "cache"),
}
STARTING_AN_ENGINE = {"ci gitlab", "ci up", "drift"}
LOSING = Plan("b", "1", None, (Loss("web", "disk loss", "everything is lost"),))
PLANS = {"a": Plan("a", "1", None), "b": LOSING, "c": None}


def gitlab_jobs(document: dict[str, Any]) -> dict[str, Any]:
    return {name: job for name, job in document.items() if name not in GLOBAL}


@pytest.mark.parametrize("document", [PIPELINE, TEMPLATE], ids=["pipeline", "template"])
def test_gitlabs_jobs_have_keywords_that_gitlab_knows(document: dict[str, Any]) -> None:
    for job in gitlab_jobs(document).values():
        assert set(job) <= KEYWORDS
        assert job.get("stage", "test") in {"build", "test", "deploy"}
        assert set(job.get("needs", ())) <= set(gitlab_jobs(document))


def test_gitlabs_pipeline_runs_commands_that_exist() -> None:
    used = commands(PAGE)
    assert {"ci gitlab", "ci base", "diff", "drift", "policies", "ci up"} <= used
    assert used <= known_commands()


def test_whatever_starts_an_engine_in_gitlab_builds_it_and_keeps_it_by_its_modules() -> None:
    starting = set()
    for document, common in ((PIPELINE, PIPELINE["variables"]), (TEMPLATE, {})):
        for name, job in gitlab_jobs(document).items():
            if not STARTING_AN_ENGINE & commands("\n".join(job.get("script", ()))):
                continue
            starting.add(name)
            whole = {**document.get(job.get("extends"), {}), **job}
            assert whole["script"][0] == "uv run vmpool engine build"
            variables = {**common, **whole.get("variables", {})}
            assert variables["VMPOOL_ENGINE"] == "built"
            assert variables["GIT_DEPTH"] == 0
            (kept,) = whole["cache"]["paths"]
            kept = Path("$CI_PROJECT_DIR", kept)
            assert go_build.caches({"XDG_CACHE_HOME": variables["XDG_CACHE_HOME"]}) == kept
            keyed = {ROOT / file for file in whole["cache"]["key"]["files"]}
            assert keyed == set((ROOT / "engine").glob("*/go.sum"))
    assert starting == {"plan", "drift", ".up"}


@pytest.mark.parametrize("name", ["plan", "up"])
def test_gitlabs_pipeline_may_be_started_by_hand_with_what_to_compare_with(name: str) -> None:
    conditions = [rule["if"] for rule in PIPELINE[name]["rules"]]
    assert conditions == [
        '$CI_PIPELINE_SOURCE == "push" && $PULUMI_BACKEND_URL',
        '$CI_PIPELINE_SOURCE == "web" && $BASE && $PULUMI_BACKEND_URL',
    ]


def test_gitlabs_child_pipeline_has_one_job_for_a_stack_at_a_time() -> None:
    child = yaml.safe_load(gitlab.jobs(PLANS))
    assert child["include"] == [{"local": ".gitlab/up.yml"}]
    assert len(gitlab_jobs(child)) == len(PLANS)
    for name, job in gitlab_jobs(child).items():
        assert set(job) <= KEYWORDS
        assert job["extends"] in TEMPLATE
        assert name == f"up {job['variables']['STACK']}"
        assert job["resource_group"] == f"up/{job['variables']['STACK']}"


def test_gitlabs_child_pipeline_is_never_empty() -> None:
    child = yaml.safe_load(gitlab.jobs({}))
    assert gitlab_jobs(child) == {"nothing to bring up": {"script": ["true"]}}
