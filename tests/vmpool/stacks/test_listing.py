"""`vmpool stack ls`: a line for each stack, without an engine and without a cluster."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from stacks_folder import folder, run

from vmpool import target

__all__ = ["folder"]

SOURCE = "disk: {source: {pvc: {name: golden}}}"

SCALING = "{minReplicas: 2, maxReplicas: 5, targetCPUUtilizationPercentage: 50}"


@pytest.fixture
def stacks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with stacks of several kinds."""
    monkeypatch.setattr(target, "CLUSTER", folder / ".vmpool" / "cluster")
    for name, text in {
        "ann": f"autoscaling: {SCALING}, password: x, {SOURCE}",
        "bob": f"kubernetes:context: prod, instancetype: {{name: u1.small}}, {SOURCE}",
        "cid": "memory: 2GB",
    }.items():
        (folder / f"Pulumi.{name}.yaml").write_text(f"config: {{{text}}}\n")
    return folder


def keep(
    state: Path,
    stack: str,
    *resources: str,
    zipped: bool = False,
    type_: str = "kubernetes:core/v1:Secret",
    cluster: dict[str, str] | None = None,
) -> None:
    """Write the state of a stack as a file backend keeps it. cluster: where it was brought up."""
    stacks = state / ".pulumi" / "stacks" / "kubevirt-vm-pool"
    stacks.mkdir(parents=True, exist_ok=True)
    root = {"type": "pulumi:pulumi:Stack", "outputs": {"cluster": cluster}}
    known = [root, *({"urn": one, "custom": True, "type": type_} for one in resources)]
    latest = {"resources": known} if resources else {}
    text = json.dumps({"version": 3, "checkpoint": {"latest": latest}})
    if zipped:
        (stacks / f"{stack}.json.gz").write_bytes(gzip.compress(text.encode()))
    else:
        (stacks / f"{stack}.json").write_text(text)


def listed(*arguments: str) -> dict[str, Any]:
    """Return the rows by their stacks."""
    done = run("stack", "ls", "--format", "json", *arguments)
    assert done.exit_code == 0, done.output
    return {row["stack"]: row for row in json.loads(done.stdout)}


TABLE = """\
stack  namespace  replicas  size                  cluster   state
ann    ann        2-5       1 CPU, 2Gi, disk 6Gi  embedded  down
bob    bob        1         u1.small, disk 6Gi    prod      down
cid                                               embedded  down, and refused
dev    images     2         1 CPU, 2Gi, disk 6Gi  embedded  down
cid: Pulumi.cid.yaml has 2 problems
"""


def test_a_stack_is_told_in_columns(stacks: Path) -> None:
    assert run("stack", "ls").stdout == TABLE


def test_some_stacks_are_chosen_by_a_pattern(stacks: Path) -> None:
    assert listed("--stacks", "[ab]*").keys() == {"ann", "bob"}


@pytest.mark.parametrize("zipped", [False, True])
def test_a_stack_is_up_where_its_state_has_resources(stacks: Path, zipped: bool) -> None:
    keep(target.CLUSTER / "state", "ann", "urn:a", zipped=zipped)
    keep(target.CLUSTER / "state", "dev", zipped=zipped)
    keep(target.CLUSTER.parent / "state", "bob", "urn:a", zipped=zipped)
    up = {name for name, row in listed().items() if row["up"]}
    assert up == {"ann", "bob"}


def test_the_backend_that_the_person_has_chosen_is_looked_into(
    stacks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / "mine").as_uri())
    keep(tmp_path / "mine", "dev", "urn:a")
    assert listed("-s", "dev")["dev"]["up"] is True


def test_the_backend_of_the_embedded_control_plane_knows_nothing_of_another_cluster(
    stacks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", (target.CLUSTER / "state").as_uri())
    keep(target.CLUSTER / "state", "dev", "urn:a")
    keep(target.CLUSTER.parent / "state", "bob", "urn:a")
    up = {name for name, row in listed().items() if row["up"]}
    assert up == {"dev", "bob"}


def test_a_stack_that_is_up_on_another_cluster_is_told(
    stacks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KUBECONFIG is another one, or none, in this shell."""
    known = {"uid": "1", "context": "prod", "server": "https://prod.example.org"}
    keep(target.CLUSTER.parent / "state", "dev", "urn:a", cluster=known)
    assert (listed()["dev"]["up"], listed()["ann"]["elsewhere"]) == (False, "")
    assert listed()["dev"]["elsewhere"] == "context prod (https://prod.example.org)"
    assert "embedded  down, and up elsewhere\n" in run("stack", "ls").stdout
    done = run("stack", "rm", "dev")
    assert (done.exit_code, (stacks / "Pulumi.dev.yaml").exists()) == (1, True)
    assert "dev is up on another cluster than this shell's (context prod" in done.stderr
    assert "first, with KUBECONFIG as it was then" in done.stderr

    monkeypatch.setenv("KUBECONFIG", str(stacks / "prod"))
    keep(target.CLUSTER / "state", "ann", "urn:a")
    assert listed("-s", "ann")["ann"]["elsewhere"].startswith("the embedded control plane")


def test_a_stack_without_objects_is_down(stacks: Path) -> None:
    """As after an up that failed before its first object."""
    keep(target.CLUSTER / "state", "dev", "urn:a", type_="pulumi:providers:kubernetes")
    assert listed("-s", "dev")["dev"]["up"] is False


def test_a_state_that_is_being_written_tells_nothing(stacks: Path) -> None:
    keep(target.CLUSTER / "state", "dev", "urn:a")
    next(target.CLUSTER.rglob("dev.json")).write_text("")
    assert listed("-s", "dev")["dev"]["up"] is None


def test_no_secret_is_listed(stacks: Path) -> None:
    (stacks / "Pulumi.ann.yaml").write_text(f"config: {{password: hunter2, {SOURCE}}}\n")
    assert "hunter2" not in run("stack", "ls", "--format", "json").output
