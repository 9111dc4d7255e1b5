"""Names with quotes and `$(...)`, and a run from another branch, with a cluster and the engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from checkout import copied
from cluster_fixtures import RunKubectl
from github_environments import REVIEWED, environments
from repository import Repository, with_workflows
from workflow_runs import Event, Runner

from vmpool.check.command import ALLOWED
from vmpool.controlplane.client import Cluster

pytestmark = pytest.mark.needs_engine

# What a stack's name may have: the engine takes letters, digits, hyphens, underscores and periods.
STACK = "a.b_c-1"
MAIN = 'it\'s-"main"-$(touch${IFS}made)'
NO_STACK = 'it\'s "$(touch made)"'
OTHER = 'it\'s/"other"/$(touch${IFS}made)'
FILE = """\
config:
  name: odd
  namespace: odd-names
  replicas: 1
  memory: {memory}
  password: "it's \\"quoted\\" $(touch made)"
  disk: {{size: 6Gi, source: {{pvc: {{name: golden}}}}}}
"""


def test_a_branch_and_a_stack_of_odd_names_come_up_and_another_branch_does_not(
    tmp_path: Path, cluster: Cluster, kubectl: RunKubectl
) -> None:
    repository = with_workflows(copied(tmp_path / "clone"))
    repository.git("branch", "--move", MAIN)
    before = repository.git("rev-parse", "HEAD").strip()
    state = tmp_path / "state"
    state.mkdir()
    kubectl("create", "namespace", "odd-names")
    with environments() as api:
        api.found = {"disk-loss": REVIEWED}
        runner = Runner(
            repository.root,
            tmp_path / "runs",
            variables={"PULUMI_BACKEND_URL": state.as_uri()},
            secrets={
                "KUBECONFIG": cluster.kubeconfig.read_text(),
                "PULUMI_CONFIG_PASSPHRASE": 'it\'s "of" $(touch made)',
            },
            environment={"GITHUB_API_URL": api.url, ALLOWED: STACK},
        )
        head = written(repository, "4Gi")
        payload = {"before": before, "repository": {"default_branch": MAIN}}
        done = runner.run("up.yml", Event("push", head, payload, f"refs/heads/{MAIN}"))
        assert json.loads(done["stacks"].outputs["pages"]) == [[{"stack": STACK}]]
        assert (done["up/stack/plan"].result, done["up/stack/up"].result) == (
            "success",
            "success",
        ), done
        assert memory(kubectl) == "4Gi"

        # A file may have any name, but no stack of the engine has.
        repository.write(NO_STACK, FILE.format(memory="4Gi"))
        event = Event("push", repository.commit(), payload, f"refs/heads/{MAIN}")
        done = runner.run("up-stack.yml", event, {"base": head, "stack": NO_STACK})
        assert (done["plan"].result, done["up"].result) == ("failure", "skipped")
        assert "a stack name may only contain alphanumeric" in done["plan"].log
        repository.remove(NO_STACK)

        # By hand from another branch: what is there is not main's.
        repository.git("checkout", "--quiet", "-b", OTHER)
        other = written(repository, "8Gi")
        by_hand = {"inputs": {"base": before}, "repository": {"default_branch": MAIN}}
        event = Event("workflow_dispatch", other, by_hand, f"refs/heads/{OTHER}")
        done = runner.run("up.yml", event)
        assert (done["up/stack/plan"].result, done["up/stack/up"].result) == ("failure", "skipped")
        assert f"refused: commit {other[:10]} is not" in done["up/stack/plan"].log
        assert memory(kubectl) == "4Gi"
    assert not list(tmp_path.rglob("made"))


def written(repository: Repository, memory: str) -> str:
    repository.write(STACK, FILE.format(memory=memory))
    return repository.commit()


def memory(kubectl: RunKubectl) -> str:
    """Return how much memory a VM of the pool has."""
    told = kubectl("get", "vmpool", "odd", "-n", "odd-names", "-o", "json").stdout
    spec = json.loads(told)["spec"]["virtualMachineTemplate"]["spec"]["template"]["spec"]
    return str(spec["domain"]["resources"]["requests"]["memory"])
