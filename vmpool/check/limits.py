"""LimitRanges: what a VM's pod gets by them, and what the API server refuses by them.

As Kubernetes does it (1.36, plugin/pkg/admission/limitranger): first containers get the defaults,
then each LimitRange judges every container, the pod as the sum of them, and every claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from kubevirt_vm_pool.text.paths import at

from .amounts import amount, shown
from .finding import Finding, error
from .snapshot import Object, Resource
from .storage import disk_size
from .subject import Subject
from .vm_size import Container, VmSize, vm_size

LIMITS = Resource("", "v1", "limitranges")
OF_VMS = "ask for another limit, or change the size of the VMs"
OF_CONSOLES = "set logSerialConsole: false, or ask for another limit"
OF_DISKS = "ask for another limit, or change the size of the disk"


class Asking(NamedTuple):
    """Somebody that a limit is for. what: of a sentence. way_out: how it would ask for less."""

    what: str
    said: Container
    way_out: str


def limit_ranges(subject: Subject) -> Iterator[Finding]:
    """Look at what one pod, its containers and each disk may have in the namespace."""
    ranges = subject.listed(LIMITS)
    if not ranges:
        return
    for name, limit in _limits(ranges, "PersistentVolumeClaim"):
        for disk in subject.disks:
            claim = Container({"storage": disk_size(subject, disk)}, {})
            yield from _beyond(name, limit, Asking("a VM's disk", claim, OF_DISKS))
    size = vm_size(subject)
    admitted = with_defaults(size, ranges)
    for name, limit in _limits(ranges, "Container"):
        yield from _by_default(name, limit, size)
        for one in _containers(admitted):
            yield from _judged(name, limit, one)
    for name, limit in _limits(ranges, "Pod"):
        yield from _judged(name, limit, Asking("a VM", admitted.whole, OF_VMS))


def _judged(name: str, limit: Object, asking: Asking) -> Iterator[Finding]:
    yield from _unlimited(name, limit, asking)
    yield from _beyond(name, limit, asking)
    yield from _unlike(name, limit, asking)


def with_defaults(size: VmSize, ranges: Iterable[Object]) -> VmSize:
    """Return a size with the limits that LimitRanges give to containers that have none."""
    given: dict[str, Decimal] = {}
    for _, limit in _limits(ranges, "Container"):
        # Whoever makes a LimitRange with a max and no default gets the max for one.
        for resource, said in (limit.get("default") or {}).items():
            given.setdefault(resource, amount(said))
    return VmSize(
        *(one and one._replace(limits={**given, **one.limits}) for one in size)  # type: ignore[arg-type]
    )


def _limits(ranges: Iterable[Object], kind: str) -> Iterator[tuple[str, Object]]:
    """Yield the limits of a kind with the names of their LimitRanges."""
    for one in ranges:
        for limit in one["spec"]["limits"]:
            if limit["type"] == kind:
                yield one["metadata"]["name"], limit


def _containers(size: VmSize) -> Iterator[Asking]:
    yield Asking("a VM", size.compute, OF_VMS)
    if size.console:
        yield Asking("the container that logs a VM's console", size.console, OF_CONSOLES)


def _beyond(name: str, limit: Object, asking: Asking) -> Iterator[Finding]:
    """Compare with what there may be at most and at least; one finding for each resource."""
    requests, limits = asking.said
    for resource, number in requests.items():
        most, least = at(limit, "max", resource), at(limit, "min", resource)
        asks = f"asks for {shown(number, resource)} {resource}"
        allowed = limits.get(resource)
        limited = f"is limited to {shown(allowed or Decimal(0), resource)} {resource}"
        if most is not None and number > amount(most):
            yield _exceeded(f"{name} allows at most {most}", asks, asking)
        elif most is not None and allowed is not None and allowed > amount(most):
            yield _exceeded(f"{name} allows at most {most}", limited, asking)
        if least is not None and number < amount(least):
            yield _exceeded(f"{name} wants at least {least}", asks, asking)
        elif least is not None and allowed is not None and allowed < amount(least):
            yield _exceeded(f"{name} wants at least {least}", limited, asking)


def _exceeded(rule: str, does: str, asking: Asking) -> Finding:
    sentence = f"LimitRange {rule}, and {asking.what} {does}"
    return error("limit-range-exceeded", sentence, asking.way_out)


def _unlimited(name: str, limit: Object, asking: Asking) -> Iterator[Finding]:
    """Look for what must have a limit and has none."""
    for rule in ("max", "maxLimitRequestRatio"):
        for resource in limit.get(rule) or ():
            if resource in asking.said.requests and resource not in asking.said.limits:
                yield error(
                    "limit-range-needs-limits",
                    f"LimitRange {name} has a {rule} of {resource}, and the VMs have no such "
                    "limit: they are refused",
                    f"set limits: {{{resource}: ...}}, or ask for a LimitRange with a default",
                )


def _unlike(name: str, limit: Object, asking: Asking) -> Iterator[Finding]:
    """Compare limits with requests, of which they may be so many times as much."""
    requests, limits = asking.said
    for resource, said in (limit.get("maxLimitRequestRatio") or {}).items():
        number, allowed = requests.get(resource), limits.get(resource)
        if number and allowed is not None and allowed / number > amount(said):
            yield error(
                "limit-range-ratio",
                f"LimitRange {name} allows limits of {said} times the request at most, and "
                f"{asking.what} asks for {shown(number, resource)} {resource} and is limited to "
                f"{shown(allowed, resource)}",
                f"set requests: {{{resource}: ...}} to more or limits: {{{resource}: ...}} to less"
                if asking.way_out == OF_VMS
                else asking.way_out,
            )


def _by_default(name: str, limit: Object, size: VmSize) -> Iterator[Finding]:
    """Look at the limits that a container gets that has none: below its request it is refused."""
    requests, limits = size.compute
    for resource, said in (limit.get("default") or {}).items():
        number, most = requests.get(resource), at(limit, "max", resource)
        if number is None or (most is not None and number > amount(most)):
            # What is beyond the max is told.
            continue
        if resource not in limits and number > amount(said):
            yield error(
                "limit-range-default",
                f"LimitRange {name} limits a VM to {said} {resource} by default, and it asks for "
                f"{shown(number, resource)}",
                f"set limits: {{{resource}: ...}} to what it asks for or more, or ask for a larger "
                "default",
            )
