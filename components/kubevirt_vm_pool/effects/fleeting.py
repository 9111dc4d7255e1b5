"""What a VM writes to no disk of its own: it is gone as soon as the VM stops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .lookup import Object, at, text, whole
from .pool_fields import TEMPLATE

# Volumes that are made anew each time a VM starts, and what sentences call them.
FLEETING = {
    "containerDisk": "containerDisk",
    "ephemeral": "ephemeral layer",
    "emptyDisk": "emptyDisk",
}
GUEST = (*TEMPLATE, "spec", "template", "spec")


def written_goes(pool: Object) -> str:
    """Return what follows in a sentence that VMs stop: "" where all that they write stays."""
    kinds = sorted(
        {FLEETING[kind] for name, kind in _fleeting(pool).items() if _written(pool, name)}
    )
    if not kinds:
        return ""
    return f"; what was written to their {' and '.join(kinds)} goes, as at every stop"


def boots_anew(pool: Object | None) -> bool:
    """Tell whether every start is a VM's first one to its guest: nothing of it stays on its disk.

    So cloud-init runs at every start: it knows by its own files whether it has run.
    """
    if pool is None:
        return False
    first = min(_devices(pool), key=_boot_order, default=None)
    name = text(at(first, "name"))
    return name in _fleeting(pool) and _written(pool, name)


def _fleeting(pool: Object) -> Mapping[str, str]:
    """Return the names of volumes that are made anew, and what they are."""
    found = {}
    for volume in _items(at(pool, *GUEST, "volumes")):
        kind = next((kind for kind in FLEETING if at(volume, kind) is not None), None)
        if kind:
            found[text(at(volume, "name")) or "?"] = kind
    return found


def _written(pool: Object, name: str | None) -> bool:
    """Tell whether the guest can write to a disk."""
    for device in _devices(pool):
        if text(at(device, "name")) == name:
            readonly = at(device, "disk", "readonly") is True
            return at(device, "cdrom") is None and not readonly
    return True


def _boot_order(device: object) -> tuple[bool, int]:
    order = whole(at(device, "bootOrder"))
    return order is None, order or 0


def _devices(pool: Object) -> Iterator[object]:
    yield from _items(at(pool, *GUEST, "domain", "devices", "disks"))


def _items(value: object) -> Iterator[object]:
    if isinstance(value, list | tuple):
        yield from value
