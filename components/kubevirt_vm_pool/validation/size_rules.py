"""Rules on how large a VM is: its CPUs and its memory, and what its pod requests of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from ..spec import quantity
from ..spec.pool import PoolSpec
from ..text.paths import at
from .problems import Problem
from .rule import Rule


def sizes(spec: PoolSpec) -> Iterator[str]:
    """Yield the keys that say what an instancetype always sets (pkg/instancetype/apply)."""
    for member in ("cores", "sockets", "threads"):
        if spec.cpu.get(member):
            yield f"cpu.{member}"
    kept = spec.instancetype and spec.instancetype.infer_from_volume_failure_policy == "Ignore"
    # KubeVirt takes that away where it finds an instancetype (pkg/instancetype/infer/handler.go).
    if isinstance(spec.memory, dict) and spec.memory.get("guest") is not None and not kept:
        yield "memory.guest"
    for key, resources in (("requests", spec.requests), ("limits", spec.limits)):
        for name in ("cpu", "memory"):
            if resources.get(name) is not None:
                yield f"{key}.{name}"


def told_vcpus(spec: PoolSpec) -> str:
    """Return how many CPUs a VM has, in words."""
    several = spec.cpu.get("sockets") or spec.cpu.get("threads")
    return f"{spec.vcpus} CPUs: cores, sockets and threads" if several else f"cores: {spec.vcpus}"


def cpus_by_template(spec: PoolSpec) -> bool:
    """Tell whether `template` has another word on the number of CPUs than the keys have."""
    domain = at(spec.template, "template", "spec", "domain") or {}
    if domain.get("cpu", {}) is None:
        return True
    return not {"cores", "sockets", "threads"}.isdisjoint(domain.get("cpu") or {})


def _amount(value: object) -> Any:
    return quantity.parse(str(value))


def _memory_of_the_guest(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    guest, key = spec.memory, "memory"
    if isinstance(spec.memory, dict):
        guest, key = spec.memory.get("guest") or "", "memory.guest"
        yield from _memory_object(spec, spec.memory)
    requested, limit = spec.requests.get("memory"), spec.limits.get("memory")
    has = guest if isinstance(guest, str) and not spec.instancetype else None
    if has and limit is not None and _amount(limit) < _amount(has):
        yield Problem(
            "limits.memory",
            f"is less than the VM has ({key}: {has}), so its pod would be killed",
            f"raise it, or lower {key}",
            limit,
        )
    if requested is not None and limit is not None and _amount(requested) > _amount(limit):
        yield Problem(
            "requests.memory",
            f"is more than limits.memory ({limit}), which KubeVirt refuses",
            "lower it, or raise limits.memory",
            requested,
        )


def told(spec: PoolSpec) -> Iterator[str]:
    """Yield what KubeVirt takes, and may be a slip: requests above what the VMs have."""
    guest = spec.memory.get("guest") if isinstance(spec.memory, dict) else spec.memory
    requested = spec.requests.get("memory")
    if guest and requested and not spec.instancetype and _amount(requested) > _amount(guest):
        yield (
            f"requests.memory ({requested}) is more than the VMs have ({guest}): their nodes keep "
            "the rest free for nobody"
        )
    if _requests_more_cpu(spec):
        yield (
            f"cpuRequest ({spec.cpu_request}) is more than the VM has ({told_vcpus(spec)}): its "
            "node keeps the rest free for nobody"
        )


def _requests_more_cpu(spec: PoolSpec) -> bool:
    if spec.cpu_request is None or spec.vcpus is None or cpus_by_template(spec):
        return False
    return bool(_amount(spec.cpu_request) > spec.vcpus)


def request_is_no_slip(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    """KubeVirt takes a request above the VM's CPUs; of hundreds, thousandths were meant."""
    said = spec.cpu_request or ""
    if _requests_more_cpu(spec) and said.isdigit() and int(said) >= 100:
        yield Problem(
            "cpuRequest",
            f"is more than the VM can use ({told_vcpus(spec)})",
            f"did you mean {said}m?",
            said,
        )


