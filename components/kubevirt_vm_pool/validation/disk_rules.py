"""Rules on the disks of a VM."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pydantic.alias_generators import to_camel

from ..spec.disk import DISKS, Device
from ..spec.pool import PoolSpec
from ..spec.vm_settings import SERVICE_ACCOUNT_VOLUME
from .problems import Problem

SHARED = "would be the same for all VMs"
# Keys of KubeVirt's and CDI's that have no place here; rule and fix.
REFUSED = {
    **dict.fromkeys(
        ("disk.serial", "containerDisk.serial", "ephemeral.serial", "disks.serial"),
        (SHARED, "find disks in the guest by their label or UUID"),
    ),
    "disks.persistentVolumeClaim": (
        "would be one disk that all VMs write to, and destroy each other's data on",
        "use source: {pvc: {name: …}}, a copy for each VM, or ephemeral, a layer of each VM's own "
        "over it",
    ),
    "disks.dataVolume": (
        "would be one disk that all VMs write to, and destroy each other's data on",
        "use source, of which each VM gets a disk of its own",
    ),
    "disks.hostDisk": (
        "is a file of a node, the same for all VMs there, and not there on the next node",
        "use source: {blank: {}}, a disk of each VM's own",
    ),
    **dict.fromkeys(
        ("disks.cloudInitNoCloud", "disks.cloudInitConfigDrive"),
        ("is made from cloudInit", "use cloudInit"),
    ),
}


def one_to_boot_from(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    said = [key for key in ("disk", "containerDisk", "ephemeral") if key in booted_from(spec)]
    if not said:
        yield Problem(
            "disk.source",
            "is missing, and nothing is in place of a disk",
            "say what the disk is made from, for instance source: {pvc: {name: "
            "fedora-cloud-nginx-base}}, or set containerDisk or ephemeral",
        )
    for key in said[1:]:
        yield Problem(
            key,
            f"is what the VMs boot from, and so is {said[0]}",
            f"keep one of {' and '.join(said)}",
        )


def booted_from(spec: PoolSpec) -> dict[str, Device]:
    """Return what the VMs boot from, by key."""
    every = {"disk": spec.disk, "containerDisk": spec.container_disk, "ephemeral": spec.ephemeral}
    return {key: device for key, device in every.items() if device is not None}


def devices(spec: PoolSpec) -> dict[str, Device]:
    """Return every disk that has settings, by key."""
    return booted_from(spec) | {f"disks.{name}": disk for name, disk in spec.further_disks}


def names_are_free(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    taken = {name: "the name of a disk that each VM has" for name in DISKS}
    taken |= {volume.name: f"the name of volumes[{i}] too" for i, volume in enumerate(spec.volumes)}
    if spec.service_account_name:
        taken[SERVICE_ACCOUNT_VOLUME] = "the name of the volume that serviceAccountName makes"
    for name, disk in spec.further_disks:
        if name == "disk" and disk.source:
            rule = f"would make disks called {spec.disk_name}-<index>, as those of `disk` are"
            yield Problem(f"disks.{name}", rule, "give it another name")
        elif name in taken:
            yield Problem(f"disks.{name}", f"is {taken[name]}", "give it another name")


def devices_work(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    """Check what KubeVirt's webhook and libvirt refuse (storage/admitters/disks.go)."""
    for name, disk in spec.further_disks:
        key = f"disks.{name}"
        if disk.seen_as == "cdrom" and disk.bus == "virtio":
            yield Problem(
                f"{key}.bus", "is none that a cdrom can have", "use sata, scsi or usb", disk.bus
            )
        if disk.seen_as == "disk" and disk.bus == "sata" and disk.readonly:
            yield Problem(
                f"{key}.readonly",
                "is nothing that a disk on the sata bus can be",
                "use type: cdrom, or another bus",
                disk.readonly,
            )
        if disk.seen_as == "lun" and not disk.source:
            yield Problem(
                f"{key}.type",
                "is lun, which only a disk of each VM's own (source) can be",
                "use type: disk, or leave it out",
                disk.type,
            )
        if disk.shareable and disk.cache not in {None, "none"}:
            yield Problem(
                f"{key}.cache",
                "is for a disk that no other VM uses, and shareable says that one may",
                "use cache: none, or remove shareable",
                disk.cache,
            )


