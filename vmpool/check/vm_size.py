"""What one VM's pod asks of a node: what its guest has, and what KubeVirt adds (1.9).

Sources: pkg/hypervisor/kvm/hypervisorbackend.go (memory), pkg/virt-controller/services
(renderresources.go for the CPU, serialconsolelog.go for the container that logs the console).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from kubevirt_vm_pool.text.paths import at

from .amounts import MI, amount
from .cluster import configuration
from .references import INSTANCETYPES, matched
from .snapshot import Object, UnseenError
from .subject import Subject

# virt-launcher-monitor, virt-launcher, virtlogd, virtqemud and QEMU itself.
PROCESSES = (25 + 100 + 25 + 40 + 50) * MI
EACH_VCPU = IO_THREAD = 8 * MI
GRAPHICS = 32 * MI
PAGE_TABLES = 512
UEFI_OF_ARM = 128 * MI
VFIO = 1024 * MI
SEV = 256 * MI
TPM = 53 * MI
GUARANTEED = 100 * MI
PROBES, EACH_PROBE = 100 * MI, 10 * MI
# The container guest-console-log.
CONSOLE_CPU, CONSOLE_MEMORY = Decimal("0.005"), Decimal(35_000_000)
CONSOLE_CPU_LIMIT, CONSOLE_MEMORY_LIMIT = Decimal("0.015"), Decimal(60_000_000)
# developerConfiguration.cpuAllocationRatio, where it is not said.
USUAL_RATIO = 10


class Container(NamedTuple):
    """What a container requests and is limited to, by resource ("cpu", "memory"): CPUs and bytes.

    A resource that is not said is not there.
    """

    requests: Mapping[str, Decimal]
    limits: Mapping[str, Decimal]


class VmSize(NamedTuple):
    """What the pod of one VM asks for. compute: the container of the guest; console: what logs it.

    console: None where the console is not logged.
    """

    compute: Container
    console: Container | None

    @property
    def containers(self) -> tuple[Container, ...]:
        """The containers of the pod."""
        return (self.compute, *((self.console,) if self.console else ()))

    @property
    def whole(self) -> Container:
        """All of them together, as Kubernetes has it: whoever says nothing adds nothing."""
        return Container(
            _sum(one.requests for one in self.containers),
            _sum(one.limits for one in self.containers),
        )


def _sum(said: Iterable[Mapping[str, Decimal]]) -> dict[str, Decimal]:
    total: dict[str, Decimal] = {}
    for one in said:
        for resource, number in one.items():
            total[resource] = total.get(resource, Decimal(0)) + number
    return total


class _Machine(NamedTuple):
    vcpus: int
    memory: Decimal
    dedicated: bool
    hugepages: bool


def vm_size(subject: Subject) -> VmSize:
    """Return what one VM asks for; raises UnseenError without the instancetype it is made by."""
    return subject.once("size of a VM", _vm_size)


def _vm_size(subject: Subject) -> VmSize:
    settings = configuration(subject)
    machine = _machine(subject, settings)
    resources = at(subject.guest, "domain", "resources") or {}
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    ratio = at(settings, "developerConfiguration", "cpuAllocationRatio") or USUAL_RATIO
    cpu = Decimal(machine.vcpus) + int(
        at(subject.guest, "domain", "ioThreads", "supplementalPoolThreadCount") or 0
    )
    if not machine.dedicated:
        cpu = amount(requests["cpu"]) if "cpu" in requests else cpu / int(ratio)
    guaranteed = machine.dedicated or bool(limits) and limits == requests
    overhead = _overhead(subject, machine, guaranteed=guaranteed)
    overhead *= Decimal(str(settings.get("additionalGuestMemoryOverheadRatio") or 1))
    # A request leaves it out then, a limit does not.
    requested = Decimal(0) if resources.get("overcommitGuestOverhead") else overhead
    memory = (Decimal(0) if machine.hugepages else machine.memory) + requested
    most: dict[str, Decimal] = {}
    if machine.dedicated:
        most = {"cpu": cpu, "memory": memory}
    else:
        most |= {"cpu": amount(limits["cpu"])} if "cpu" in limits else {}
        if "memory" in limits:
            # What is on hugepages is limited by their number.
            paged = machine.memory if machine.hugepages else Decimal(0)
            most["memory"] = max(amount(limits["memory"]) - paged, Decimal(0)) + overhead
    compute = Container({"cpu": cpu, "memory": memory}, most)
    return VmSize(compute, _console(subject, settings, guaranteed=guaranteed))


def _console(subject: Subject, settings: Object, *, guaranteed: bool) -> Container | None:
    if not _logs_console(subject, settings):
        return None
    limits = {"cpu": CONSOLE_CPU_LIMIT, "memory": CONSOLE_MEMORY_LIMIT}
    requests = {"cpu": CONSOLE_CPU, "memory": CONSOLE_MEMORY}
    return Container(limits if guaranteed else requests, limits)


def _machine(subject: Subject, settings: Object) -> _Machine:
    domain = subject.guest["domain"]
    if by := subject.machine.get("instancetype"):
        found = matched(subject, by, INSTANCETYPES)
        if found is None:
            raise UnseenError(f"the size of a VM is not known: there is no {by['name']}")
        spec = found["spec"]
        share = 100 - int(at(spec, "memory", "overcommitPercent") or 0)
        return _Machine(
            int(spec["cpu"]["guest"]),
            amount(spec["memory"]["guest"]) * share / 100,
            bool(at(spec, "cpu", "dedicatedCPUPlacement")),
            bool(at(spec, "memory", "hugepages")),
        )
    cpu = domain.get("cpu") or {}
    resources = domain.get("resources") or {}
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    memory = domain.get("memory") or {}
    said = requests.get("memory") or limits.get("memory")
    overcommit = at(settings, "developerConfiguration", "memoryOvercommit") or 100
    return _Machine(
        _vcpus(cpu, limits.get("cpu") or requests.get("cpu")),
        amount(said) if said else amount(memory.get("guest")) * 100 / int(overcommit),
        bool(cpu.get("dedicatedCpuPlacement")),
        bool(memory.get("hugepages")),
    )


def _vcpus(cpu: Object, asked: Any) -> int:
    topology = [cpu.get(key) for key in ("sockets", "cores", "threads")]
    if any(topology):
        return math.prod(int(one or 1) for one in topology)
    return max(1, math.ceil(amount(asked)))


def _overhead(subject: Subject, machine: _Machine, *, guaranteed: bool) -> Decimal:
    guest, devices = subject.guest, subject.guest["domain"].get("devices") or {}
    security = subject.guest["domain"].get("launchSecurity") or {}
    probes = [at(guest, one, "exec") for one in ("livenessProbe", "readinessProbe")]
    executed = sum(one is not None for one in probes)
    return sum(
        (
            more
            for counts, more in (
                (True, machine.memory / PAGE_TABLES + PROCESSES + IO_THREAD),
                (True, EACH_VCPU * machine.vcpus),
                (devices.get("autoattachGraphicsDevice") is not False, GRAPHICS),
                (guest.get("architecture") == "arm64", UEFI_OF_ARM),
                (devices.get("gpus") or devices.get("hostDevices"), VFIO),
                (executed, PROBES + executed * EACH_PROBE),
                (security.keys() & {"sev", "snp"}, SEV),
                (at(devices, "tpm") is not None, TPM),
                (guaranteed, GUARANTEED),
            )
            if counts
        ),
        Decimal(0),
    )


def _logs_console(subject: Subject, settings: Object) -> bool:
    devices = subject.guest["domain"].get("devices") or {}
    if devices.get("autoattachSerialConsole") is False:
        return False
    said = devices.get("logSerialConsole")
    if said is None:
        off = at(settings, "virtualMachineOptions", "disableSerialConsoleLog")
        return off is None
    return bool(said)
