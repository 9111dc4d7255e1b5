"""What one VM's pod asks for, by KubeVirt's rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from configurations import specification
from kubevirt_vm_pool.manifests.objects import objects

from vmpool.check.amounts import MI, shown
from vmpool.check.cluster import KUBEVIRTS
from vmpool.check.snapshot import Answer, Question, Snapshot
from vmpool.check.subject import Subject
from vmpool.check.vm_size import VmSize, vm_size

# The guest's 2Gi, its page tables, five processes, one vCPU, an I/O thread, graphics.
USUAL = 2048 + 4 + 240 + 8 + 8 + 32
# The container that logs the console.
LOG = Decimal(35_000_000)
MOST_LOG = Decimal(60_000_000)


def size(changes: str, **configuration: Any) -> VmSize:
    """Return the size of a VM of Pulumi.dev.yaml with other keys. configuration: KubeVirt's."""
    spec = specification(f"autoscaling:\n{changes}")
    kubevirt = {"metadata": {"name": "kubevirt"}, "spec": {"configuration": configuration}}
    answers = {Question(KUBEVIRTS.path()): Answer(200, {"items": [kubevirt]})}
    return vm_size(Subject(spec, objects(spec), Snapshot(answers)))


@pytest.mark.parametrize(
    ("changes", "memory"),
    [
        ("", USUAL * MI + LOG),
        ("memory: 4Gi\ncores: 4", (4096 + 8 + 240 + 32 + 8 + 32) * MI + LOG),
        ("tpm: {persistent: true}", (USUAL + 53) * MI + LOG),
        ("autoattachGraphicsDevice: false", (USUAL - 32) * MI + LOG),
        ("logSerialConsole: false", USUAL * MI),
        ("gpus: [{name: gpu, deviceName: example.com/gpu}]", (USUAL + 1024) * MI + LOG),
        (
            "livenessProbe: {exec: {command: [ls]}}",
            (USUAL + 110) * MI + LOG,
        ),
        ("cpu: {dedicatedCpuPlacement: true}", (USUAL + 100) * MI + MOST_LOG),
    ],
    ids=["usual", "larger", "tpm", "no graphics", "no log", "gpu", "probe", "dedicated"],
)
def test_memory_is_the_guests_and_what_kubevirt_adds(changes: str, memory: Decimal) -> None:
    assert size(changes).whole.requests["memory"] == memory


@pytest.mark.parametrize(
    ("changes", "configuration", "cpu"),
    [
        ("cores: 4", {}, "0.405"),
        ("cores: 4", {"developerConfiguration": {"cpuAllocationRatio": 4}}, "1.005"),
        ("cores: 4\ncpuRequest: '2'", {}, "2.005"),
        ("cores: 4\ncpu: {dedicatedCpuPlacement: true}", {}, "4.015"),
    ],
    ids=["a tenth", "the cluster's ratio", "said", "dedicated"],
)
def test_cpu_is_a_share_of_the_cores_unless_it_is_said(
    changes: str, configuration: dict[str, Any], cpu: str
) -> None:
    assert size(changes, **configuration).whole.requests["cpu"] == Decimal(cpu)


def test_the_clusters_ratio_multiplies_what_kubevirt_adds() -> None:
    asked = size("", additionalGuestMemoryOverheadRatio="2").compute.requests["memory"]
    added = asked - 2048 * MI
    assert added == 2 * (USUAL - 2048) * MI


@pytest.mark.parametrize(
    ("changes", "limits"),
    [
        ("", {}),
        ("limits: {memory: 8Gi}\nrequests: {memory: 2Gi}", {"memory": (8192 - 2048 + USUAL) * MI}),
        ("limits: {cpu: '4'}", {"cpu": Decimal(4)}),
        ("cores: 4\ncpu: {dedicatedCpuPlacement: true}", {"cpu": 4, "memory": (USUAL + 124) * MI}),
    ],
    ids=["none", "memory", "cpu", "dedicated"],
)
def test_a_limit_of_memory_is_that_of_the_guest_and_what_kubevirt_adds(
    changes: str, limits: dict[str, Decimal]
) -> None:
    assert size(changes).compute.limits == limits


def test_containers_without_a_limit_add_nothing_to_that_of_all() -> None:
    assert size("limits: {cpu: '4'}").whole.limits["cpu"] == Decimal("4.015")
    assert size("").whole.limits == {"cpu": Decimal("0.015"), "memory": MOST_LOG}
    assert size("logSerialConsole: false").whole.limits == {}


def test_what_a_guest_is_overcommitted_by_is_no_request_and_still_a_limit() -> None:
    overcommitted = "template: {spec: {domain: {resources: {overcommitGuestOverhead: true}}}}"
    found = size(f"limits: {{memory: 2Gi}}\ntemplate: {{{overcommitted}}}").compute
    assert found.requests["memory"] == 2048 * MI
    assert found.limits["memory"] > 2048 * MI


@pytest.mark.parametrize(
    ("number", "resource", "text"),
    [
        ("5.025", "requests.cpu", "5.025"),
        ("4294967296", "memory", "4Gi"),
        ("524288000", "requests.storage", "500Mi"),
        ("0", "limits.memory", "0"),
        ("10", "pods", "10"),
    ],
)
def test_quantities_are_short(number: str, resource: str, text: str) -> None:
    assert shown(Decimal(number), resource) == text
