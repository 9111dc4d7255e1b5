"""Pushes, approvals and re-runs in the orders that they come in, played with the real workflows."""

from __future__ import annotations

import json
import re
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
from workflow_runs import Event, Job, Runner, base_environment

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
        state = folder / "state"
        state.mkdir()
        self.runner = Runner(
            self.repository.root,
            folder / "runs",
            variables={"PULUMI_BACKEND_URL": state.as_uri()},
            secrets={
                "KUBECONFIG": cluster.kubeconfig.read_text(),
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

    def scale(self, replicas: int) -> None:
        """Scale the pool as somebody does who does not know of the stack."""
        self.kubectl("scale", "vmpool/web", "-n", "in-ci", f"--replicas={replicas}")

    def up(self, commit: str, before: str) -> dict[str, Job]:
        """Run up.yml for a push, as often as it is asked for; return its jobs."""
        payload = {"before": before, "repository": {"default_branch": "main"}}
        return self.runner.run("up.yml", Event("push", commit, payload))

    def up_of_stack(self, commit: str, before: str) -> dict[str, Job]:
        """Run what up.yml does for the stack alone."""
        event = Event("push", commit, {"repository": {"default_branch": "main"}})
        inputs = {"base": before, "stack": "alice"}
        return self.runner.run("up-stack.yml", event, inputs)

    def meanwhile(self, do: Any) -> None:
        """Do something while a job waits for reviewers, who then let it pass."""

        def review(environment: str) -> bool:
            if environment == "disk-loss":
                do()
            return True

        self.runner.review = review

    def live(self) -> Mapping[str, Any]:
        """Return the pool's spec in the cluster."""
        found = self.kubectl("get", "vmpool", "web", "-n", "in-ci", "-o", "json").stdout
        spec: Mapping[str, Any] = json.loads(found)["spec"]
        return spec

    def gitlab_job(self, name: str, commit: str, **variables: str) -> tuple[int, str, Path]:
        """Run a job of docs/gitlab.md; return its exit code, what it printed and its folder."""
        runner = self.runner
        folder = runner.place() / "clone"
        self.repository.git("clone", "--quiet", str(self.repository.root), str(folder))
        self.repository.git("-C", str(folder), "checkout", "--quiet", "--detach", commit)
        kubeconfig = folder.parent / "kubeconfig"
        kubeconfig.write_text(runner.secrets["KUBECONFIG"])
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", "\n".join(GITLAB[name]["script"])],
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
