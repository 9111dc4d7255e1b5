"""The disks of a VM: devices, volumes, and the dataVolumeTemplates of those that are its own."""

from __future__ import annotations

from pydantic.alias_generators import to_camel

from ..spec.disk import CLOUD_INIT_DISK, SYSTEM_DISK, Device, OwnDisk
from ..spec.disks import FurtherDisk
from ..spec.pool import PoolSpec
from . import cloud_init_volume
from .metadata import Object, to_manifest, without_none


def devices(spec: PoolSpec) -> list[Object]:
    """Return the disks as the guest sees them: what it boots from first, then cloud-init's."""
    boots_from = spec.disk or spec.container_disk or spec.ephemeral
    return [
        _device(spec, SYSTEM_DISK, boots_from),
        *([_device(spec, CLOUD_INIT_DISK)] if spec.has_cloud_init else []),
        *(_device(spec, volume.name) for volume in spec.volumes),
        *(_further_device(spec, name, disk) for name, disk in spec.further_disks),
    ]


def volumes(spec: PoolSpec) -> list[Object]:
    """Return what is behind the disks, in the same order."""
    return [
        {"name": SYSTEM_DISK, **_boots_from(spec)},
        *cloud_init_volume.volumes(spec),
        *map(to_manifest, spec.volumes),
        *({"name": name, **_behind(spec, name, disk)} for name, disk in spec.further_disks),
    ]


def data_volume_templates(spec: PoolSpec) -> list[Object]:
    """Return the templates of the disks that each VM has of its own."""
    return [_data_volume_template(spec, name, disk) for name, disk in spec.own_disks.values()]


def _device(spec: PoolSpec, name: str, device: Device | None = None) -> Object:
    """Return a disk that is neither cdrom nor lun."""
    return {"name": name, "disk": without_none(bus=_bus(spec, device)), **_settings(device)}


def _bus(spec: PoolSpec, device: Device | None) -> str | None:
    """Return the bus of a disk.

    KubeVirt applies that of a preference only where no bus is said (instancetype/preference/apply).
    """
    said = device.bus if device else None
    return said or (None if spec.preference else "virtio")


def _settings(device: Device | None) -> Object:
    if device is None:
        return {}
    return without_none(bootOrder=device.boot_order, cache=device.cache, io=device.io)


def _further_device(spec: PoolSpec, name: str, disk: FurtherDisk) -> Object:
    bus = _bus(spec, disk) if disk.seen_as == "disk" else disk.bus
    return {
        "name": name,
        disk.seen_as: without_none(bus=bus, readonly=disk.readonly),
        **_settings(disk),
        **without_none(shareable=disk.shareable),
    }


def _boots_from(spec: PoolSpec) -> Object:
    if spec.container_disk:
        image = spec.container_disk.model_dump(by_alias=True, exclude_none=True)
        own = {to_camel(name) for name in Device.model_fields}
        return {"containerDisk": {key: value for key, value in image.items() if key not in own}}
    if spec.ephemeral:
        return _ephemeral(spec.ephemeral.claim_name)
    return _claim(spec, SYSTEM_DISK, spec.disk_name)


def _claim(spec: PoolSpec, name: str, template: str) -> Object:
    """Return a VM's own disk: KubeVirt appends the index to what has a template's name."""
    if name in spec.inferred_from:
        # Only from here KubeVirt looks what a disk is made from (pkg/instancetype/infer/volume.go).
        return {"dataVolume": {"name": template}}
    return {"persistentVolumeClaim": {"claimName": template}}


def _ephemeral(claim: str) -> Object:
    return {"ephemeral": {"persistentVolumeClaim": {"claimName": claim}}}


def _behind(spec: PoolSpec, name: str, disk: FurtherDisk) -> Object:
    if disk.source:
        return _claim(spec, name, spec.own_disks[f"disks.{name}"][0])
    if disk.ephemeral:
        return _ephemeral(disk.ephemeral.claim_name)
    key = str(FurtherDisk.model_fields[disk.kind].alias)
    return {key: to_manifest(getattr(disk, disk.kind))}


def _data_volume_template(spec: PoolSpec, name: str, disk: OwnDisk) -> Object:
    claim = without_none(
        accessModes=disk.modes,
        resources={"requests": {"storage": disk.sized}} if disk.sized else None,
        storageClassName=disk.storage_class_name,
        volumeMode=disk.volume_mode,
    )
    kind = "storage" if disk.storage else "pvc"
    return {"metadata": {"name": name}, "spec": {kind: claim, **_source(spec, disk)}}


def _source(spec: PoolSpec, disk: OwnDisk) -> Object:
    source = disk.source
    if source is None:
        raise ValueError("a disk of a VM's own is made from something")
    if source.data_source:
        return {"sourceRef": {"kind": "DataSource", **to_manifest(source.data_source)}}
    made_from = to_manifest(getattr(source, source.kind))
    if source.image:
        # CDI demands the namespace even where it is the pool's own.
        made_from = {"namespace": spec.namespace, **made_from}
    return {"source": {source.kind: made_from}}
