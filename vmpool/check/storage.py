"""What CDI makes of a disk: from what, in which StorageClass, in which mode and how large.

As CDI does it (1.66): pkg/controller/datavolume/util.go for a DataVolume with `storage`, which gets
from the StorageProfile and CDIConfig what it does not say; one with `pvc` is taken as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from kubevirt_vm_pool.text.paths import at

from .amounts import MI, amount
from .snapshot import Object, Resource, Snapshot, UnseenError
from .subject import CLAIMS, Subject

DATA_SOURCES = Resource("cdi.kubevirt.io", "v1beta1", "datasources")
SNAPSHOTS = Resource("snapshot.storage.k8s.io", "v1", "volumesnapshots")
CLASSES = Resource("storage.k8s.io", "v1", "storageclasses")
PROFILES = Resource("cdi.kubevirt.io", "v1beta1", "storageprofiles")
CDI_CONFIGS = Resource("cdi.kubevirt.io", "v1beta1", "cdiconfigs")

IS_DEFAULT = "storageclass.kubernetes.io/is-default-class"
# Where KubeVirt and CDI look first.
IS_DEFAULT_OF_VMS = "storageclass.kubevirt.io/is-default-virt-class"
# Of a StorageProfile, for storage that makes no volume smaller than this.
LEAST_SIZE = "cdi.kubevirt.io/minimumSupportedPvcSize"
# A DataSource may point at another; CDI follows one.
LONGEST_CHAIN = 3
FILESYSTEM, BLOCK = "Filesystem", "Block"


class Image(NamedTuple):
    """What a disk is cloned from: kind is PersistentVolumeClaim, VolumeSnapshot or DataSource."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


RESOURCES = {
    "PersistentVolumeClaim": CLAIMS,
    "VolumeSnapshot": SNAPSHOTS,
    "DataSource": DATA_SOURCES,
}
OF_KEYS = {
    "pvc": "PersistentVolumeClaim",
    "snapshot": "VolumeSnapshot",
    "dataSource": "DataSource",
}


def image_of(subject: Subject, disk: Object) -> Image | None:
    """Return what a disk is cloned from, None if it is made in another way."""
    if reference := at(disk, "spec", "sourceRef"):
        place = str(reference.get("namespace") or subject.namespace)
        return Image("DataSource", place, str(reference["name"]))
    return _source(at(disk, "spec", "source") or {}, subject.namespace)


def _source(source: Object, namespace: str) -> Image | None:
    for key, kind in OF_KEYS.items():
        if one := source.get(key):
            return Image(kind, str(one.get("namespace") or namespace), str(one["name"]))
    return None


def pointed_at(subject: Subject, image: Image) -> Iterator[tuple[Image, Object | None]]:
    """Yield an image, and what it points at, and so on; None is one that is not there."""
    following: Image | None = image
    for _ in range(LONGEST_CHAIN):
        if following is None:
            return
        image = following
        found = subject.cluster.get(RESOURCES[image.kind], image.namespace, image.name)
        yield image, found
        if found is None or image.kind != "DataSource":
            return
        following = _source(found["spec"].get("source") or {}, image.namespace)


def claim_of(disk: Object) -> Object:
    """Return what a disk says of its claim."""
    found: Object = at(disk, "spec", "storage") or at(disk, "spec", "pvc") or {}
    return found


def made_by_cdi(disk: Object) -> bool:
    """Tell whether CDI completes what a disk says."""
    return "storage" in disk["spec"]


def storage_class(cluster: Snapshot, disk: Object) -> Object | None:
    """Return the StorageClass that a disk will have, None if there is none."""
    if said := claim_of(disk).get("storageClassName"):
        return class_called(cluster, said)
    marks = (IS_DEFAULT_OF_VMS, IS_DEFAULT) if made_by_cdi(disk) else (IS_DEFAULT,)
    for mark in marks:
        for one in cluster.list(CLASSES):
            if (one["metadata"].get("annotations") or {}).get(mark) == "true":
                return one
    return None


def class_called(cluster: Snapshot, name: str | None) -> Object | None:
    """Return a StorageClass, None if there is none of this name."""
    known = cluster.list(CLASSES)
    return next((one for one in known if one["metadata"]["name"] == name), None)


def class_name(subject: Subject, disk: Object) -> str:
    """Return the name of the StorageClass that a disk will have, "" if there is none."""
    found = storage_class(subject.cluster, disk)
    return str(found["metadata"]["name"]) if found else ""


def profile(cluster: Snapshot, name: str) -> Object | None:
    """Return what CDI knows of a StorageClass."""
    return cluster.get(PROFILES, "", name)


def properties(profile: Object | None) -> list[Object]:
    """Return the pairs of access modes and volume mode that CDI chooses among."""
    sets = at(profile, "status", "claimPropertySets") or at(profile, "spec", "claimPropertySets")
    return list(sets or ())


def volume_mode(subject: Subject, disk: Object) -> str | None:
    """Return the volume mode that a disk will have, None if nobody knows."""
    claim = claim_of(disk)
    if said := claim.get("volumeMode"):
        return str(said)
    if not made_by_cdi(disk):
        return FILESYSTEM
    found = profile(subject.cluster, class_name(subject, disk))
    if found is None:
        return None
    modes = claim.get("accessModes")
    for one in properties(found):
        if not modes or set(modes).intersection(one.get("accessModes") or ()):
            return str(one.get("volumeMode") or FILESYSTEM)
    return FILESYSTEM


def said_size(disk: Object) -> Decimal | None:
    """Return what a disk says it is to hold, in bytes; None if it leaves that to its source."""
    said = at(claim_of(disk), "resources", "requests", "storage")
    return None if said is None else amount(said)


def disk_size(subject: Subject, disk: Object) -> Decimal:
    """Return what a disk's claim will ask for, in bytes: by its own size, else by its source's."""
    said = said_size(disk)
    if said is not None:
        return claimed(subject, disk, said) if made_by_cdi(disk) else said
    first = image_of(subject, disk)
    try:
        chain = list(pointed_at(subject, first)) if first else []
    except UnseenError:
        chain = []
    found = chain[-1][1] if chain else None
    return amount(
        at(found, "spec", "resources", "requests", "storage") or at(found, "status", "restoreSize")
    )


def claimed(subject: Subject, disk: Object, size: Decimal) -> Decimal:
    """Return what CDI's claim asks for, so that a file system on it leaves a size, in bytes."""
    name = class_name(subject, disk)
    if volume_mode(subject, disk) != BLOCK:
        # Rounded up to whole MiB.
        size = -(-size // MI) * MI
        size = (size * (1 + _overhead(subject.cluster, name))).to_integral_value(ROUND_CEILING)
    return max(size, least_size(subject.cluster, name))


def least_size(cluster: Snapshot, class_name: str) -> Decimal:
    """Return the size that a StorageClass makes no volume smaller than, in bytes."""
    return amount(at(profile(cluster, class_name), "metadata", "annotations", LEAST_SIZE))


def _overhead(cluster: Snapshot, class_name: str) -> Decimal:
    """Return which share of a disk CDI adds for its file system."""
    said = at(cluster.get(CDI_CONFIGS, "", "config"), "status", "filesystemOverhead")
    return amount(at(said, "storageClass", class_name) or at(said, "global"))
