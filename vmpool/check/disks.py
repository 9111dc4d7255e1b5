"""Whether the VMs' disks can be made: golden images, their sizes, and storage classes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kubevirt_vm_pool.text.paths import at

from .amounts import amount, shown
from .clones import copied
from .finding import Finding, error
from .snapshot import Object, Snapshot
from .storage import (
    BLOCK,
    CLASSES,
    FILESYSTEM,
    Image,
    claim_of,
    claimed,
    class_name,
    image_of,
    least_size,
    made_by_cdi,
    pointed_at,
    profile,
    properties,
    said_size,
    storage_class,
    volume_mode,
)
from .subject import DATA_VOLUMES, Subject

MAKE_IT = "make the golden image, or correct the disk's source"


def golden_images(subject: Subject) -> Iterator[Finding]:
    """Look at what disks are cloned from."""
    for disk in subject.disks:
        first = image_of(subject, disk)
        if first is None:
            continue
        where = f" in namespace {first.namespace}" * (first.namespace != subject.namespace)
        yield from _of_image(subject, disk, first, where)


def _of_image(subject: Subject, disk: Object, first: Image, where: str) -> Iterator[Finding]:
    for image, found in pointed_at(subject, first):
        if found is None:
            yield error("image-missing", f"{image}{where} does not exist", MAKE_IT)
        elif image.kind != "DataSource":
            # First what is seen in any case.
            yield from _too_large(subject, disk, image, found, where)
            unfinished = list(_unfinished(subject, image, found, where))
            yield from unfinished or copied(subject, disk, image, found, where)
        elif (reason := _not_ready(found)) is not None:
            yield error(
                "image-not-ready",
                f"{image}{where} is not ready{reason}",
                f"see `kubectl describe datasource {image.name} -n {image.namespace}`",
            )
            return


def _not_ready(data_source: Object) -> str | None:
    """Return why a DataSource is not ready, None if it is."""
    for condition in at(data_source, "status", "conditions") or ():
        if condition["type"] == "Ready":
            if condition["status"] == "True":
                return None
            return f": {condition.get('message') or condition.get('reason') or 'it says no more'}"
    return ""


def _unfinished(subject: Subject, image: Image, found: Object, where: str) -> Iterator[Finding]:
    wait = "wait until it is finished, or see why it is not: "
    if image.kind == "VolumeSnapshot":
        if at(found, "status", "readyToUse") is not True:
            see = f"`kubectl describe volumesnapshot {image.name} -n {image.namespace}`"
            yield error("image-unfinished", f"{image}{where} is not ready to use", wait + see)
        return
    see = f"`kubectl describe datavolume,pvc {image.name} -n {image.namespace}`"
    making = subject.cluster.get(DATA_VOLUMES, image.namespace, image.name)
    phase, progress = at(making, "status", "phase"), at(making, "status", "progress")
    if making is not None and phase != "Succeeded":
        parts = [phase or "not begun", *([progress] if progress not in (None, "N/A") else [])]
        state = " ".join(parts)
        yield error("image-unfinished", f"{image}{where} is not finished: {state}", wait + see)
    elif (bound := at(found, "status", "phase")) != "Bound":
        yield error("image-unfinished", f"{image}{where} is {bound or 'not bound'}", wait + see)


def _too_large(
    subject: Subject, disk: Object, image: Image, found: Object, where: str
) -> Iterator[Finding]:
    """Look at what is asked for on both sides, which CDI compares (ValidateRequestedCloneSize)."""
    of_snapshot = image.kind == "VolumeSnapshot"
    said = (
        at(found, "status", "restoreSize")
        if of_snapshot
        else at(found, "spec", "resources", "requests", "storage")
    )
    wanted = said_size(disk)
    if wanted is None or said is None:
        return
    compared = wanted
    if made_by_cdi(disk):
        compared = _compared(subject, disk, found, wanted, of_snapshot=of_snapshot)
    if amount(said) > compared:
        yield error(
            "image-larger-than-disk",
            f"{image}{where} has {_bytes(said)}, and the disk only {_bytes(wanted)}: such a clone "
            "never ends",
            f"set the disk's size to {_bytes(said)} or more (a disk that is there would be made "
            "anew)",
        )


def _compared(
    subject: Subject, disk: Object, found: Object, wanted: Decimal, *, of_snapshot: bool
) -> Decimal:
    """Return the size of a disk with `storage` that CDI compares with that of its image."""
    of_image = at(found, "spec", "volumeMode") or FILESYSTEM
    if of_snapshot or of_image == BLOCK:
        return max(wanted, least_size(subject.cluster, class_name(subject, disk)))
    if volume_mode(subject, disk) == BLOCK:
        # CDI looks into the image's file then, which may be smaller than its volume.
        return amount(at(found, "spec", "resources", "requests", "storage"))
    return claimed(subject, disk, wanted)


def storage_classes(subject: Subject) -> Iterator[Finding]:
    """Look at where disks are to be."""
    for disk in subject.disks:
        said = claim_of(disk).get("storageClassName")
        found = storage_class(subject.cluster, disk)
        if said and found is None:
            yield error(
                "storage-class-missing",
                f"StorageClass {said} does not exist",
                f"set storageClassName to one of {_names(subject.cluster)}",
            )
        elif found is None:
            yield error(
                "storage-class-not-said",
                "no StorageClass is the default, and the disk names none",
                f"set storageClassName to one of {_names(subject.cluster)}",
            )
        elif made_by_cdi(disk) and not claim_of(disk).get("accessModes"):
            yield from _profile(subject.cluster, disk, found["metadata"]["name"])


def _profile(cluster: Snapshot, disk: Object, name: str) -> Iterator[Finding]:
    """Look at what CDI takes for what a disk with `storage: true` does not say."""
    mode = claim_of(disk).get("volumeMode")
    if not any(
        one.get("accessModes") and mode in (None, one.get("volumeMode"))
        for one in properties(profile(cluster, name))
    ):
        of_mode = f" for {mode} volumes" if mode else ""
        yield error(
            "storage-profile-empty",
            f"StorageProfile {name} knows no access modes{of_mode}, and the disk says none",
            "set the disk's accessModes and volumeMode",
        )


def _names(cluster: Snapshot) -> str:
    names = [one["metadata"]["name"] for one in cluster.list(CLASSES)]
    return ", ".join(names) or "those that there will be: the cluster has none"


def _bytes(said: object) -> str:
    return shown(amount(said), "storage")
