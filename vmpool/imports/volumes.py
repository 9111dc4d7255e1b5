"""Volumes of a VM, the disks that show them, and what a disk of its own is made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubevirt_vm_pool.spec.cloud_init import VOLUMES
from kubevirt_vm_pool.spec.disk import SYSTEM_DISK

CLOUD_INIT = {*VOLUMES.values()}
KINDS_OF_DEVICE = ("disk", "cdrom", "lun")
BOOTABLE = ("persistentVolumeClaim", "dataVolume", "containerDisk", "ephemeral")

Object = dict[str, Any]


def guest_of(vm: Mapping[str, Any]) -> Object:
    """Return the spec of a VM's instance."""
    found: Object = (vm.get("template") or {}).get("spec") or {}
    return found


def disks_of(vm: Mapping[str, Any]) -> list[Object]:
    """Return the disks as the guest sees them."""
    domain = guest_of(vm).get("domain") or {}
    return list((domain.get("devices") or {}).get("disks") or ())


def filesystems_of(vm: Mapping[str, Any]) -> list[Object]:
    """Return what the guest mounts in place of a disk."""
    domain = guest_of(vm).get("domain") or {}
    return list((domain.get("devices") or {}).get("filesystems") or ())


def volumes_of(vm: Mapping[str, Any]) -> dict[str, Object]:
    """Return the volumes by name."""
    return {str(one.get("name")): one for one in guest_of(vm).get("volumes") or ()}


def device_of(vm: Mapping[str, Any], name: str) -> Object | None:
    """Return the disk of a name."""
    return next((one for one in disks_of(vm) if one.get("name") == name), None)


def seen_as(device: Mapping[str, Any]) -> str:
    """Return what the guest sees: disk, cdrom or lun; nothing said is disk."""
    return next((kind for kind in KINDS_OF_DEVICE if kind in device), "disk")


def may_be_shared(device: Mapping[str, Any] | None) -> bool:
    """Tell whether several VMs may have the same volume behind such a disk."""
    if device is None:
        return False
    kind = seen_as(device)
    shown = device.get(kind) or {}
    return kind == "cdrom" or bool(shown.get("readonly")) or bool(device.get("shareable"))


def claim_of(volume: Mapping[str, Any]) -> str | None:
    """Return the claim, or the DataVolume, that a VM writes to."""
    for kind, key in (("persistentVolumeClaim", "claimName"), ("dataVolume", "name")):
        if kind in volume:
            return str((volume[kind] or {}).get(key))
    return None


def own_templates(vm: Mapping[str, Any]) -> dict[str, Object]:
    """Return the dataVolumeTemplates by name."""
    templates = vm.get("dataVolumeTemplates") or ()
    return {str((one.get("metadata") or {}).get("name")): one for one in templates}


def boots_from(vm: Mapping[str, Any]) -> str | None:
    """Return the name of the volume that a VM boots from, as far as a key can say it.

    A disk comes before a CD-ROM, which has what is installed.
    """
    volumes = volumes_of(vm)
    if not set(BOOTABLE).isdisjoint(volumes.get(SYSTEM_DISK, {})):
        return SYSTEM_DISK
    devices = disks_of(vm)
    shown = {one.get("name") for one in devices}
    # KubeVirt adds a disk for a volume that has none.
    devices += [{"name": name} for name in volumes if name not in shown]
    found = [
        (seen_as(device) == "cdrom", device.get("bootOrder") or 1_000, place, str(device["name"]))
        for place, device in enumerate(devices)
        if any(kind in volumes.get(str(device.get("name")), {}) for kind in BOOTABLE)
    ]
    return min(found)[-1] if found else None
