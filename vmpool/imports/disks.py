"""The keys of disks: disk, containerDisk, ephemeral, disks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubevirt_vm_pool.spec.disk import DISKS
from kubevirt_vm_pool.spec.disk_source import SOURCES, DiskSource
from pydantic import ValidationError

from .volumes import (
    CLOUD_INIT,
    boots_from,
    claim_of,
    disks_of,
    filesystems_of,
    own_templates,
    seen_as,
    volumes_of,
)

Object = dict[str, Any]
SHOWN = ("bootOrder", "cache", "io")
# What a pool of this program boots from where no key can say it: template takes it away again.
NOTHING: Mapping[str, Any] = {"containerDisk": {"image": "none"}}
FURTHER = ("containerDisk", "emptyDisk", "sysprep", "configMap", "secret", "downwardAPI")


def keys_of_disks(vm: Object) -> Object:
    """Return disk, containerDisk or ephemeral, and disks, as far as they have words for them."""
    root = boots_from(vm)
    said: Object = {} if root else dict(NOTHING)
    further: Object = {}
    volumes = volumes_of(vm)
    for device in disks_of(vm):
        name = str(device.get("name"))
        volume = volumes.get(name, {})
        if CLOUD_INIT & volume.keys():
            continue
        if name == root:
            said |= _root(vm, volume, device)
        # A further disk of these names stays in template.
        elif name not in DISKS and (found := _further(vm, volume, device)):
            further[name] = found
    if root and not said:
        said = _root(vm, volumes[root], {})
    mounted = [
        volumes[name]
        for name in map(str, (one.get("name") for one in filesystems_of(vm)))
        if set(volumes.get(name, {})) in ({"name", "configMap"}, {"name", "secret"})
    ]
    return said | {key: one for key, one in (("disks", further), ("volumes", mounted)) if one}


def _root(vm: Object, volume: Object, device: Object) -> Object:
    shown = _device(device)
    if claim_of(volume) is not None:
        template = own_templates(vm).get(str(claim_of(volume)))
        return {"disk": {**_own(template), **shown}} if template else dict(NOTHING)
    if "containerDisk" in volume:
        return {"containerDisk": {**volume["containerDisk"], **shown}}
    return {"ephemeral": {**_ephemeral(volume), **shown}}


def _ephemeral(volume: Object) -> Object:
    return dict((volume["ephemeral"] or {}).get("persistentVolumeClaim") or {})


def _further(vm: Object, volume: Object, device: Object) -> Object:
    shown = _device(device)
    kind = seen_as(device)
    if kind != ("cdrom" if "sysprep" in volume else "disk"):
        shown["type"] = kind
    if (readonly := (device.get(kind) or {}).get("readonly")) is not None:
        shown["readonly"] = readonly
    if "shareable" in device:
        shown["shareable"] = device["shareable"]
    if claim_of(volume) is not None:
        template = own_templates(vm).get(str(claim_of(volume)))
        return {**_own(template), **shown} if template else {}
    if "ephemeral" in volume:
        return {"ephemeral": _ephemeral(volume), **shown}
    for key in (*FURTHER, "serviceAccount"):
        if key in volume:
            return {key: volume[key], **shown}
    return {}


def _device(device: Object) -> Object:
    """Return how a guest sees a disk; a bus that is not said is left to template."""
    shown = {key: device[key] for key in SHOWN if key in device}
    bus = (device.get(seen_as(device)) or {}).get("bus")
    return {**shown, **({"bus": bus} if bus else {})}


def _own(template: Object) -> Object:
    spec = template.get("spec") or {}
    storage = "storage" in spec
    claim = spec.get("storage" if storage else "pvc") or {}
    said: Object = {
        key: claim[key] for key in ("accessModes", "storageClassName", "volumeMode") if key in claim
    }
    if size := ((claim.get("resources") or {}).get("requests") or {}).get("storage"):
        said["size"] = str(size)
    if storage:
        said["storage"] = True
    return {**said, "source": _source(spec)}


def _source(spec: Object) -> Object:
    """Return what a disk is made from; blank where no key can say it.

    template then takes that away again, and says what it is.
    """
    said = _said_source(spec)
    try:
        DiskSource.model_validate(said)
    except ValidationError:
        return {"blank": {}}
    return said


def _said_source(spec: Object) -> Object:
    reference = spec.get("sourceRef") or {}
    if reference.get("kind") == "DataSource":
        return {"dataSource": {key: one for key, one in reference.items() if key != "kind"}}
    for kind, what in (spec.get("source") or {}).items():
        if kind in SOURCES:
            return {kind: what or {}}
    return {}
