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
    assert size(changes).memory == memory


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
    assert size(changes, **configuration).cpu == Decimal(cpu)


def test_the_clusters_ratio_multiplies_what_kubevirt_adds() -> None:
    added = size("", additionalGuestMemoryOverheadRatio="2").memory - 2048 * MI - LOG
    assert added == 2 * (USUAL - 2048) * MI


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
