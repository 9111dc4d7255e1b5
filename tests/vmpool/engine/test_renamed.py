"""Another name, or another namespace, by an update without a preview: nothing is made before."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from checkout import copied
from cluster_fixtures import RunKubectl
from kubevirt_vm_pool.effects.disk_guard import DISK_LOSS
from plain_updates import Updates

from vmpool.controlplane.client import Cluster

pytestmark = pytest.mark.needs_engine

_numbers = itertools.count(1)

PROGRAM = """\
import pulumi
from kubevirt_vm_pool import Cluster, VmPool

cluster = Cluster("cluster")
for name in {names}:
    pool = VmPool(name, {{
        "namespace": "{namespace}", "disk": {{"source": {{"pvc": {{"name": "golden"}}}}}},
        "password": "x",
    }}, pulumi.ResourceOptions(provider=cluster))
    if {exported}:
        pulumi.export(name, pool.exports)
"""


@pytest.fixture
def other_namespace(cluster: Cluster) -> str:
    """A second namespace."""
    name = f"renamed-{next(_numbers)}"
    assert cluster.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}})[0] == 201
    return name


@pytest.fixture
def updates(cluster: Cluster, made_namespace: str, tmp_path: Path) -> Updates:
    """Updates of a stack that is up."""
    found = Updates(copied(tmp_path / "p"), cluster, made_namespace, tmp_path / "state")
    code, said = found.up(replicas=2)
    assert code == 0, said
    return found


def objects(kubectl: RunKubectl, namespace: str) -> set[str]:
    kinds = "vmpool,secret,service,hpa"
    return set(kubectl("get", kinds, "-n", namespace, "-o", "name").stdout.split())


def test_another_name_is_refused_before_anything_is_made_and_both_ways_are_open(
    updates: Updates, kubectl: RunKubectl, made_namespace: str
) -> None:
    before = objects(kubectl, made_namespace)
    code, said = updates.up(replicas=2, name="other")
    assert code != 0
    assert "refused: web is deleted with all 2 VMs" in said
    assert f"To allow it for one command, set {DISK_LOSS}=web" in said
    assert objects(kubectl, made_namespace) == before
    code, said = updates.up(replicas=2)
    assert code == 0, said
    code, said = updates.up(replicas=2, name="other", environment={DISK_LOSS: "web"})
    assert code == 0, said
    assert {
        one.rpartition("/")[2].removesuffix("-cloudinit")
        for one in objects(kubectl, made_namespace)
    } == {"other"}


def test_another_namespace_is_refused_before_anything_is_made_and_both_ways_are_open(
    updates: Updates, kubectl: RunKubectl, made_namespace: str, other_namespace: str
) -> None:
    code, said = updates.up(replicas=2, namespace=other_namespace)
    assert code != 0
    assert "refused: web is deleted with all 2 VMs" in said
    assert objects(kubectl, other_namespace) == set()
    code, said = updates.up(replicas=2)
    assert code == 0, said
    code, said = updates.up(replicas=2, namespace=other_namespace, environment={DISK_LOSS: "web"})
    assert code == 0, said
    assert objects(kubectl, made_namespace) == set()
    assert len(objects(kubectl, other_namespace)) == 3


@pytest.mark.parametrize("exported", [True, False])
def test_a_pool_that_a_program_of_ones_own_calls_otherwise_is_refused_too(
    exported: bool, updates: Updates, kubectl: RunKubectl, made_namespace: str, tmp_path: Path
) -> None:
    own = Updates(updates.checkout, updates.cluster, made_namespace, tmp_path / "own")
    file = own.checkout.folder / "__main__.py"

    def up(*names: str, **environment: str) -> tuple[int, str]:
        text = PROGRAM.format(names=names, namespace=made_namespace, exported=exported)
        file.write_text(text, encoding="utf-8")
        return own.up(environment=environment)

    code, said = up("one", "two")
    assert code == 0, said
    before = objects(kubectl, made_namespace)
    assert {"virtualmachinepool.pool.kubevirt.io/one", "service/two"} <= before
    code, said = up("one", "three")
    assert code != 0
    assert "refused: two is deleted with" in said
    assert objects(kubectl, made_namespace) == before
    assert up("one", "two")[0] == 0
    code, said = up("one", "three", **{DISK_LOSS: "two"})
    assert code == 0, said
    # One more is nobody's loss.
    code, said = up("one", "three", "four")
    assert code == 0, said
