"""Whether something else in the namespace has the pool's VMs or disks for its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kubevirt_vm_pool.text.listing import first_of
from kubevirt_vm_pool.text.paths import at

from .finding import Finding, error
from .selection import match
from .snapshot import Object
from .subject import DATA_VOLUMES, Subject

MOST_NAMES = 5


class Neighbour(NamedTuple):
    """Another pool of the namespace. called: in a sentence."""

    called: str
    pool: Object


def _neighbours(subject: Subject) -> Iterator[Neighbour]:
    """Yield the pools that there are, and those that other stacks will bring."""
    own = subject.spec.name
    there = {one["metadata"]["name"]: one for one in subject.listed(subject.pools)}
    for name, pool in there.items():
        if name != own:
            yield Neighbour(f"VirtualMachinePool {name}", pool)
    for stack, other in subject.others.items():
        if other.spec.name not in {own, *there}:
            called = f"VirtualMachinePool {other.spec.name} of stack {stack}"
            yield Neighbour(called, other.pool)


def same_pool(subject: Subject) -> Iterator[Finding]:
    """Look for stacks that are for the same pool: each would undo what another did."""
    name = subject.spec.name
    stacks = [stack for stack, one in subject.companions.items() if one.spec.name == name]
    if len(stacks) > 1:
        yield error(
            "pool-of-another-stack",
            f"VirtualMachinePool {name} of the same namespace is that of several stacks: "
            f"{first_of(stacks, MOST_NAMES)}",
            "give each stack a name or a namespace of its own",
        )


def selectors(subject: Subject) -> Iterator[Finding]:
    """Look for pools whose selector fits this pool's VMs, or the other way round."""
    own = _labels(subject.pool)
    for called, other in _neighbours(subject):
        theirs = at(other, "spec", "selector")
        ours = at(subject.pool, "spec", "selector")
        if _selects(theirs, own) or _selects(ours, _labels(other)):
            yield error(
                "selector-overlaps",
                f"{called} has a selector or labels that fit this pool's: Services and "
                "autoscalers take the VMs of both",
                f"give pool {other['metadata']['name']} labels of its own, or remove it",
            )


def _labels(pool: Object) -> dict[str, str]:
    """Return the labels of a pool's VMs and of their pods."""
    template = at(pool, "spec", "virtualMachineTemplate") or {}
    inner = at(template, "spec", "template", "metadata", "labels") or {}
    return {**inner, **(at(template, "metadata", "labels") or {})}


def _selects(selector: Object | None, labels: dict[str, str]) -> bool:
    selector = selector or {}
    exact = all(
        labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items()
    )
    return exact and match(selector.get("matchExpressions") or (), labels)


def disk_names(subject: Subject) -> Iterator[Finding]:
    """Look for pools whose disks have the same names: two VMs would be on one disk (VEP 379)."""
    own = {disk["metadata"]["name"] for disk in subject.disks}
    for called, other in _neighbours(subject):
        templates = at(other, "spec", "virtualMachineTemplate", "spec", "dataVolumeTemplates") or ()
        for name in sorted(own & {one["metadata"]["name"] for one in templates}):
            yield error(
                "disk-name-shared",
                f"{called} has disks called {name}, too: two VMs would write to one disk",
                "rename one of the two pools, or its disk",
            )


def disks_of_others(subject: Subject) -> Iterator[Finding]:
    """Look for disks of other VMs that have the names of this pool's.

    Disks that nobody owns are those that keepDisks has left.
    """
    if not subject.disks:
        return
    names = "|".join(re.escape(disk["metadata"]["name"]) for disk in subject.disks)
    own = re.compile(rf"{re.escape(subject.spec.name)}-[0-9]+")
    for volume in subject.listed(DATA_VOLUMES):
        name = volume["metadata"]["name"]
        owners = volume["metadata"].get("ownerReferences") or ()
        others = [
            one["name"]
            for one in owners
            if one["kind"] == "VirtualMachine" and not own.fullmatch(one["name"])
        ]
        if others and re.fullmatch(rf"({names})-[0-9]+", name):
            yield error(
                "disk-of-another",
                f"DataVolume {name} is VM {others[0]}'s, and a VM of this pool would use it, too",
                f"rename the pool, or remove VM {others[0]}",
            )
