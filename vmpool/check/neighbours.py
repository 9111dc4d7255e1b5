"""Whether something else in the namespace has the pool's VMs or disks for its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubevirt_vm_pool.text.paths import at

from .finding import Finding, error
from .selection import match
from .snapshot import Object
from .subject import DATA_VOLUMES, Subject


def _others(subject: Subject) -> list[Object]:
    pools = subject.listed(subject.pools)
    return [one for one in pools if one["metadata"]["name"] != subject.spec.name]


def selectors(subject: Subject) -> Iterator[Finding]:
    """Look for pools whose selector fits this pool's VMs, or the other way round."""
    own = _labels(subject.pool)
    for other in _others(subject):
        name = other["metadata"]["name"]
        theirs = at(other, "spec", "selector")
        ours = at(subject.pool, "spec", "selector")
        if _selects(theirs, own) or _selects(ours, _labels(other)):
            yield error(
                "selector-overlaps",
                f"VirtualMachinePool {name} has a selector or labels that fit this pool's: "
                "Services and autoscalers take the VMs of both",
                f"give pool {name} labels of its own, or remove it",
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
    for other in _others(subject):
        templates = at(other, "spec", "virtualMachineTemplate", "spec", "dataVolumeTemplates") or ()
        for name in sorted(own & {one["metadata"]["name"] for one in templates}):
            yield error(
                "disk-name-shared",
                f"VirtualMachinePool {other['metadata']['name']} has disks called {name}, too: two "
                "VMs would write to one disk",
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
