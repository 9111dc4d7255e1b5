"""A stack that reaches another cluster than the one that it was last brought up on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import Checkout, copied, on_named
from cluster_fixtures import RunKubectl, control_plane
from plain_updates import Updates

from vmpool.controlplane.client import Cluster

pytestmark = pytest.mark.needs_engine

ALLOWED = {"VMPOOL_ALLOW_OTHER_CLUSTER": "dev"}
STACK = """\
config:
  name: web
  namespace: {namespace}
  createNamespace: true
  password: x
  disk: {{source: {{pvc: {{name: golden}}}}}}
"""


@pytest.fixture(scope="module")
def other() -> Iterator[Cluster]:
    """Another control plane."""
    with control_plane() as made:
        yield made


def pools(cluster: Cluster) -> str:
    """Return all pools of a cluster, as the API server has them."""
    path = "/apis/pool.kubevirt.io/v1beta1/virtualmachinepools"
    _, answer = cluster.request("GET", path)
    return " ".join(sorted(one["metadata"]["namespace"] for one in answer["items"]))


@pytest.fixture
def checkout(cluster: Cluster, namespace: str, tmp_path: Path) -> Checkout:
    """A checkout whose stack is up."""
    made = copied(tmp_path / "p", **on_named(cluster))
    made.write("dev", STACK.format(namespace=namespace))
    said = made.vmpool("up")
    # Every command names the cluster that it talks to.
    assert f"stack dev: context vmpool ({cluster.server})" in said
    return made


@pytest.mark.parametrize("command", ["up", "preview", "down", "drift"])
def test_it_is_refused_by_the_names_of_both_before_anything_is_refreshed(
    command: str, checkout: Checkout, cluster: Cluster, other: Cluster, namespace: str
) -> None:
    state = checkout.folder / ".vmpool" / "state" / ".pulumi" / "stacks"
    before = {file: file.read_bytes() for file in state.rglob("*.json")}
    checkout.environment["KUBECONFIG"] = str(other.kubeconfig)
    said = " ".join(checkout.vmpool(command, code=1).split())
    assert (
        f"refused: stack dev was last brought up on context vmpool ({cluster.server}), and this is "
        f"context vmpool ({other.server}), another cluster." in said
    )
    assert "set VMPOOL_ALLOW_OTHER_CLUSTER=dev for one command" in said
    assert {file: file.read_bytes() for file in state.rglob("*.json")} == before
    assert namespace not in pools(other)
    assert namespace in pools(cluster)


def test_it_may_move_for_one_command_and_is_remembered_there(
    checkout: Checkout, cluster: Cluster, other: Cluster, namespace: str
) -> None:
    checkout.environment["KUBECONFIG"] = str(other.kubeconfig)
    checkout.environment |= ALLOWED
    checkout.vmpool("up")
    assert namespace in pools(other)
    # What it has left there is nobody's now.
    assert namespace in pools(cluster)
    del checkout.environment["VMPOOL_ALLOW_OTHER_CLUSTER"]
    checkout.vmpool("up")
    checkout.environment["KUBECONFIG"] = str(cluster.kubeconfig)
    assert f"last brought up on context vmpool ({other.server})" in checkout.vmpool("up", code=1)


def test_an_update_by_hand_makes_and_changes_nothing_in_another_cluster(
    cluster: Cluster, other: Cluster, made_namespace: str, tmp_path: Path, kubectl: RunKubectl
) -> None:
    here = Updates(copied(tmp_path / "p"), cluster, made_namespace, tmp_path / "state")
    code, said = here.up()
    assert code == 0, said
    there = Updates(here.checkout, other, made_namespace, here.state)
    assert other.request("POST", "/api/v1/namespaces", {"metadata": {"name": made_namespace}})
    code, said = there.up(replicas=2)
    assert code != 0
    assert f"refused: stack dev was last brought up on context vmpool ({cluster.server})" in said
    assert made_namespace not in pools(other)
    kubectl("get", "vmpool/web", "-n", made_namespace)
