"""Whether the VMs' disks can be made: golden images, their sizes, and storage classes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from kubevirt_vm_pool.text.paths import at

from .amounts import amount, shown
from .finding import Finding, error, warning
from .snapshot import Object, Resource, Snapshot, UnseenError
from .subject import CLAIMS, DATA_VOLUMES, Subject

DATA_SOURCES = Resource("cdi.kubevirt.io", "v1beta1", "datasources")
SNAPSHOTS = Resource("snapshot.storage.k8s.io", "v1", "volumesnapshots")
CLASSES = Resource("storage.k8s.io", "v1", "storageclasses")
PROFILES = Resource("cdi.kubevirt.io", "v1beta1", "storageprofiles")

IS_DEFAULT = "storageclass.kubernetes.io/is-default-class"
# Where KubeVirt and CDI look first.
IS_DEFAULT_OF_VMS = "storageclass.kubevirt.io/is-default-virt-class"
# A DataSource may point at another; CDI follows one.
LONGEST_CHAIN = 3

MAKE_IT = "make the golden image, or correct the disk's source"


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


def golden_images(subject: Subject) -> Iterator[Finding]:
    """Look at what disks are cloned from."""
    for disk in subject.disks:
        first = _image(subject, disk)
        if first is None:
            continue
        where = f" in namespace {first.namespace}" * (first.namespace != subject.namespace)
        yield from _of_image(subject, disk, first, where)


def _of_image(subject: Subject, disk: Object, image: Image, where: str) -> Iterator[Finding]:
    for _ in range(LONGEST_CHAIN):
        found = subject.cluster.get(RESOURCES[image.kind], image.namespace, image.name)
        if found is None:
            yield error("image-missing", f"{image}{where} does not exist", MAKE_IT)
            return
        if image.kind != "DataSource":
            break
        if (reason := _not_ready(found)) is not None:
            yield error(
                "image-not-ready",
                f"{image}{where} is not ready{reason}",
                f"see `kubectl describe datasource {image.name} -n {image.namespace}`",
            )
            return
        pointed = _source(found["spec"].get("source") or {}, image.namespace)
        if pointed is None:
            return
        image = pointed
    else:
        return
    # First what is seen in any case.
    yield from _too_large(disk, image, found, where)
    unfinished = list(_unfinished(subject, image, found, where))
    yield from unfinished
    if image.kind == "PersistentVolumeClaim" and not unfinished:
        yield from _copied(subject, disk, image, found, where)


def _image(subject: Subject, disk: Object) -> Image | None:
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


def _too_large(disk: Object, image: Image, found: Object, where: str) -> Iterator[Finding]:
    """Look at what is asked for on both sides, which CDI compares (ValidateRequestedCloneSize)."""
    claim = _claim(disk)
    wanted = at(claim, "resources", "requests", "storage")
    said = (
        at(found, "status", "restoreSize")
        if image.kind == "VolumeSnapshot"
        else at(found, "spec", "resources", "requests", "storage")
    )
    if wanted is None or said is None or amount(said) <= amount(wanted):
        return
    yield error(
        "image-larger-than-disk",
        f"{image}{where} has {_bytes(said)}, and the disk only {wanted}: such a clone never ends",
        f"set the disk's size to {said} or more (a disk that is there would be made anew)",
    )


def _copied(
    subject: Subject, disk: Object, image: Image, found: Object, where: str
) -> Iterator[Finding]:
    """Look at what keeps a StorageClass from cloning by itself, so that CDI copies every byte."""
    claim, said = _claim(disk), found["spec"]
    mode = claim.get("volumeMode") or ("Filesystem" if "pvc" in disk["spec"] else None)
    of_image = said.get("volumeMode") or "Filesystem"
    if mode and mode != of_image:
        yield warning(
            "volume-mode-differs",
            f"{image}{where} is a {of_image} volume, and the disk {mode}: each VM's disk is copied "
            "over the network",
            f"set the disk's volumeMode: {of_image}",
        )
    own, other = _class(subject.cluster, disk), _named_class(subject, said.get("storageClassName"))
    if own and other and own["provisioner"] != other["provisioner"]:
        yield warning(
            "storage-class-differs",
            f"{image}{where} is in StorageClass {other['metadata']['name']}, of another kind than "
            f"the disk's {own['metadata']['name']}: each VM's disk is copied over the network",
            f"set storageClassName: {other['metadata']['name']}, or make the golden image in "
            f"{own['metadata']['name']}",
        )


def storage_classes(subject: Subject) -> Iterator[Finding]:
    """Look at where disks are to be."""
    for disk in subject.disks:
        said = _claim(disk).get("storageClassName")
        found = _class(subject.cluster, disk)
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
        elif "storage" in disk["spec"] and not _claim(disk).get("accessModes"):
            yield from _profile(subject.cluster, found["metadata"]["name"])


def _profile(cluster: Snapshot, name: str) -> Iterator[Finding]:
    """Look at what CDI takes for what a disk with `storage: true` does not say."""
    found = cluster.get(PROFILES, "", name)
    sets = at(found, "status", "claimPropertySets") or at(found, "spec", "claimPropertySets") or ()
    if not any(one.get("accessModes") for one in sets):
        yield error(
            "storage-profile-empty",
            f"StorageProfile {name} knows no access modes, and the disk says none",
            "set the disk's accessModes and volumeMode",
        )


def _class(cluster: Snapshot, disk: Object) -> Object | None:
    """Return the StorageClass that a disk will have, None if there is none."""
    claim = _claim(disk)
    known = cluster.list(CLASSES)
    if said := claim.get("storageClassName"):
        return next((one for one in known if one["metadata"]["name"] == said), None)
    marks = (IS_DEFAULT_OF_VMS, IS_DEFAULT) if "storage" in disk["spec"] else (IS_DEFAULT,)
    for mark in marks:
        for one in known:
            if (one["metadata"].get("annotations") or {}).get(mark) == "true":
                return one
    return None


def _named_class(subject: Subject, name: str | None) -> Object | None:
    known = subject.cluster.list(CLASSES)
    return next((one for one in known if one["metadata"]["name"] == name), None)


def _names(cluster: Snapshot) -> str:
    names = [one["metadata"]["name"] for one in cluster.list(CLASSES)]
    return ", ".join(names) or "those that there will be: the cluster has none"


def _claim(disk: Object) -> Object:
    found: Object = at(disk, "spec", "storage") or at(disk, "spec", "pvc") or {}
    return found


def disk_size(subject: Subject, disk: Object) -> Decimal:
    """Return what a disk asks for, in bytes: its own size, else that of what is cloned."""
    if said := at(_claim(disk), "resources", "requests", "storage"):
        return amount(said)
    image = _image(subject, disk)
    try:
        found = image and subject.cluster.get(RESOURCES[image.kind], image.namespace, image.name)
    except UnseenError:
        found = None
    return amount(
        at(found, "spec", "resources", "requests", "storage") or at(found, "status", "restoreSize")
    )


def class_name(subject: Subject, disk: Object) -> str:
    """Return the name of the StorageClass that a disk will have, "" if there is none."""
    found = _class(subject.cluster, disk)
    return str(found["metadata"]["name"]) if found else ""


def _bytes(said: object) -> str:
    return shown(amount(said), "storage")
