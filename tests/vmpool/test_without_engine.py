"""A machine without an engine: a demonstration on the embedded control plane, nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from checkout import CACHE, Checkout, made, on_named, without_engine

from vmpool.controlplane.client import Cluster

STACK = """\
config:
  name: web
  namespace: {namespace}
  password: x
  disk: {{source: {{pvc: {{name: golden}}}}}}
"""
WAYS_OUT = (
    "error: no Pulumi engine: ",
    "install Pulumi ",
    "make engine ",
    "vmpool render --stack dev --show-secrets | kubectl apply --server-side -f -",
)


@pytest.fixture
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout on such a machine."""
    home = tmp_path_factory.mktemp("home")
    for one in made(tmp_path_factory.mktemp("project") / "p", **without_engine(home)):
        one.write("dev", STACK.format(namespace="dev"))
        yield one


def refused(checkout: Checkout, *args: str) -> None:
    """Assert that a command refuses, with the three ways out."""
    said = checkout.vmpool(*args, code=1)
    assert [way for way in WAYS_OUT if way not in said] == []


def pools(checkout: Checkout) -> str:
    kubeconfig = checkout.folder / ".vmpool" / "cluster" / "kubeconfig"
    done = checkout.run("kubectl", "--kubeconfig", str(kubeconfig), "get", "vmpool", "-A")
    return done.stdout


def test_up_and_down_show_what_the_objects_are_and_leave_nothing(checkout: Checkout) -> None:
    said = checkout.vmpool("up")
    assert "virtualmachinepool.pool.kubevirt.io/web serverside-applied" in said
    assert "make engine brings the real thing" in said
    assert " web " in pools(checkout)
    # What leaves the stack leaves the cluster.
    checkout.edit("dev", "name: web", "name: other")
    checkout.vmpool("up")
    assert " other " in pools(checkout)
    assert " web " not in pools(checkout)
    said = checkout.vmpool("down")
    assert '"other" deleted' in said
    assert "the embedded control plane has stopped" in said
    assert "stack dev is not up" in checkout.vmpool("down")


@pytest.mark.parametrize("verb", ["preview", "drift"])
def test_nothing_else_goes_without_an_engine(verb: str, checkout: Checkout) -> None:
    checkout.vmpool("up")
    refused(checkout, verb)


@pytest.mark.parametrize("verb", ["up", "preview", "down"])
def test_on_a_named_cluster_the_ways_out_are_told(
    verb: str, checkout: Checkout, cluster: Cluster, made_namespace: str
) -> None:
    checkout.environment |= on_named(cluster)
    checkout.write("dev", STACK.format(namespace=made_namespace))
    refused(checkout, verb)


@pytest.mark.parametrize("verb", ["up", "down"])
def test_a_stack_whose_backend_is_named_does_not_fall_back(verb: str, checkout: Checkout) -> None:
    if verb == "down":
        checkout.vmpool("cluster", "start")
    checkout.environment["PULUMI_BACKEND_URL"] = "s3://company-state"
    refused(checkout, verb)


@pytest.mark.parametrize("verb", ["up", "down"])
def test_a_stack_whose_state_is_here_does_not_fall_back(verb: str, checkout: Checkout) -> None:
    checkout.vmpool("cluster", "start")
    stacks = checkout.folder / ".vmpool" / "cluster" / "state" / ".pulumi" / "stacks"
    (stacks / "kubevirt-vm-pool").mkdir(parents=True)
    (stacks / "kubevirt-vm-pool" / "dev.json").write_text("{}", encoding="utf-8")
    refused(checkout, verb)


@pytest.mark.needs_engine
def test_the_engine_that_comes_later_takes_the_place_of_the_demonstration(
    checkout: Checkout,
) -> None:
    checkout.vmpool("up")
    checkout.environment["XDG_CACHE_HOME"] = CACHE
    said = checkout.vmpool("up")
    assert "what kubectl has shown of the stack is taken away" in said
    assert "created VirtualMachinePool web" in said
    kubeconfig = checkout.folder / ".vmpool" / "cluster" / "kubeconfig"
    shown = ("get", "vmpool", "web", "-n", "dev", "-o", "jsonpath={.metadata.labels}")
    done = checkout.run("kubectl", "--kubeconfig", str(kubeconfig), *shown)
    assert "demonstration" not in done.stdout