def _memory_object(spec: PoolSpec, memory: dict[str, Any]) -> Iterator[Problem]:
    guest, most = memory.get("guest"), memory.get("maxGuest")
    anywhere = guest or spec.requests.get("memory") or spec.limits.get("memory")
    if not anywhere and not spec.instancetype:
        yield Problem(
            "memory",
            "says nowhere how much there is, so that no VM would start",
            "add guest, for instance guest: 4Gi",
        )
    if guest and most and _amount(most) < _amount(guest):
        yield Problem("memory.maxGuest", f"is less than guest ({guest})", "raise it", most)
    page = (memory.get("hugepages") or {}).get("pageSize")
    if page is None or not anywhere:
        return
    try:
        size = _amount(page)
    except ValueError:
        size = None
    if not size or size < 0:
        yield Problem(
            "memory.hugepages.pageSize", "is no size of a page", "write it like 2Mi or 1Gi", page
        )
    elif _amount(spec.requests.get("memory") or anywhere) % size:
        yield Problem(
            "memory.hugepages.pageSize",
            f"does not divide the VM's memory ({anywhere})",
            "take a multiple of it for the memory",
            page,
        )


def _cpu(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    cpu = spec.cpu
    dedicated = cpu.get("dedicatedCpuPlacement") is True
    numa = (cpu.get("numa") or {}).get("guestMappingPassthrough") is not None
    hugepages = isinstance(spec.memory, dict) and bool(spec.memory.get("hugepages"))
    for member, needs, has in (
        ("isolateEmulatorThread", "cpu.dedicatedCpuPlacement: true", dedicated),
        ("numa", "cpu.dedicatedCpuPlacement: true", dedicated),
        ("numa", "memory.hugepages", hugepages),
        ("realtime", "cpu.dedicatedCpuPlacement: true", dedicated),
        ("realtime", "cpu.numa.guestMappingPassthrough", numa),
    ):
        said = numa if member == "numa" else cpu.get(member) not in (None, False)
        # An instancetype may have what is needed.
        if said and not has and not spec.instancetype:
            yield Problem(f"cpu.{member}", f"needs {needs}", f"add {needs}, or remove {member}")
    most, sockets = cpu.get("maxSockets"), cpu.get("sockets") or 1
    if most and sockets > most:
        yield Problem("cpu.maxSockets", f"is less than sockets ({sockets})", "raise it", most)
    if (cpu.get("threads") or 0) > 2 and dedicated:
        rule = "is more than 2, the most that KubeVirt takes with dedicatedCpuPlacement"
        yield Problem("cpu.threads", rule, "lower it", cpu["threads"])
    if dedicated and not spec.instancetype and not cpus_by_template(spec):
        for key, value in (
            ("cpuRequest", spec.cpu_request),
            ("requests.cpu", spec.requests.get("cpu")),
            ("limits.cpu", spec.limits.get("cpu")),
        ):
            if value is not None and _amount(value) != spec.vcpus:
                yield Problem(
                    key,
                    f"is not what the VM has ({told_vcpus(spec)}), and with "
                    "cpu.dedicatedCpuPlacement it has whole CPUs of its own",
                    f"remove it, or set {spec.vcpus}",
                    value,
                )
        return
    requested, limit = spec.requests.get("cpu") or spec.requested_cpu, spec.limits.get("cpu")
    if limit is not None and requested is not None and _amount(requested) > _amount(limit):
        yield Problem(
            "limits.cpu",
            f"is less than what the VM's pod requests ({requested})",
            "raise it, or lower cpuRequest",
            limit,
        )


RULES = (
    Rule(("memory", "requests", "limits", "instancetype"), _memory_of_the_guest),
    Rule(
        ("cpu", "cores", "memory", "requests", "limits", "cpuRequest", "instancetype")
        + ("autoscaling",),
        _cpu,
    ),
)
