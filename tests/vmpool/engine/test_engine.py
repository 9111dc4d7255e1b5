"""The program under the real engine, on the embedded control plane."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import engine_checkout
import pytest
from checkout import OWN_NAMESPACE, ROOT, Checkout
from configurations import DEV_OUTPUTS, MARKER, said_in
from engine_checkout import Pulumi, kubectl, live, state

pytestmark = pytest.mark.needs_engine

TYPED_PROGRAM = """
import pulumi
import pulumi_kubernetes as k8s
from kubevirt_vm_pool.resources.engine_config import from_engine
from kubevirt_vm_pool.resources.options import annotated
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.validation.validate import specify
from kubevirt_vm_pool.vm_pool import TYPE

spec = specify(from_engine(), stack=pulumi.get_stack(), where="The stack")
made = {role: annotated(role, spec, manifest) for role, manifest in objects(spec).items()}
provider = k8s.Provider(
    "cluster",
    cluster_identifier=f"{pulumi.get_project()}/{pulumi.get_stack()}",
    enable_secret_mutable=True,
    enable_config_map_mutable=True,
)
parent = pulumi.ComponentResource(TYPE, "vms", {}, pulumi.ResourceOptions(provider=provider))
opts = pulumi.ResourceOptions(parent=parent)
secret = made["cloud-init"]
k8s.core.v1.Secret(
    "vms-cloud-init", metadata=secret["metadata"], type=secret["type"], data=secret["data"],
    opts=opts,
)
pool = made["pool"]
k8s.apiextensions.CustomResource(
    "vms-pool", api_version=pool["apiVersion"], kind=pool["kind"], metadata=pool["metadata"],
    spec=pool["spec"], opts=opts,
)
service = made["service"]
k8s.core.v1.Service("vms-service", metadata=service["metadata"], spec=service["spec"], opts=opts)
hpa = made["autoscaler"]
k8s.autoscaling.v2.HorizontalPodAutoscaler(
    "vms-autoscaler", metadata=hpa["metadata"], spec=hpa["spec"], opts=opts
)
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout with an environment of its own."""
    yield from engine_checkout.checkout(tmp_path_factory.mktemp("project") / "p")


@pytest.fixture(scope="module")
def up(checkout: Checkout) -> str:
    """What the first up of the dev stack printed."""
    return checkout.make("up")


@pytest.fixture
def pulumi(up: str, checkout: Checkout) -> Pulumi:
    """The CLI as a person uses it on the same cluster and state."""
    return Pulumi(checkout)


def test_up_makes_the_labs_objects_and_says_so(up: str) -> None:
    for made_object in (
        "created Secret lab05-cloudinit",
        "created VirtualMachinePool lab05-webserver",
        "created Service lab05-webserver",
        "created HorizontalPodAutoscaler lab05-webserver",
        "4 created",
        "http://lab05-webserver.dev.svc.cluster.local",
    ):
        assert made_object in up


def test_up_leaves_the_stack_file_as_it_was(up: str, checkout: Checkout) -> None:
    original = ROOT / "Pulumi.dev.yaml"
    assert (checkout.folder / "Pulumi.dev.yaml").read_bytes() == original.read_bytes()


def test_a_second_up_changes_nothing(up: str, checkout: Checkout) -> None:
    assert "nothing changed" in checkout.make("up")


def test_a_preview_without_changes_says_that_there_are_none(pulumi: Pulumi) -> None:
    pulumi("preview", "--expect-no-changes")


def test_the_outputs_are_what_up_says(pulumi: Pulumi) -> None:
    outputs = json.loads(pulumi("stack", "output", "--json"))
    cluster = outputs.pop("cluster")
    assert outputs == DEV_OUTPUTS
    assert cluster.keys() == {"uid", "context", "server"}


def test_a_config_override_reaches_the_objects(up: str, checkout: Checkout) -> None:
    checkout.edit("dev", "maxReplicas: 5", "maxReplicas: 6")
    try:
        assert "updated HorizontalPodAutoscaler lab05-webserver" in checkout.make("up")
        assert live(checkout, "hpa", "lab05-webserver")["spec"]["maxReplicas"] == 6
    finally:
        checkout.edit("dev", "maxReplicas: 6", "maxReplicas: 5")
        checkout.make("up")


def test_bad_config_is_one_report_without_a_traceback(pulumi: Pulumi, checkout: Checkout) -> None:
    checkout.write("bad", "config:\n  replcas: 3\n  memory: 2GB\n  password: x\n")
    pulumi("stack", "init", "--no-select", file="bad")
    said = pulumi("preview", code=1, file="bad")
    assert "The configuration of stack bad has 3 problems:" in said
    assert "did you mean replicas?" in said
    assert "Traceback" not in said


def test_no_secret_is_printed_or_kept_in_plain_text(pulumi: Pulumi, checkout: Checkout) -> None:
    checkout.write(
        "quiet",
        f"{OWN_NAMESPACE}"
        "  password: nothing\n"
        "  cloudInit:\n"
        f"    config: {{users: [default, {{name: a, passwd: {MARKER}}}]}}\n"
        f"    runCommands: [[echo, {MARKER}]]\n",
    )
    printed = [checkout.make(verb, "STACK=quiet") for verb in ("preview", "up")]
    checkout.edit("quiet", MARKER, f"{MARKER}-2")
    printed += [checkout.make(verb, "STACK=quiet") for verb in ("preview", "up")]
    assert "nothing changed" in checkout.make("up", "STACK=quiet")
    printed += [pulumi("stack", "export", file="quiet")]
    printed += [checkout.make("down", "STACK=quiet")]
    assert "namespace quiet deleted" in printed[-1]
    kept = state(checkout)
    assert '"kubevirt-vm-pool:cloudInit":{"config":{"users":[' in kept
    for text in ("".join(printed), kept):
        assert not said_in(text, MARKER)


def test_a_preview_by_hand_prints_no_secret(pulumi: Pulumi, checkout: Checkout) -> None:
    commands = f"  cloudInit: {{runCommands: [[echo, {MARKER}]]}}\n"
    checkout.write("hand", f"{OWN_NAMESPACE}  password: {MARKER}\n{commands}")
    pulumi("stack", "init", "--no-select", file="hand")
    assert not said_in(pulumi("preview", "--diff", file="hand"), MARKER)


def test_a_namespace_that_exists_is_taken_as_it_is(up: str, checkout: Checkout) -> None:
    kubectl(checkout, "create", "namespace", "rooms")
    kubectl(checkout, "create", "configmap", "mine", "-n", "rooms")
    checkout.write("rooms", f"{OWN_NAMESPACE}  password: x\n")
    checkout.make("up", "STACK=rooms")
    said = checkout.make("down", "STACK=rooms")
    assert "namespace rooms stays, since it holds configmap/mine" in said
    checkout.make("up", "STACK=rooms")
    checkout.make("down", "STACK=rooms")


# Its classes ask for the provider of their own version, which a built engine does not have.
@pytest.mark.needs_python_host
def test_the_same_program_in_typed_classes_changes_nothing(
    pulumi: Pulumi, checkout: Checkout
) -> None:
    program = checkout.folder / "__main__.py"
    own = program.read_text(encoding="utf-8")
    program.write_text(TYPED_PROGRAM, encoding="utf-8")
    kubeconfig = pulumi.environment.pop("KUBECONFIG")
    try:
        # The typed provider takes KUBECONFIG into its inputs; ~/.kube/config it leaves alone.
        pulumi.environment["HOME"] = str(checkout.folder / "home")
        (checkout.folder / "home" / ".kube").mkdir(parents=True)
        (checkout.folder / "home" / ".kube" / "config").write_bytes(Path(kubeconfig).read_bytes())
        pulumi("preview", "--expect-no-changes", "--diff")
    finally:
        program.write_text(own, encoding="utf-8")


def test_down_deletes_what_up_made(up: str, checkout: Checkout) -> None:
    said = checkout.make("down")
    assert "deleted VirtualMachinePool lab05-webserver" in said
    assert "4 deleted" in said
    assert "nothing changed" in checkout.make("down")
