"""Waiting for VMs: when it ends, what is said meanwhile, and which reasons are found."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import json
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cluster_fixtures import RunKubectl, eventually
from configurations import specification
from kubevirt_vm_pool.cluster import wait
from kubevirt_vm_pool.cluster.diagnosis import reasons, reasons_by_vm
from kubevirt_vm_pool.cluster.kubectl import Kubectl, KubectlError
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.spec.pool import PoolSpec

from vmpool.console import UserError
from vmpool.controlplane import binaries
from vmpool.controlplane.client import Cluster
from vmpool.lifecycle import wait_until_ready

Object = dict[str, Any]

# --- reasons -------------------------------------------------------------------------------------

POOL = objects(specification("name: web\nnamespace: user1\nautoscaling:\nreplicas: 3"))["pool"]


def pool_with(status: Object | None = None, **spec: Any) -> Object:
    changed = copy.deepcopy(POOL)
    changed["spec"] |= spec
    return {**changed, "status": status or {}}


def vm(index: int, state: str, *conditions: Object, pool: str = "web") -> Object:
    return {
        "metadata": {"name": f"{pool}-{index}"},
        "status": {"printableStatus": state, "conditions": list(conditions)},
    }


def condition(kind: str, status: str, message: str = "", reason: str = "") -> Object:
    return {"type": kind, "status": status, "message": message, "reason": reason}


READY = condition("Ready", "True")


def warning(
    involved: str, reason: str, message: str = "", at: str = "12:00:00", kind: str = "Warning"
) -> Object:
    """Return an event about an object, written kind/name."""
    about, _, name = involved.partition("/")
    return {
        "type": kind,
        "involvedObject": {"kind": about, "name": name},
        "reason": reason,
        "message": message,
        "lastTimestamp": f"2026-11-24T{at}Z",
    }


UNAUTHORIZED = (
    "Not authorized to create DataVolume web-disk-0: User system:serviceaccount:user1:default "
    "has insufficient permissions in clone source namespace images"
)
TAINT = (
    "0/3 nodes are available: 3 node(s) had untolerated taint {baremetal: true}. preemption: 0/3 "
    "nodes are available"
)

# An event, and the way out that must be told.
WAYS_OUT = {
    "no right to clone": (
        warning("VirtualMachine/web-0", "UnauthorizedDataVolumeCreate", UNAUTHORIZED),
        "set cloneAccess: true, or ask the owner of namespace images to let this namespace's "
        "ServiceAccount default clone from there",
    ),
    "no Secret": (
        warning(
            "Pod/virt-launcher-web-0-x7k2p",
            "FailedMount",
            'MountVolume.SetUp failed for volume "cloudinitdisk-udata" : secret "web-cloudinit" '
            "not found",
        ),
        "Secret web-cloudinit must be in the VMs' namespace: if it is the pool's own, bring the "
        "stack up again, else create it",
    ),
    "no golden image, says KubeVirt": (
        warning(
            "VirtualMachine/web-0",
            "SourcePVCNotAvailabe",
            "Source PVC golden not available: Target PVC web-disk-0 will remain unpopulated until "
            "source is created",
        ),
        "disk.source names something that does not exist: correct its name and namespace, or "
        "make the golden image",
    ),
    "no golden image, says CDI": (
        warning(
            "DataVolume/web-disk-0", "CloneWithoutSource", "The source pvc golden doesn't exist"
        ),
        "disk.source names something that does not exist: correct its name and namespace, or "
        "make the golden image",
    ),
    "no storage class": (
        warning(
            "PersistentVolumeClaim/web-disk-0",
            "ProvisioningFailed",
            'storageclass.storage.k8s.io "fast" not found',
        ),
        "set disk.storageClassName to one that `kubectl get storageclass` lists",
    ),
    "a disk that is too small": (
        warning(
            "DataVolume/web-disk-0",
            "CloneValidationFailed",
            "The clone doesn't meet the validation requirements: target resources requests "
            "storage size is smaller than the source",
        ),
        "raise disk.size to that of the golden image or more",
    ),
    "a taint": (
        warning("Pod/virt-launcher-web-0-x7k2p", "FailedScheduling", TAINT),
        "add the taint {baremetal: true} to tolerations, if the VMs are meant for such nodes",
    ),
    "a taint, as newer schedulers say it": (
        warning(
            "Pod/virt-launcher-web-0-x7k2p",
            "FailedScheduling",
            "0/3 nodes are available: 3 node(s) had untolerated taint(s).",
        ),
        "add the taint to tolerations, if the VMs are meant for such nodes",
    ),
    "no memory left": (
        warning(
            "Pod/virt-launcher-web-0-x7k2p",
            "FailedScheduling",
            "0/3 nodes are available: 3 Insufficient memory.",
        ),
        "no node has that much memory left: lower memory, cores or cpuRequest, or add nodes",
    ),
    "no node with KVM": (
        warning(
            "Pod/virt-launcher-web-0-x7k2p",
            "FailedScheduling",
            "0/1 nodes are available: 1 Insufficient devices.kubevirt.io/kvm.",
        ),
        "no node that fits can run virtual machines: it needs KVM, and KubeVirt's virt-handler",
    ),
    "no node that is selected": (
        warning(
            "Pod/virt-launcher-web-0-x7k2p",
            "FailedScheduling",
            "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",
        ),
        "no node fits nodeSelector and affinity: correct them",
    ),
    "a quota": (
        warning(
            "VirtualMachine/web-0",
            "FailedDataVolumeCreate",
            'Error creating DataVolume web-disk-0: persistentvolumeclaims "web-disk-0" is '
            "forbidden: exceeded quota: storage",
        ),
        "ask for a larger quota of the namespace, or lower replicas, memory, cpuRequest or "
        "disk.size",
    ),
    "no memory said": (
        warning(
            "VirtualMachine/web-0",
            "FailedCreate",
            "Error creating virtual machine instance: admission webhook "
            '"virtualmachineinstances-create-validator.kubevirt.io" denied the request: no memory '
            "requested, at least one of memory.guest, ...",
        ),
        "set memory, or an instancetype",
    ),
    "no instancetype": (
        warning(
            "VirtualMachine/web-0",
            "FailedCreate",
            "Error creating virtual machine instance: virtualmachineclusterinstancetypes."
            'instancetype.kubevirt.io "u1.small" not found',
        ),
        "correct the name and kind of instancetype: `kubectl get virtualmachineinstancetype,"
        "virtualmachineclusterinstancetype`",
    ),
    "a probe without an answer": (
        warning(
            "Pod/virt-launcher-web-0-x7k2p",
            "Unhealthy",
            "Readiness probe failed: dial tcp 10.1.2.3:80: connect: connection refused",
        ),
        "the VM runs and nothing answers yet: see with `virtctl console` whether cloud-init "
        "started the service, or correct readinessProbe",
    ),
    "a failed import": (
        warning("DataVolume/web-disk-0", "ImportFailed", "Failed to import into PVC web-disk-0"),
        "the disk cannot be made: see `kubectl describe datavolume`",
    ),
}


@pytest.mark.parametrize(("event", "way_out"), WAYS_OUT.values(), ids=WAYS_OUT)
def test_a_known_reason_is_told_with_its_way_out(event: Object, way_out: str) -> None:
    told = reasons(pool_with(), [], [event])
    assert told == [f"web-0: {event['reason']}: {event['message']}\n{way_out}"]


@pytest.mark.parametrize(
    ("state", "way_out"),
    [
        (
            "ErrorUnschedulable",
            "no node takes the VM: check tolerations, nodeSelector, affinity, memory and cores",
        ),
        ("ErrImagePull", "an image cannot be pulled: check disk.source.registry"),
        ("CrashLoopBackOff", "the guest ends again and again: see `virtctl console`"),
        ("DataVolumeError", "the disk cannot be made: see `kubectl describe datavolume`"),
        (
            "ErrorPvcNotFound",
            "the disk is gone or was never made: see `kubectl get datavolume,pvc`",
        ),
        (
            "Provisioning",
            "the disk is still being made: a large golden image takes its time, and "
            "waitForReadyMinutes can be raised",
        ),
        ("Starting", "it boots: waitForReadyMinutes can be raised"),
    ],
)
def test_the_state_of_a_vm_is_told_with_its_way_out(state: str, way_out: str) -> None:
    assert reasons(pool_with(), [vm(0, state)], []) == [f"web-0: {state}\n{way_out}"]


def test_a_vm_is_told_with_what_its_conditions_say() -> None:
    failed = vm(
        0,
        "Stopped",
        condition("Ready", "False", "VMI does not exist"),
        condition("Failure", "True", "no memory requested"),
    )
    assert reasons(pool_with(), [failed], []) == [
        "web-0: Stopped: no memory requested\nset memory, or an instancetype"
    ]


def test_a_failing_pool_is_told_with_its_message() -> None:
    failing = condition("ReplicaFailure", "True", "webhook denied the request", "FailedScaleOut")
    assert reasons(pool_with({"replicas": 3, "conditions": [failing]}), [], []) == [
        "web: ReplicaFailure FailedScaleOut: webhook denied the request"
    ]


def test_a_paused_pool_is_told() -> None:
    paused = condition("ReplicaPaused", "True", "pool is paused", "SuccessfulPaused")
    (told,) = reasons(pool_with({"replicas": 3, "conditions": [paused]}), [], [])
    assert told.startswith("web: ReplicaPaused SuccessfulPaused: pool is paused\nsomebody paused")


def test_a_condition_that_does_not_hold_is_no_reason() -> None:
    over = condition("ReplicaFailure", "False", "was denied")
    assert reasons(pool_with({"replicas": 3, "conditions": [over]}), [], []) == []


def test_an_unknown_reason_is_told_as_it_is() -> None:
    event = warning("VirtualMachine/web-0", "Martian", "the moon is\n  in the wrong house")
    assert reasons(pool_with(), [], [event]) == ["web-0: Martian: the moon is in the wrong house"]


def test_no_vm_at_all_is_a_reason() -> None:
    assert reasons(pool_with(), [], []) == [
        "there is no VM yet\nsee whether KubeVirt's virt-controller runs"
    ]


def test_what_differs_only_in_its_index_is_told_once() -> None:
    events = [
        warning(
            f"VirtualMachine/web-{index}",
            "UnauthorizedDataVolumeCreate",
            UNAUTHORIZED.replace("web-disk-0", f"web-disk-{index}"),
        )
        for index in range(5)
    ]
    (told,) = reasons(pool_with(), [], events)
    assert told.startswith("web-0, web-1, web-2 and 2 more: UnauthorizedDataVolumeCreate: ")


def test_the_state_of_a_vm_does_not_repeat_what_an_event_said() -> None:
    event = warning("Pod/virt-launcher-web-0-x7k2p", "FailedScheduling", TAINT)
    unschedulable = vm(0, "ErrorUnschedulable", condition("PodScheduled", "False", TAINT))
    assert len(reasons(pool_with(), [unschedulable], [event])) == 1


def test_the_newest_five_warnings_are_told() -> None:
    events = [
        warning("VirtualMachine/web-0", f"Reason{'abcdefg'[number]}", at=f"12:00:0{number}")
        for number in range(7)
    ]
    told = reasons(pool_with(), [], events)
    assert told == [f"web-0: Reason{letter}" for letter in "gfedc"]


NO_CONCERN = {
    "no warning": warning("VirtualMachine/web-0", "Created", kind="Normal"),
    "another pool's VM": warning("VirtualMachine/web-api-0", "FailedCreate"),
    "a VM of a pool called like the disks": warning("VirtualMachine/web-disk-0", "FailedCreate"),
    "a disk of no pool": warning("DataVolume/web-0", "ImportFailed"),
    "another pool": warning("VirtualMachinePool/web-api", "FailedCreate"),
    "another pool's pod": warning("Pod/virt-launcher-web-api-0-x7k2p", "FailedMount"),
    "a pod of something else": warning("Pod/web-0", "FailedMount"),
    "another kind": warning("Deployment/web-0", "FailedCreate"),
}


@pytest.mark.parametrize("event", NO_CONCERN.values(), ids=NO_CONCERN)
def test_an_event_about_something_else_is_no_reason(event: Object) -> None:
    assert reasons(pool_with({"replicas": 3}), [], [event]) == []


def test_an_event_about_a_vm_that_is_ready_by_now_is_no_reason() -> None:
    event = warning("Pod/virt-launcher-web-0-x7k2p", "FailedScheduling", TAINT)
    assert reasons(pool_with(), [vm(0, "Running", READY)], [event]) == []


@pytest.mark.parametrize("involved", ["VirtualMachineInstance/web-1", "DataVolume/web-disk-1"])
def test_an_event_about_a_part_of_a_vm_is_told_of_the_vm(involved: str) -> None:
    vms = [vm(0, "Running", READY), vm(1, "Starting")]
    told = reasons(pool_with(), vms, [warning(involved, "Martian")])
    assert told[0] == "web-1: Martian"


def test_an_event_about_a_pod_whose_name_was_cut_is_told_of_the_pool() -> None:
    name = "w" * 55
    pool = objects(specification(f"name: {name}"))["pool"]
    pod = f"virt-launcher-{name}-0-"[:58] + "x7k2p"
    told = reasons(pool, [], [warning(f"Pod/{pod}", "Martian")])
    assert told == [f"{name}: Martian"]


def test_an_event_of_the_newer_kind_has_its_time_elsewhere() -> None:
    old = warning("VirtualMachine/web-0", "Older", at="12:00:00")
    new = warning("VirtualMachine/web-0", "Newer")
    new |= {"lastTimestamp": None, "eventTime": "2026-11-24T12:00:01.000000Z"}
    assert reasons(pool_with(), [], [old, new]) == ["web-0: Newer", "web-0: Older"]


def test_each_vm_that_is_not_ready_has_its_own_reasons() -> None:
    vms = [vm(0, "Running", READY), vm(1, "Starting"), vm(2, "ErrorUnschedulable")]
    events = [
        warning("Pod/virt-launcher-web-2-x7k2p", "FailedScheduling", TAINT),
        warning("Pod/virt-launcher-web-0-x7k2p", "FailedScheduling", TAINT),
        warning("VirtualMachinePool/web", "Martian"),
    ]
    assert reasons_by_vm(pool_with(), vms, events) == {
        "web-1": ["Starting"],
        "web-2": [f"FailedScheduling: {TAINT}", "ErrorUnschedulable"],
    }


def test_the_state_of_a_vm_that_repeats_an_event_is_no_second_reason() -> None:
    event = warning("Pod/virt-launcher-web-0-x7k2p", "FailedScheduling", TAINT)
    unschedulable = vm(0, "ErrorUnschedulable", condition("PodScheduled", "False", TAINT))
    assert reasons_by_vm(pool_with(), [unschedulable], [event]) == {
        "web-0": [f"FailedScheduling: {TAINT}"]
    }


# --- waiting -------------------------------------------------------------------------------------


@pytest.fixture
def client(cluster: Cluster) -> Kubectl:
    return Kubectl(binaries.kubectl(), cluster.kubeconfig)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wait, "SECONDS_BETWEEN_LOOKS", 0.1)


def web(namespace: str, replicas: int = 2) -> PoolSpec:
    return specification(f"name: web\nnamespace: {namespace}\nautoscaling:\nreplicas: {replicas}")


def create(kubectl: RunKubectl, spec: PoolSpec, run_strategy: str = "Always") -> None:
    pool = objects(spec)["pool"]
    pool["spec"]["virtualMachineTemplate"]["spec"]["runStrategy"] = run_strategy
    kubectl("create", "-f", "-", stdin=json.dumps(pool))


def waited(client: Kubectl, spec: PoolSpec, seconds: float = 30) -> list[str]:
    """Wait and return what was told meanwhile."""
    told: list[str] = []
    asyncio.run(wait.wait(client, spec, seconds, told.append))
    return told


def timed_out(client: Kubectl, spec: PoolSpec, seconds: float = 0.5) -> str:
    """Wait in vain and return what is said then."""
    with pytest.raises(wait.NotReadyError) as caught:
        waited(client, spec, seconds)
    return str(caught.value)


def test_waiting_ends_when_all_vms_are_ready(
    client: Kubectl, kubectl: RunKubectl, made_namespace: str
) -> None:
    create(kubectl, web(made_namespace))
    assert waited(client, web(made_namespace))[-1] == "pool web: 2 of 2 VMs ready"


def test_a_pool_without_vms_is_not_waited_for(
    client: Kubectl, kubectl: RunKubectl, made_namespace: str
) -> None:
    create(kubectl, web(made_namespace, 0), "Halted")
    started = time.monotonic()
    assert waited(client, web(made_namespace, 0)) == ["pool web: 0 of 0 VMs ready"]
    assert time.monotonic() - started < 5


def test_the_live_number_counts_and_not_the_configured_one(
    client: Kubectl, kubectl: RunKubectl, made_namespace: str
) -> None:
    create(kubectl, web(made_namespace))
    kubectl("scale", "vmpool/web", "--replicas=3", "-n", made_namespace)
    assert waited(client, web(made_namespace))[-1] == "pool web: 3 of 3 VMs ready"


def test_progress_is_told_when_the_numbers_change(
    client: Kubectl, kubectl: RunKubectl, made_namespace: str
) -> None:
    create(kubectl, web(made_namespace), "Halted")

    def start_them() -> None:
        patch = {"spec": {"virtualMachineTemplate": {"spec": {"runStrategy": "Always"}}}}
        place = ("vmpool/web", "-n", made_namespace, "--type=merge", "-p", json.dumps(patch))
        kubectl("patch", *place)

    later = threading.Timer(1, start_them)
    later.start()
    told = waited(client, web(made_namespace))
    later.join()
    assert told == ["pool web: 0 of 2 VMs ready", "pool web: 2 of 2 VMs ready"]


def test_a_sign_of_life_is_given_while_nothing_changes(
    client: Kubectl, kubectl: RunKubectl, made_namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wait, "SECONDS_BETWEEN_SIGNS_OF_LIFE", 0.5)
    create(kubectl, web(made_namespace), "Halted")
    told: list[str] = []
    with pytest.raises(wait.NotReadyError):
        asyncio.run(wait.wait(client, web(made_namespace), 1.2, told.append))
    first, second = told[:2]
    assert first == "pool web: 0 of 2 VMs ready"
    assert re.fullmatch(f"{first} after [01] s", second)


def test_a_time_out_says_how_many_vms_are_ready_and_why(
    client: Kubectl, kubectl: RunKubectl, made_namespace: str
) -> None:
    create(kubectl, web(made_namespace), "Halted")
    assert timed_out(client, web(made_namespace), 1.2) == (
        f"pool web in namespace {made_namespace} is not ready after 1 s: 0 of 2 VMs are\n"
        "  web: runStrategy: is Halted\n"
        "      such VMs never start by themselves: bring the stack up again, which sets Always\n"
        "The cluster holds every object, and goes on; look again with kubectl get "
        f"vmpool,vm,vmi,datavolume -n {made_namespace}"
    )


def test_a_time_out_tells_what_the_clusters_events_say(
    client: Kubectl, kubectl: RunKubectl, made_namespace: str
) -> None:
    create(kubectl, web(made_namespace), "Halted")
    for index in range(2):
        event = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": f"web-{index}.1", "namespace": made_namespace},
            **warning(f"VirtualMachine/web-{index}", "UnauthorizedDataVolumeCreate", UNAUTHORIZED),
        }
        event["involvedObject"]["namespace"] = made_namespace
        kubectl("create", "-f", "-", stdin=json.dumps(event))
    told = timed_out(client, web(made_namespace)).splitlines()
    assert f"  web-0, web-1: UnauthorizedDataVolumeCreate: {UNAUTHORIZED}" in told
    assert "      " + WAYS_OUT["no right to clone"][1] in told


def test_a_time_out_tells_what_the_pools_conditions_say(
    client: Kubectl, kubectl: RunKubectl, made_namespace: str
) -> None:
    create(kubectl, web(made_namespace), "Halted")
    assert eventually(lambda: "labelSelector" in status_of(kubectl, made_namespace))
    failing = condition("ReplicaFailure", "True", "denied", "FailedScaleOut")
    patch = json.dumps({"status": {"conditions": [failing]}})
    place = ("vmpool/web", "-n", made_namespace, "--subresource=status", "--type=merge")
    kubectl("patch", *place, "-p", patch)
    assert "  web: ReplicaFailure FailedScaleOut: denied\n" in timed_out(
        client, web(made_namespace)
    )


def status_of(kubectl: RunKubectl, namespace: str) -> Object:
    done = kubectl("get", "vmpool/web", "-n", namespace, "-o", "json")
    return dict(json.loads(done.stdout).get("status", {}))


def test_a_pool_that_is_not_there_is_not_waited_for(client: Kubectl, made_namespace: str) -> None:
    assert timed_out(client, web(made_namespace), 30) == (
        f"there is no pool web in namespace {made_namespace} to wait for"
    )


def test_without_the_engine_a_wait_in_vain_is_the_commands_trouble(
    cluster: Cluster, made_namespace: str
) -> None:
    own = Kubectl(binaries.kubectl(), cluster.kubeconfig)
    with pytest.raises(UserError, match="there is no pool web"):
        wait_until_ready(own, web(made_namespace))


@dataclasses.dataclass(frozen=True)
class Interrupted(Kubectl):
    """kubectl whose cluster is away for a while."""

    answers: Iterator[bool] = dataclasses.field(default_factory=lambda: iter([]))

    def run(self, *args: str, **options: Any) -> subprocess.CompletedProcess[str]:
        if not next(self.answers, True):
            raise KubectlError("kubectl get: connection refused")
        return super().run(*args, **options)


def test_an_api_server_that_restarts_does_not_end_the_waiting(
    cluster: Cluster, kubectl: RunKubectl, made_namespace: str
) -> None:
    create(kubectl, web(made_namespace), "Halted")
    away = Interrupted(binaries.kubectl(), cluster.kubeconfig, answers=iter([True, False, False]))
    assert "is not ready after" in timed_out(away, web(made_namespace))


def test_a_cluster_that_never_answers_is_not_waited_for() -> None:
    nowhere = Interrupted(Path("kubectl"), answers=iter([False]))
    assert timed_out(nowhere, web("user1"), 30) == "kubectl get: connection refused"


def test_what_may_not_be_seen_is_said(
    cluster: Cluster, kubectl: RunKubectl, made_namespace: str
) -> None:
    create(kubectl, web(made_namespace), "Halted")
    # The pool is seen once; then come its VMs, and the events.
    blind = Interrupted(binaries.kubectl(), cluster.kubeconfig, answers=iter([True, True, False]))
    told = timed_out(blind, web(made_namespace), 0)
    assert "  events cannot be seen: kubectl get: connection refused\n" in told
