"""Pushes, approvals and re-runs in the orders that they come in, played with the real workflows."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from checkout import ROOT, copied
from cluster_fixtures import RunKubectl
from github_environments import REVIEWED, UNREVIEWED, Environments, environments
from repository import with_workflows
from workflow_runs import REPOSITORY, Event, Job, Runner, base_environment, programs

from vmpool.controlplane.client import Cluster

pytestmark = pytest.mark.needs_engine

PARTS = re.findall(
    r"```yaml\n(.*?)```", (ROOT / "docs" / "gitlab.md").read_text(encoding="utf-8"), re.DOTALL
)
GITLAB = {name: job for part in PARTS for name, job in yaml.safe_load(part).items()}

STACK = """\
config:
  name: web
  namespace: in-ci
  replicas: {replicas}
  memory: {memory}
  password: x
  disk: {{size: {size}, source: {{pvc: {{name: golden}}}}}}
"""

AUTOSCALED = """\
config:
  name: grown
  namespace: in-ci
  memory: {memory}
  password: x
  disk: {{size: 6Gi, source: {{pvc: {{name: golden}}}}}}
  autoscaling: {{minReplicas: 2, maxReplicas: 10, targetCPUUtilizationPercentage: 50}}
"""
# In place of git: what is pushed just before the clone is fetched for the n-th time.
GIT = """\
#!/bin/sh
case " $* " in *" fetch "*)
  printf x >> {count}
  [ "$(cat {count})" = {fetches} ] && {git} -C {repository} update-ref refs/heads/main {commit}
