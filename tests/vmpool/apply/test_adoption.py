"""Pools that somebody made with kubectl, taken over by kubectl on a real API server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from cluster_fixtures import RunKubectl
from configurations import MARKER, specification
from kubevirt_vm_pool.cluster.kubectl import Kubectl
from kubevirt_vm_pool.effects.disk_guard import DISK_LOSS, RESTART
from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.manifests.objects import objects

from vmpool.apply import applyset, server_side_apply
from vmpool.console import UserError
from vmpool.controlplane import binaries
from vmpool.controlplane.client import Cluster
from vmpool.manifest_yaml import as_yaml

NAME = "lab05-webserver"
# What the lab calls its four objects.
LAB = {
    "cloud-init": ("secret", "lab05-cloudinit"),
    "pool": ("vmpool", NAME),
    "service": ("service", NAME),
    "autoscaler": ("hpa", NAME),
}
WAYS = {
    "kubectl apply": ["apply"],
    "kubectl create": ["create"],
    "server-side apply of others": ["apply", "--server-side", "--field-manager=somebody"],
}


T = TypeVar("T")


@dataclass
class Lab:
    """The lab in a namespace of its own: made by hand, and brought up by a stack."""

    namespace: str
    kubectl: RunKubectl
    own: Kubectl

    def by_hand(
        self, *how: str, change: Callable[[dict[str, Object]], object] | None = None
    ) -> None:
        """Make the lab's objects, as they are or changed, with a verb of kubectl."""
        made = objects(specification({"namespace": self.namespace}))
        # As the lab's text has it.
        made["autoscaler"]["apiVersion"] = "autoscaling/v1"
        spec = made["autoscaler"]["spec"]
        del spec["metrics"]
        spec["targetCPUUtilizationPercentage"] = 50
        if change:
            change(made)
        manifests = as_yaml(made.values(), show_secrets=True)
        self.kubectl(*(how or ["apply"]), "-f", "-", stdin=manifests)

    def up(self, changes: str = "adopt: true", stack: str = "lab") -> list[str]:
        """Bring the lab up as a stack whose configuration has some lines of its own."""
        return self._run(server_side_apply.up, changes, stack)

    def preview(self, changes: str = "adopt: true") -> str:
        """Return what an up would change."""
        return self._run(server_side_apply.preview, changes, "lab")

    def _run(self, verb: Callable[..., T], changes: str, stack: str) -> T:
        spec = specification(f"namespace: {self.namespace}\n{changes}")
        own = applyset.read(self.own, stack, self.namespace)
        return verb(self.own, own, spec, objects(spec))

    def all(self) -> dict[str, Any]:
        """Return the lab's objects by role."""
        names = [f"{kind}/{name}" for kind, name in LAB.values()]
        place = ["-n", self.namespace, "-o", "json", "--show-managed-fields"]
        found = json.loads(self.kubectl("get", *names, *place).stdout)["items"]
        return dict(zip(LAB, found, strict=True))

    def live(self, role: str) -> Any:
        """Return one of the lab's objects."""
        return self.all()[role]

    def versions(self) -> dict[str, str]:
        """Return what changes whenever anything in an object does, by role."""
        return {role: live["metadata"]["resourceVersion"] for role, live in self.all().items()}


@pytest.fixture
def lab(
    made_namespace: str, kubectl: RunKubectl, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Lab]:
    """A namespace for the lab, where nothing is allowed."""
    monkeypatch.delenv(DISK_LOSS, raising=False)
    monkeypatch.delenv(RESTART, raising=False)
    yield Lab(made_namespace, kubectl, Kubectl(Path(binaries.kubectl()), cluster.kubeconfig))
    kubectl("delete", "secret,vmpool,service,hpa", "--all", "-n", made_namespace, "--wait=false")


def refused(verb: Callable[[str], object], changes: str) -> str:
    """Return why a verb refuses a configuration."""
    with pytest.raises(UserError) as caught:
        verb(changes)
    return str(caught.value)


def small(made: dict[str, Object]) -> None:
    """Give the lab's VMs less memory."""
    template = made["pool"]["spec"]["virtualMachineTemplate"]["spec"]["template"]
    template["spec"]["domain"]["resources"]["requests"]["memory"] = "1Gi"