def boot_orders_differ(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    """KubeVirt refuses two of a kind, and libvirt a disk's that is a network's, too."""
    seen: dict[int, str] = {}
    for key, order in _boot_orders(spec).items():
        if order in seen:
            yield Problem(
                f"{key}.bootOrder",
                f"is the bootOrder of {seen[order]} too",
                "give each its own place",
                order,
            )
        seen.setdefault(order, key)


def _boot_orders(spec: PoolSpec) -> dict[str, int]:
    """Return the places of disks and networks among what is tried at boot, by key."""
    every = {key: device.boot_order for key, device in devices(spec).items()}
    every |= {f"networks[{i}]": one.boot_order for i, one in enumerate(spec.networks or ())}
    return {key: order for key, order in every.items() if order is not None}


def one_service_account(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    """KubeVirt's webhook takes one at most: it decides whose rights the pod has."""
    named = [f"disks.{name}" for name, disk in spec.further_disks if disk.service_account]
    if spec.service_account_name:
        named.insert(0, "serviceAccountName")
    for key in named[1:]:
        yield Problem(
            f"{key}.serviceAccount",
            f"is a second one, beside that of {named[0]}, and a VM's pod runs as one",
            "keep one of them",
        )


def platforms_are_known(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    for key, (_, disk) in spec.own_disks.items():
        registry = disk.source.registry if disk.source else None
        if registry and registry.platform and spec.kubevirt < (1, 7):
            yield Problem(
                f"{key}.source.registry.platform",
                f"needs KubeVirt 1.7, and kubevirtVersion is {spec.kubevirt_version}",
                "remove platform, or correct kubevirtVersion",
            )


def disks_can_migrate(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    """KubeVirt's webhook denies the eviction of a VM that must migrate and cannot."""
    if spec.eviction_strategy != "LiveMigrate":
        return
    for key, (_, disk) in spec.own_disks.items():
        if disk.modes and "ReadWriteMany" not in disk.modes:
            yield Problem(
                "evictionStrategy",
                f"needs disks that two nodes can use at a time, and {key}.accessModes is "
                f"[{', '.join(disk.modes)}], so that the drain of a node would wait for ever",
                "use LiveMigrateIfPossible, which restarts these VMs on another node, or add "
                "ReadWriteMany",
                spec.eviction_strategy,
            )
            return


def disks_to_keep(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    if spec.scale_in.keep_disks and not spec.own_disks:
        yield Problem(
            "scaleIn.keepDisks",
            "is for disks of the VMs' own, and these VMs have none",
            "remove it",
            True,
        )


def an_image_elsewhere(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    if not spec.clone_access:
        return
    # Most stacks do without.
    from ..manifests.golden_images import images_elsewhere

    places = dict.fromkeys(image.namespace for image in images_elsewhere(spec))
    if len(places) > 1:
        yield Problem(
            "cloneAccess",
            f"makes a Role in one other namespace, and golden images are in {' and '.join(places)}",
            "keep them in one namespace, or remove cloneAccess and allow the cloning there",
            True,
        )
    if places:
        return
    place, fix = "no disk is cloned from one", "remove cloneAccess"
    for key, (_, disk) in spec.own_disks.items():
        if disk.source is None:
            continue
        kind = to_camel(disk.source.kind)
        place = f"{key}.source.{kind} is no object of a namespace"
        if disk.source.image:
            place = (
                f"{key}.source.{kind} is in the pool's own ({spec.namespace}), where no right is "
                "needed"
            )
            fix = f"remove cloneAccess, or set {key}.source.{kind}.namespace"
        break
    yield Problem(
        "cloneAccess", f"is for a golden image in another namespace, and {place}", fix, True
    )


def not_booted(spec: PoolSpec) -> Iterator[str]:
    """Yield what should be known of a VM that may not boot from its first disk."""
    ordered = list(_boot_orders(spec))
    for key, device in booted_from(spec).items():
        if ordered and device.boot_order is None:
            yield (
                f"VMs do not boot from {key}: {' and '.join(ordered)} has a bootOrder and {key} "
                "has none, and then only those with one are tried"
            )
