"""Whether storage clones a golden image by itself, or CDI copies every byte of it for each VM.

As CDI plans it (1.66, pkg/controller/clone/planner.go): a claim is cloned by the storage if its
StorageProfile says how, both are of one driver and one volume mode, and what is made may grow to
the size of the disk; a snapshot, if driver and mode are the same, and it may grow.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from kubevirt_vm_pool.text.paths import at

from .amounts import amount, shown
from .cluster import CDIS
from .finding import Finding, warning
from .snapshot import Object, Resource, Snapshot, UnseenError
from .storage import (
    FILESYSTEM,
    Image,
    class_called,
    disk_size,
    profile,
    said_size,
    storage_class,
    volume_mode,
)
from .subject import Subject

CONTENTS = Resource("snapshot.storage.k8s.io", "v1", "volumesnapshotcontents")
COPIED = "each VM's disk is copied over the network"
COPY, SNAPSHOT = "copy", "snapshot"


class _Origin(NamedTuple):
    """What is cloned. mode, driver, size: None if nobody says it. place: what it is in."""

    mode: str | None
    driver: str | None
    place: str
    size: Decimal | None


def copied(
    subject: Subject, disk: Object, image: Image, found: Object, where: str
) -> Iterator[Finding]:
    """Yield what keeps a StorageClass from cloning an image by itself. found: the image."""
    of_claim = image.kind == "PersistentVolumeClaim"
    own = storage_class(subject.cluster, disk)
    origin = (_of_claim if of_claim else _of_snapshot)(subject.cluster, found)
    mode = volume_mode(subject, disk)
    if mode and origin.mode and mode != origin.mode:
        yield warning(
            "volume-mode-differs",
            f"{image}{where} is a {origin.mode} volume, and the disk {mode}: {COPIED}",
            f"set the disk's volumeMode: {origin.mode}",
        )
    if own is None:
        return
    name = own["metadata"]["name"]
    if origin.driver and own["provisioner"] != origin.driver:
        yield warning(
            "storage-class-differs",
            f"{image}{where} is in {origin.place}, of another kind than the disk's {name}: "
            f"{COPIED}",
            f"set storageClassName to one of the same kind, or make the golden image in {name}",
        )
    elif of_claim and (reason := _cannot(subject.cluster, name)):
        yield warning(
            "storage-class-copies",
            f"StorageClass {name} does not clone, {reason}: {COPIED}, which takes longer",
            "use a StorageClass whose StorageProfile has the cloneStrategy snapshot or csi-clone: "
            "`kubectl get storageprofile -o yaml`",
        )
    elif _must_grow(subject, disk, origin) and own.get("allowVolumeExpansion") is not True:
        yield warning(
            "storage-class-does-not-grow",
            f"{image}{where} has {shown(origin.size or Decimal(0), 'storage')} and the disk more, "
            f"and StorageClass {name} lets no volume grow: {COPIED}",
            "set the disk's size to the golden image's, or allowVolumeExpansion of the "
            "StorageClass",
        )


def _of_claim(cluster: Snapshot, claim: Object) -> _Origin:
    said = claim["spec"]
    found = class_called(cluster, said.get("storageClassName"))
    size = at(claim, "status", "capacity", "storage")
    return _Origin(
        said.get("volumeMode") or FILESYSTEM,
        found["provisioner"] if found else None,
        f"StorageClass {said.get('storageClassName')}",
        None if size is None else amount(size),
    )


def _of_snapshot(cluster: Snapshot, snapshot: Object) -> _Origin:
    name = at(snapshot, "status", "boundVolumeSnapshotContentName")
    content = cluster.get(CONTENTS, "", str(name)) if name else None
    size = at(snapshot, "status", "restoreSize")
    driver = at(content, "spec", "driver")
    return _Origin(
        at(content, "spec", "sourceVolumeMode"),
        driver,
        f"storage of driver {driver}",
        None if size is None else amount(size),
    )


def _cannot(cluster: Snapshot, class_name: str) -> str:
    """Return why a StorageClass does not clone claims, "" if it does or nobody knows."""
    known = profile(cluster, class_name)
    strategy = _override(cluster) or at(known, "status", "cloneStrategy")
    if strategy == COPY:
        return "its cloneStrategy is copy"
    if strategy == SNAPSHOT and known and not at(known, "status", "snapshotClass"):
        return "no VolumeSnapshotClass is there for it"
    return ""


def _override(cluster: Snapshot) -> str:
    """Return the strategy that the cluster's administrator wants for all."""
    try:
        found = next(iter(cluster.list(CDIS)), None)
    except UnseenError:
        # Few set it, and few may see it.
        return ""
    return str(at(found, "spec", "cloneStrategyOverride") or "")


def _must_grow(subject: Subject, disk: Object, origin: _Origin) -> bool:
    if origin.size is None or said_size(disk) is None:
        return False
    return disk_size(subject, disk) > origin.size
