"""Disks that are no disks of their own: they begin anew whenever their VM starts."""

from __future__ import annotations

from collections.abc import Iterator

from .lookup import Object, at, text
from .pool_fields import TEMPLATE

GUEST = (*TEMPLATE, "spec", "template", "spec")
# What is written to these lies in the VM's pod, and goes with it (KubeVirt 1.9, rendervolumes.go).
OF_THE_POD = ("containerDisk", "emptyDisk", "ephemeral")


def written_in_vain(pool: Object) -> str:
    """Return what follows in a sentence that VMs restart: what they have written there goes.

    "" stands for a pool whose VMs have no such disks.
    """
    those = [f"{name} ({kind})" for name, kind in _disks_of_the_pod(pool)]
    if not those:
        return ""
    named = " and ".join(filter(None, (", ".join(those[:-1]), those[-1])))
    return f"; what was written to {named} goes, as with every restart"


def _disks_of_the_pod(pool: Object) -> Iterator[tuple[str, str]]:
    """Yield name and kind of such disks, but for those that nobody can write to."""
    disks = at(pool, *GUEST, "domain", "devices", "disks")
    known = {
        text(at(disk, "name")): disk for disk in (disks if isinstance(disks, list | tuple) else ())
    }
    volumes = at(pool, *GUEST, "volumes")
    for volume in volumes if isinstance(volumes, list | tuple) else ():
        name = text(at(volume, "name")) or "?"
        for kind in OF_THE_POD:
            disk = known.get(name)
            cd = at(disk, "cdrom") is not None
            if at(volume, kind) is not None and not cd and at(disk, "disk", "readonly") is not True:
                yield name, kind