esac
exec {git} "$@"
"""


class Pipeline:
    """A repository with a remote that is pushed to, a cluster, and the workflows of up."""

    def __init__(
        self, folder: Path, cluster: Cluster, api: Environments, kubectl: RunKubectl
    ) -> None:
        self._pushes = 0
        self.repository = with_workflows(copied(folder / "clone"))
        for stack in ("alice", "bob"):
            self.repository.remove(stack)
        self.nothing = self.repository.commit()
        self.api, self.kubectl = api, kubectl
        self._kubeconfig = cluster.kubeconfig.read_text()
        self.state = folder / "state"
        self.state.mkdir()
        self.runner = Runner(
            self.repository.root,
            folder / "runs",
            variables={"PULUMI_BACKEND_URL": self.state.as_uri()},
            secrets={
                "KUBECONFIG": self._kubeconfig,
                "PULUMI_CONFIG_PASSPHRASE": "of the test",
            },
            environment={"GITHUB_API_URL": api.url},
        )

    def push(self, *, replicas: int = 3, size: str = "6Gi") -> str:
        """Commit the stack's file to main, with more memory each time; return the commit."""
        self._pushes += 1
        text = STACK.format(replicas=replicas, memory=f"{self._pushes}Gi", size=size)
        self.repository.write("alice", text)
        return self.repository.commit()

    def push_autoscaled(self, memory: str) -> str:
        """Commit the file of a stack whose pool has an HPA; return the commit."""
        self.repository.write("bob", AUTOSCALED.format(memory=memory))
        return self.repository.commit()

    def scale(self, replicas: int, pool: str = "web") -> None:
        """Scale a pool as somebody does who does not know of the stack."""
        self.kubectl("scale", f"vmpool/{pool}", "-n", "in-ci", f"--replicas={replicas}")

    def up(self, commit: str, before: str) -> dict[str, Job]:
        """Run up.yml for a push, as often as it is asked for; return its jobs."""
        payload = {"before": before, "repository": {"default_branch": "main"}}
        return self.runner.run("up.yml", Event("push", commit, payload))

    def up_of_stack(self, commit: str, before: str, stack: str = "alice") -> dict[str, Job]:
        """Run what up.yml does for a stack alone."""
        event = Event("push", commit, {"repository": {"default_branch": "main"}})
        inputs = {"base": before, "stack": stack}
        return self.runner.run("up-stack.yml", event, inputs)

    def pull_request(self, head: str) -> dict[str, Job]:
        """Run live.yml for a branch of the project."""
        main = self.repository.git("rev-parse", "main").strip()
        about = {
            "number": 7,
            "base": {"sha": main, "ref": "main"},
            "head": {"sha": head, "ref": "proposed", "repo": {"full_name": REPOSITORY}},
        }
        payload = {
            "number": 7,
            "repository": {"default_branch": "main"},
            "pull_request": about,
        }
        return self.runner.run("live.yml", Event("pull_request_target", main, payload))

    def act_as(self, user: str | None) -> None:
        """Let the jobs be those of a user, None for the administrator of the cluster."""
        document = json.loads(self._kubeconfig)
        if user:
            document["users"][0]["user"]["as"] = user
        self.runner.secrets = {**self.runner.secrets, "KUBECONFIG": json.dumps(document)}

    def push_before_fetch(self, fetches: int, commit: str) -> Path:
        """Let a commit be pushed just before the n-th fetch; return what has a sign for each."""
        count = self.runner.place() / "count"
        count.touch()
        git = shutil.which("git")
        root = self.repository.root
        known = {"git": git, "repository": root, "count": count, "commit": commit}
        text = {key: shlex.quote(str(value)) for key, value in known.items()}
        file = programs(self.runner.folder) / "git"
        file.write_text(GIT.format(fetches="x" * fetches, **text))
        file.chmod(0o755)
        return count

    def meanwhile(self, do: Any) -> None:
        """Do something while a job waits for reviewers, who then let it pass."""

        def review(environment: str) -> bool:
            if environment == "disk-loss":
                do()
            return True

        self.runner.review = review

    def live(self, pool: str = "web") -> Mapping[str, Any]:
        """Return a pool's spec in the cluster."""
        found = self.kubectl("get", "vmpool", pool, "-n", "in-ci", "-o", "json").stdout
        spec: Mapping[str, Any] = json.loads(found)["spec"]
        return spec

    def everything(self) -> dict[str, object]:
        """Return what tells whether anything is written: versions of objects, and the state."""
        kinds = "vmpools,services,secrets,hpa,roles,rolebindings"
        found = self.kubectl("get", kinds, "-n", "in-ci", "-o", "json").stdout
        objects = {
            f"{one['kind']}/{one['metadata']['name']}": one["metadata"]["resourceVersion"]
            for one in json.loads(found)["items"]
        }
        files = {str(one): one.read_bytes() for one in self.state.rglob("*") if one.is_file()}
        return {**objects, **files}

    def gitlab_job(self, name: str, commit: str, **variables: str) -> tuple[int, str, Path]:
        """Run a job of docs/gitlab.md; return its exit code, what it printed and its folder."""
        return self.script("\n".join(GITLAB[name]["script"]), commit, **variables)

    def script(self, text: str, commit: str, **variables: str) -> tuple[int, str, Path]:
        """Run a script in a clone at a commit; return its exit code, what it printed, the clone."""
        runner = self.runner
        folder = runner.place() / "clone"
        self.repository.git("clone", "--quiet", str(self.repository.root), str(folder))
        self.repository.git("-C", str(folder), "checkout", "--quiet", "--detach", commit)
        kubeconfig = folder.parent / "kubeconfig"
        kubeconfig.write_text(runner.secrets["KUBECONFIG"])
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", text],
            cwd=folder,
            env={
                **base_environment(runner.folder, folder),
                "CI_DEFAULT_BRANCH": "main",
                "PULUMI_BACKEND_URL": runner.variables["PULUMI_BACKEND_URL"],
                "PULUMI_CONFIG_PASSPHRASE": runner.secrets["PULUMI_CONFIG_PASSPHRASE"],
                "KUBECONFIG": str(kubeconfig),
                **variables,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, folder

    @property
    def size(self) -> str:
        """How large its disks are."""
        (disk,) = self.live()["virtualMachineTemplate"]["spec"]["dataVolumeTemplates"]
        return str(disk["spec"]["pvc"]["resources"]["requests"]["storage"])


def results(jobs: Mapping[str, Job]) -> dict[str, str]:
    """Return the results of the jobs of one stack."""
    return {name.rpartition("/")[2]: job.result for name, job in jobs.items()}


@pytest.fixture(scope="module")
def api() -> Iterator[Environments]:
    """GitHub's API."""
    with environments() as server:
        yield server


@pytest.fixture(scope="module")
def begun(
    tmp_path_factory: pytest.TempPathFactory,
    cluster: Cluster,
    api: Environments,
    kubectl: RunKubectl,
) -> tuple[Pipeline, str]:
    """A pipeline that has brought a stack up; with the commit before and its own."""
    made = Pipeline(tmp_path_factory.mktemp("ci"), cluster, api, kubectl)
    kubectl("create", "namespace", "in-ci")
    first = made.push()
    jobs = made.up(first, made.nothing)
    assert {job.result for job in jobs.values()} == {"success", "skipped"}, jobs
    return made, first


@pytest.fixture
def pipeline(begun: tuple[Pipeline, str]) -> Pipeline:
    """The pipeline, with reviewers who let everything pass; the stack is that of main's head."""
    made, _ = begun
    made.api.found = {"disk-loss": REVIEWED}
    made.runner.review = lambda environment: True
    made.act_as(None)
    (programs(made.runner.folder) / "git").unlink(missing_ok=True)
    return made


def head(pipeline: Pipeline) -> str:
    """Return main's commit."""
    return pipeline.repository.git("rev-parse", "main").strip()


def test_a_plan_that_is_slower_than_the_next_push_brings_nothing_up(pipeline: Pipeline) -> None:
    slow = pipeline.push()
    newer = pipeline.push(replicas=5)
    done = pipeline.up_of_stack(newer, slow)
    assert results(done) == {"plan": "success", "approval": "skipped", "up": "success"}, done
    late = pipeline.up_of_stack(slow, slow)
    assert results(late) == {"plan": "failure", "approval": "skipped", "up": "skipped"}
    assert (
        f"refused: stack alice was last brought up with commit {newer[:10]}, which {slow[:10]} "
        "does not contain: an older commit would go over a newer one." in late["plan"].log
    )
    assert pipeline.live()["replicas"] == 5


def test_a_run_of_before_is_refused_when_somebody_starts_it_again(
    pipeline: Pipeline, begun: tuple[Pipeline, str]
) -> None:
    first = begun[1]
    pipeline.push()
    again = pipeline.up_of_stack(first, first)
    assert results(again)["plan"] == "failure"
    assert "refused: " in again["plan"].log


def test_what_main_took_back_while_reviewers_were_asked_is_not_brought_up(
    pipeline: Pipeline,
) -> None:
    pipeline.scale(5)
    grown = pipeline.push(replicas=5, size="9Gi")
    taken_back: list[str] = []
    pipeline.meanwhile(lambda: taken_back.append(pipeline.push(replicas=5)))
    late = pipeline.up_of_stack(grown, grown)
    assert results(late) == {"plan": "success", "approval": "success", "up": "failure"}
    assert "with new disks: everything on 5 disks (web-disk-\\*) is lost" in late["plan"].summary
    assert (
        f"refused: origin/main has something newer of stack alice than commit {grown[:10]}; the "
        "run of the newer commit brings it up" in late["up"].log
    )
    assert pipeline.size == "6Gi"
    # For the commit that takes it back nothing of it was ever there.
    done = pipeline.up_of_stack(taken_back[0], grown)
    assert results(done) == {"plan": "success", "approval": "skipped", "up": "success"}


def test_without_reviewers_the_gate_for_disks_is_closed(pipeline: Pipeline) -> None:
    pipeline.api.found = {"disk-loss": UNREVIEWED}
    pipeline.scale(5)
    fewer = pipeline.push(replicas=4)
    done = pipeline.up_of_stack(fewer, fewer)
    assert results(done) == {"plan": "failure", "approval": "skipped", "up": "skipped"}
    assert (
        'the gate for disks is closed: the environment "disk-loss" has no required reviewers.'
        in done["plan"].log
    )
    assert "1 of 5 VMs of web, chosen at random, is removed" in done["plan"].summary
    assert pipeline.live()["replicas"] == 5


def test_more_than_was_approved_is_refused(pipeline: Pipeline) -> None:
    pipeline.scale(4)
    fewer = pipeline.push(replicas=3)
    pipeline.meanwhile(lambda: pipeline.scale(8))
    done = pipeline.up_of_stack(fewer, fewer)
    assert "of web, chosen at random" in done["plan"].summary
    assert results(done)["up"] == "failure"
    assert "refused: 5 of 8 VMs of web, chosen at random, are removed" in done["up"].log
    assert "That is not in the plan (" in done["up"].log
    assert pipeline.live()["replicas"] == 8


def test_what_reviewers_refuse_is_not_brought_up(pipeline: Pipeline) -> None:
    pipeline.runner.review = lambda environment: environment != "disk-loss"
    grown = pipeline.push(size="9Gi")
    done = pipeline.up_of_stack(grown, grown)
    assert results(done) == {"plan": "success", "approval": "failure", "up": "skipped"}
    assert pipeline.size == "6Gi"


def test_what_was_approved_goes_and_nothing_is_asked_twice(pipeline: Pipeline) -> None:
    grown = pipeline.push(size="9Gi")
    done = pipeline.up_of_stack(grown, grown)
    assert results(done) == {"plan": "success", "approval": "success", "up": "success"}, done
    assert pipeline.size == "9Gi"
    again = pipeline.up_of_stack(grown, grown)
    assert results(again) == {"plan": "success", "approval": "skipped", "up": "success"}


@pytest.mark.parametrize("fetches", [1, 2], ids=["before the preview", "after it"])
def test_what_is_pushed_while_an_up_prepares_keeps_it_from_the_cluster(
    pipeline: Pipeline, fetches: int
) -> None:
    own = pipeline.push()
    planned = pipeline.up_of_stack(own, own)
    assert results(planned)["up"] == "success"
    before, older = pipeline.live(), pipeline.push()
    newer = pipeline.push()
    pipeline.repository.git("update-ref", "refs/heads/main", older)
    fetched = pipeline.push_before_fetch(fetches, newer)
    done = pipeline.up_of_stack(older, own)
    assert results(done) == {"plan": "success", "approval": "skipped", "up": "failure"}
    assert "refused: origin/main has something newer of stack alice" in done["up"].log
    assert len(fetched.read_text()) == fetches
    assert pipeline.live() == before


def test_what_goes_by_an_hpa_that_somebody_raised_is_in_the_plan(pipeline: Pipeline) -> None:
    first = pipeline.push_autoscaled("2Gi")
    done = pipeline.up_of_stack(first, first, "bob")
    assert results(done) == {"plan": "success", "approval": "skipped", "up": "success"}, done
    # By the stack: what kubectl has patched is kubectl's, and ends the next preview as a conflict.
    raised = "sed -i 's/maxReplicas: 10/maxReplicas: 20/' Pulumi.bob.yaml\n"
    code, said, _ = pipeline.script(f"{raised}uv run vmpool up --stack bob", first)
    assert code == 0, said
    # No controller of HPAs runs here.
    pipeline.scale(15, "grown")
    harmless = pipeline.push_autoscaled("3Gi")
    going = "5 of 15 VMs of grown, chosen at random, are removed"
    code, said, _ = pipeline.script("uv run vmpool preview --stack bob", harmless)
    assert (code, going in said) == (0, True), said
    done = pipeline.up_of_stack(harmless, first, "bob")
    assert going in done["plan"].summary
    assert results(done) == {"plan": "success", "approval": "success", "up": "success"}
    limits = pipeline.kubectl("get", "hpa", "grown", "-n", "in-ci", "-o", "json").stdout
    assert json.loads(limits)["spec"]["maxReplicas"] == 10


# --- pull requests -------------------------------------------------------------------------------


@pytest.fixture
def proposed(pipeline: Pipeline) -> str:
    """A branch with larger disks, older than main, on a stack that is up; its commit."""
    own = pipeline.push()
    assert results(pipeline.up_of_stack(own, own))["up"] == "success"
    git = pipeline.repository.git
    git("checkout", "--quiet", "-B", "proposed")
    head = pipeline.push(size="12Gi")
    git("checkout", "--quiet", "main")
    (pipeline.repository.root / "README.md").write_text(f"newer than {head}\n")
    pipeline.repository.commit()
    for identity in ("preview", "up"):
        printed = pipeline.repository.vmpool(
            "ci", "rbac", "--stack", "alice", "--identity", identity, "--user", identity
        )
        pipeline.kubectl("apply", "-f", "-", stdin=printed)
    return head


@pytest.mark.parametrize(
    ("identity", "label", "reason"),
    [
        ("preview", "**weak**", "this identity may not patch"),
        ("up", "refused", ""),
    ],
)
def test_a_pull_request_is_previewed_and_nothing_is_written(
    pipeline: Pipeline, proposed: str, identity: str, label: str, reason: str
) -> None:
    pipeline.api.found = {"disk-loss": UNREVIEWED}
    pipeline.act_as(identity)
    before = pipeline.everything()
    live = pipeline.pull_request(proposed)["live"]
    assert live.result == "success", live.log
    assert f"| `alice` | {label}" in live.summary, live.summary
    assert reason in live.summary
    assert ("Weak, so that more may happen" in live.summary) == bool(reason)
    assert 'the environment "disk-loss" has no required reviewers' in live.summary
    assert "This branch is older than its base" in live.summary
    assert "everything on " in live.summary
    assert pipeline.everything() == before


# --- GitLab --------------------------------------------------------------------------------------


def test_gitlabs_manual_job_that_is_started_late_brings_nothing_up(pipeline: Pipeline) -> None:
    pipeline.scale(5)
    before = pipeline.push(replicas=5)
    fewer = pipeline.push(replicas=4)
    gate = {"VMPOOL_DISK_GATE": "reviewed"}
    code, said, folder = pipeline.gitlab_job("plan", fewer, CI_COMMIT_BEFORE_SHA=before, **gate)
    assert code == 0, said
    job = json.loads((folder / "stacks.yml").read_text())["up alice"]
    assert (job["when"], job["environment"]) == ("manual", "disk-loss")
    plan = {name: value.replace("$$", "$") for name, value in job["variables"].items()}
    assert "1 of 5 VMs of web" in plan["VMPOOL_PLAN"]
    pipeline.push(replicas=5)
    code, said, _ = pipeline.gitlab_job(".up", fewer, **plan, **gate)
    assert code == 1
    assert "refused: origin/main has something newer of stack alice" in said
    assert pipeline.live()["replicas"] == 5


@pytest.mark.parametrize(
    ("expected", "absent"), [("ali* shop", "shop"), ("team-* shop", "team-*, shop"), ("", "")]
)
def test_gitlabs_look_for_drift_tells_patterns_apart_and_what_has_no_file(
    pipeline: Pipeline, expected: str, absent: str
) -> None:
    own = pipeline.push()
    pipeline.up_of_stack(own, own)
    variables = {"VMPOOL_STACKS": "alice", "VMPOOL_EXPECTED": expected}
    code, said, _ = pipeline.gitlab_job("drift", own, **variables)
    assert (code, "no drift" in said) == ((1, False) if absent else (0, True)), said
    assert (f"error: expected to be up, and without a file here: {absent}." in said) == bool(absent)


def test_a_run_that_was_dropped_is_told_by_the_look_for_drift(pipeline: Pipeline) -> None:
    own = pipeline.push()
    pipeline.up_of_stack(own, own)
    dropped = pipeline.push()
    code, said, _ = pipeline.gitlab_job("drift", dropped, VMPOOL_STACKS="alice")
    assert code == 1
    assert (
        f"stack alice was last brought up with commit {own[:10]}, and HEAD has something newer of "
        "it: the run of that has failed, was dropped, or waits." in said
    )
    # What others have changed is not taken for that.
    pipeline.up_of_stack(dropped, own)
    pipeline.kubectl("delete", "service", "web", "-n", "in-ci")
    code, said, _ = pipeline.gitlab_job("drift", dropped, VMPOOL_STACKS="alice")
    assert (code, "not as their stacks say: alice" in said, "newer" in said) == (1, True, False)