# --- as it is ------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
def test_a_lab_made_by_hand_is_taken_over_as_it_is(
    lab: Lab, way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.by_hand(*WAYS[way])
    before = lab.all()
    lab.up()
    said = capsys.readouterr().err
    assert said.count("is taken over as it is") == len(LAB)
    after = lab.all()
    for role, old in before.items():
        new = after[role]
        assert new["metadata"]["uid"] == old["metadata"]["uid"]
        assert new.get("spec") == old.get("spec")
        assert new.get("data") == old.get("data")
        assert new["metadata"].get("generation") == old["metadata"].get("generation")


@pytest.mark.parametrize("way", ["kubectl apply", "server-side apply of others"])
def test_the_configuration_alone_owns_what_was_taken_over(lab: Lab, way: str) -> None:
    lab.by_hand(*WAYS[way])
    lab.up()
    for live in lab.all().values():
        owners = {
            entry["manager"]
            for entry in live["metadata"]["managedFields"]
            if entry["fieldsV1"].keys() & {"f:spec", "f:data"}
        }
        assert owners == {applyset.FIELD_MANAGER}


def test_the_next_up_and_preview_change_nothing(lab: Lab) -> None:
    lab.by_hand()
    lab.up()
    taken = lab.versions()
    for changes in ("adopt: true", ""):
        assert lab.preview(changes) == ""
        lab.up(changes)
    assert lab.versions() == taken


def test_what_was_taken_over_goes_with_the_stack(lab: Lab) -> None:
    lab.by_hand()
    lab.up()
    spec = specification({"namespace": lab.namespace})
    assert len(
        server_side_apply.down(lab.own, applyset.read(lab.own, "lab", lab.namespace), spec)
    ) == len(LAB)
    kinds = ",".join(kind for kind, _ in LAB.values())
    assert lab.kubectl("get", kinds, "-n", lab.namespace, "-o", "name").stdout == ""


def test_what_leaves_the_configuration_leaves_what_was_taken_over(lab: Lab) -> None:
    two = "service: {ports: [{name: web, port: 80}, {name: tls, port: 443}]}\nadopt: true"
    lab.by_hand()
    lab.up(two)
    assert len(lab.live("service")["spec"]["ports"]) == 2
    lab.up("")
    assert [port["port"] for port in lab.live("service")["spec"]["ports"]] == [80]


def test_the_number_that_the_autoscaler_chose_stays(lab: Lab) -> None:
    lab.by_hand()
    lab.kubectl("scale", "vmpool", NAME, "-n", lab.namespace, "--replicas=4")
    lab.up()
    assert lab.live("pool")["spec"]["replicas"] == 4


def test_only_what_is_there_is_taken_over(lab: Lab) -> None:
    lab.by_hand(change=lambda made: made.pop("autoscaler"))
    lab.up()
    assert lab.live("autoscaler")["spec"]["maxReplicas"] == 5


# --- what is different ---------------------------------------------------------------------------


def test_a_difference_is_shown_before_it_is_made(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    def change(made: dict[str, Object]) -> None:
        made["service"]["spec"]["publishNotReadyAddresses"] = True
        made["service"]["metadata"]["labels"] = {"by": "hand"}
        made["autoscaler"]["spec"]["maxReplicas"] = 9

    lab.by_hand(change=change)
    before = lab.versions()
    shown = lab.preview()
    said = capsys.readouterr().err
    assert "-  maxReplicas: 9\n+  maxReplicas: 5\n" in said
    assert "-  publishNotReadyAddresses: true\n" in said
    assert f"~ service/{NAME} would be taken over\n" in shown
    assert lab.versions() == before
    lab.up()
    service = lab.live("service")
    assert "publishNotReadyAddresses" not in service["spec"]
    assert service["metadata"]["labels"]["by"] == "hand"
    assert lab.live("autoscaler")["spec"]["maxReplicas"] == 5


def test_the_values_of_a_secret_are_never_shown(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.by_hand()
    shown = lab.preview(f"adopt: true\npassword: {MARKER}")
    lab.up(f"adopt: true\npassword: {MARKER}")
    printed = shown + "".join(capsys.readouterr())
    old, new = (
        objects(specification({"password": password}))["cloud-init"]["data"]["userdata"]
        for password in ("kubevirt", MARKER)
    )
    assert "-  userdata: '[secret]'\n+  userdata: '[another secret]'\n" in printed
    assert "Only VMs created from now on get the new cloud-init documents" in printed
    for secret in (MARKER, old, new, "password: kubevirt"):
        assert secret not in printed
    assert lab.live("cloud-init")["data"]["userdata"] == new
    assert MARKER not in json.dumps(lab.live("cloud-init")["metadata"])


def test_a_difference_that_restarts_vms_is_refused_until_it_is_allowed(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.by_hand(change=small)
    before = lab.versions()
    for verb in (lab.preview, lab.up):
        said = refused(verb, "adopt: true")
        assert "resources.requests.memory" in said
        assert said.endswith(f"set {RESTART}={NAME}")
        assert "-                memory: 1Gi\n+                memory: 2Gi\n" in (
            capsys.readouterr().err
        )
    assert lab.versions() == before
    uid = lab.live("pool")["metadata"]["uid"]
    monkeypatch.setenv(RESTART, NAME)
    lab.up()
    pool = lab.live("pool")
    assert pool["metadata"]["uid"] == uid
    template = pool["spec"]["virtualMachineTemplate"]["spec"]["template"]
    assert template["spec"]["domain"]["resources"]["requests"]["memory"] == "2Gi"


def test_what_only_hands_said_of_the_vms_is_a_difference(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(made: dict[str, Object]) -> None:
        template = made["pool"]["spec"]["virtualMachineTemplate"]["spec"]["template"]
        template["spec"]["nodeSelector"] = {"disk": "fast"}

    lab.by_hand(*WAYS["server-side apply of others"], change=change)
    assert "nodeSelector" in refused(lab.up, "adopt: true")
    monkeypatch.setenv(RESTART, NAME)
    lab.up()
    template = lab.live("pool")["spec"]["virtualMachineTemplate"]["spec"]["template"]
    assert "nodeSelector" not in template["spec"]


def test_a_difference_that_loses_disks_is_refused(lab: Lab) -> None:
    lab.by_hand()
    before = lab.versions()
    larger = "disk: {size: 9Gi, source: {pvc: {name: fedora-cloud-nginx-base}}}"
    said = refused(lab.up, f"adopt: true\n{larger}")
    assert "lab05-webserver-disk-*" in said
    assert said.endswith(f"set {DISK_LOSS}={NAME}")
    assert lab.versions() == before


# --- what is not taken over ----------------------------------------------------------------------


def test_without_adopt_nothing_is_taken_over(lab: Lab) -> None:
    lab.by_hand()
    before = lab.versions()
    for verb in (lab.preview, lab.up):
        said = refused(verb, "")
        assert f"virtualmachinepool.pool.kubevirt.io/{NAME} in namespace {lab.namespace}" in said
        assert "exist and this stack did not make them; set adopt: true" in said
    assert lab.versions() == before


def test_a_single_stranger_is_told_as_one(lab: Lab) -> None:
    lab.by_hand(change=lambda made: [made.pop(role) for role in LAB if role != "service"])
    assert refused(lab.up, "") == (
        f"service/{NAME} in namespace {lab.namespace} exists and this stack did not make it; set "
        "adopt: true to take over what is there, or set another name"
    )


def test_nothing_is_taken_from_another_stack(lab: Lab) -> None:
    lab.up("", stack="first")
    before = lab.versions()
    for changes in ("", "adopt: true"):
        said = refused(lambda changes: lab.up(changes, stack="second"), changes)
        assert "belongs to another stack or ApplySet" in said
    assert lab.versions() == before


def test_what_the_stack_made_is_its_own_although_its_applyset_was_lost(lab: Lab) -> None:
    lab.up("")
    name = applyset.ApplySet("lab", lab.namespace).name
    lab.kubectl("delete", "secret", name, "-n", lab.namespace)
    before = lab.versions()
    lab.up("")
    assert lab.versions() == before
    assert len(applyset.read(lab.own, "lab", lab.namespace).members) == len(LAB)
