"""What the identities of a pipeline may do, as an API server with RBAC sees it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from checkout import Checkout, copied, on_named
from cluster_fixtures import RunKubectl

from vmpool.controlplane.client import Cluster

pytestmark = pytest.mark.needs_engine

STACK = """\
config:
  name: web
  namespace: as-others
  replicas: 2
  password: x
  disk: {size: 6Gi, source: {pvc: {name: golden}}}
"""
# What asks for more than a pool, its disks and its Services. That no VM is wanted ends the waiting,
# where nothing starts VMs.
EVERYTHING = """\
config:
  name: full
  namespace: of-its-own
  createNamespace: true
  adopt: true
  replicas: 0
  waitForReady: true
  password: x
  disk: {size: 6Gi, source: {pvc: {name: golden, namespace: golden-images}}}
  cloneAccess: true
  scaleRole: {subjects: [{kind: User, name: ann}]}
  networkPolicy: {from: []}
  disruptionBudget: {minAvailable: 1}
  perReplica: {spare: 1, hostname: "full{{ index }}"}
"""


@pytest.fixture(scope="module")
def checkout(
    cluster: Cluster, kubectl: RunKubectl, tmp_path_factory: pytest.TempPathFactory
) -> Checkout:
    """A checkout whose stack has the Roles of both identities, and is up by that of up."""
    kubectl("create", "namespace", "as-others")
    return brought_up(STACK, cluster, kubectl, tmp_path_factory.mktemp("rbac"))


@pytest.fixture(scope="module")
def everything(
    cluster: Cluster, kubectl: RunKubectl, tmp_path_factory: pytest.TempPathFactory
) -> Checkout:
    """The same for a stack that asks for everything."""
    # A Role needs its namespace, so that this one is taken over, not made.
    for namespace in ("of-its-own", "golden-images"):
        kubectl("create", "namespace", namespace)
    return brought_up(EVERYTHING, cluster, kubectl, tmp_path_factory.mktemp("everything"))


def brought_up(text: str, cluster: Cluster, kubectl: RunKubectl, folder: Path) -> Checkout:
    """Give both identities of a stack their Roles, and bring it up by that of up."""
    made = copied(folder / "p", **on_named(cluster))
    made.write("dev", text)
    for identity in ("preview", "up"):
        printed = made.vmpool("ci", "rbac", "--identity", identity, "--user", identity)
        kubectl("apply", "-f", "-", stdin=printed)
        document = json.loads(cluster.kubeconfig.read_text(encoding="utf-8"))
        document["users"][0]["user"]["as"] = identity
        (folder / identity).write_text(json.dumps(document))
    act_as(made, "up")
    # The look at the cluster before a first up misses no right either.
    assert "you may not get," not in made.vmpool("up")
    return made


def act_as(checkout: Checkout, identity: str) -> None:
    """Let the commands of a checkout be those of an identity."""
    checkout.environment["KUBECONFIG"] = str(Path(checkout.folder).parent / identity)


def test_one_brings_a_stack_up_and_changes_it(checkout: Checkout) -> None:
    act_as(checkout, "up")
    checkout.edit("dev", "replicas: 2", "replicas: 3")
    assert "1 updated" in checkout.vmpool("up")


def test_one_brings_up_and_changes_a_stack_with_everything(everything: Checkout) -> None:
    act_as(everything, "up")
    everything.edit("dev", "from: []", "from: [{podSelector: {}}]")
    assert "updated" in everything.vmpool("up")


def test_the_other_sees_everything_of_it(everything: Checkout) -> None:
    act_as(everything, "preview")
    assert everything.vmpool("drift", "--stack", "dev").endswith("no drift\n")


def test_the_other_sees_drift_and_changes_nothing(checkout: Checkout, kubectl: RunKubectl) -> None:
    act_as(checkout, "preview")
    assert checkout.vmpool("drift", "--stack", "dev").endswith("no drift\n")
    for verb in ("create", "patch", "update", "delete"):
        asked = ("auth", "can-i", verb, "vmpool/web", "-n", "as-others", "--as=preview")
        assert kubectl(*asked, check=False).stdout == "no\n"


def test_who_looks_reads_no_secrets_of_others(kubectl: RunKubectl) -> None:
    for verb, what in (("get", "secret/of-others"), ("list", "secrets")):
        asked = ("auth", "can-i", verb, what, "-n", "as-others", "--as=preview")
        assert kubectl(*asked, check=False).stdout == "no\n"


def test_who_brings_up_changes_no_secrets_of_others(kubectl: RunKubectl) -> None:
    for verb in ("patch", "update", "delete"):
        asked = ("auth", "can-i", verb, "secret/of-others", "-n", "as-others", "--as=up")
        assert kubectl(*asked, check=False).stdout == "no\n"


# --- the end of both stacks ----------------------------------------------------------------------


def test_one_takes_a_stack_down(checkout: Checkout, kubectl: RunKubectl) -> None:
    act_as(checkout, "up")
    checkout.environment["VMPOOL_ALLOW_DISK_LOSS"] = "dev/web"
    assert "deleted" in checkout.vmpool("down")
    assert not kubectl("get", "vmpool,secret,service", "-n", "as-others", "-o", "name").stdout


def test_one_takes_a_stack_with_everything_down(everything: Checkout, kubectl: RunKubectl) -> None:
    act_as(everything, "up")
    everything.environment["VMPOOL_ALLOW_DISK_LOSS"] = "dev/full"
    said = everything.vmpool("down")
    assert "deleted" in said
    assert "namespace of-its-own stays: you may not delete it, or not see all" in said
    assert not kubectl("get", "vmpool,secret,service,pvc", "-n", "of-its-own", "-o", "name").stdout
