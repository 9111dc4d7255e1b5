"""Rules on the disks that `template` leads to: whose they are, and which volume is behind each."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from ..guest.per_replica import indexed
from ..spec.cloud_init import VOLUMES as CLOUD_INIT_VOLUMES
from ..spec.disk_source import SOURCES, DiskSource
from ..spec.names import LONGEST_SUBDOMAIN, object_name
from ..text.paths import Path, at
from ..text.spelling import did_you_mean
from .problems import Problem
from .template_whole import DISK_TEMPLATES, DISKS, FILESYSTEMS, GUEST, VOLUMES, Whole, without
from .wording import in_words

CLOUD_INIT = tuple(CLOUD_INIT_VOLUMES.values())
MOST_INLINE = 2048  # bytes of a document inside of a volume (vmi-create-admitter.go)
LONGEST_CLOUD_INIT_VOLUME = 63 - len("-udata")
# Where CDI takes the size from what it copies.
KNOWN_SIZES = frozenset({"pvc", "snapshot"})
# A CD-ROM without a disc came with 1.6, for those who turn it on (DeclarativeHotplugVolumes).
EMPTY_DRIVES = (1, 6)


def disk_templates_carry_the_pool(whole: Whole) -> Iterator[Problem]:
    pool = whole.spec.name
    for place, template in whole.said(DISK_TEMPLATES):
        name = str(at(template, "metadata", "name"))
        path = (*place, "metadata", "name")
        if name != pool and not name.startswith(f"{pool}-"):
            yield whole.problem(
                path,
                "lacks the pool's name, and KubeVirt adds only the index to it: two pools of a "
                "namespace would have the same disks (KubeVirt VEP 379)",
                f"call it {pool}-{name}, in its volume too",
            )
            continue
        try:
            object_name(name)
        except PydanticCustomError as wrong:
            context = wrong.context or {}
            yield whole.problem(path, context["rule"], context["fix"])
            continue
        longest = len(indexed(name, max(0, whole.spec.most_replicas - 1)))
        if longest > LONGEST_SUBDOMAIN:
            rule = f"has {longest} characters with the last index, and at most {LONGEST_SUBDOMAIN} "
            fix = f"shorten it by {longest - LONGEST_SUBDOMAIN}"
            yield whole.problem(path, f"{rule}are possible", fix)
        namespace = at(template, "metadata", "namespace")
        if namespace not in {None, "", whole.spec.namespace}:
            yield whole.problem(
                (*place, "metadata", "namespace"),
                f"is not the VMs' ({whole.spec.namespace}), where their disks must be",
                "remove it",
            )


def disk_templates_are_used(whole: Whole) -> Iterator[Problem]:
    used = {name for _, name in _claims(whole)}
    for index, name in enumerate(whole.disk_templates()):
        if name in used:
            continue
        path = (*DISK_TEMPLATES, index)
        said = whole.says(path)
        yield whole.problem(
            path,
            f"{'is' if said else f'leaves the dataVolumeTemplate {name}'} used by no volume, which "
            "KubeVirt refuses",
            f"add a volume with dataVolume: {{name: {name}}}, or remove it"
            if said
            else f"leave it out too: {without(DISK_TEMPLATES, name)}",
        )


def disk_templates_have_a_size(whole: Whole) -> Iterator[Problem]:
    for place, template in whole.said(DISK_TEMPLATES):
        claim, storage = at(template, "spec", "pvc"), at(template, "spec", "storage")
        source = at(template, "spec", "source") or {}
        kind = "pvc" if claim is not None else "storage"
        size = at(claim if claim is not None else storage, "resources", "requests", "storage")
        if claim is not None and not claim.get("accessModes"):
            yield whole.problem(
                (*place, "spec", "pvc"),
                "says no accessModes, which only storage takes from the StorageClass's profile",
                "add accessModes: [ReadWriteOnce], or use storage",
            )
        copied = at(template, "spec", "sourceRef") or KNOWN_SIZES & source.keys()
        if size is None and (kind == "pvc" or not copied):
            yield whole.problem(
                (*place, "spec", kind),
                "says no size, which only a copy into storage has from what it copies",
                "add resources: {requests: {storage: 6Gi}}",
            )


def disk_templates_have_a_source(whole: Whole) -> Iterator[Problem]:
    """What CDI refuses, as it does where a key says the source."""
    for place, template in whole.said(DISK_TEMPLATES):
        for kind, said in (at(template, "spec", "source") or {}).items():
            path = (*place, "spec", "source", kind)
            if said is None or kind not in SOURCES or not whole.says(path):
                continue
            try:
                DiskSource.model_validate({kind: said})
            except ValidationError as error:
                above = whole.typed(path)[:-1]
                for details in error.errors(include_url=False, include_context=True):
                    yield in_words(DiskSource, details, above).problem


def vms_have_disks_of_their_own(whole: Whole) -> Iterator[Problem]:
    own = whole.disk_templates()
    for path, name in _claims(whole):
        volume = str(whole.at(*path[: len(VOLUMES) + 1], "name"))
        theirs = whole.says(path) or whole.says(DISK_TEMPLATES)
        if name in own or not theirs or _may_be_shared(whole, volume):
            continue
        indexed_by_hand = re.sub(r"-[0-9]+$", "", name)
        near = indexed_by_hand if indexed_by_hand in own else did_you_mean(name, own)
        yield whole.problem(
            path,
            "is no dataVolumeTemplate, so that all VMs would write to one disk",
            f"did you mean {near}? KubeVirt adds each VM's index"
            if near
            else "add a dataVolumeTemplate of that name, or make its disk cdrom, readonly or "
            "shareable",
        )
    for place, volume_ in whole.said(VOLUMES):
        name = str(volume_.get("name"))
        if "hostDisk" in volume_ and not _may_be_shared(whole, name):
            yield whole.problem(
                (*place, "hostDisk", "path"),
                "is one disk for all VMs of a node, which would write to it together",
                "use a dataVolumeTemplate, or make its disk readonly or shareable",
            )
        if "memoryDump" in volume_:
            yield whole.problem(
                (*place, "memoryDump", "claimName"),
                "would take the memory of all VMs, each over that of the others",
                "remove it, and use virtctl memory-dump for a single VM",
            )
    for place, _ in whole.elements((*GUEST, "utilityVolumes")):
        yield whole.problem(
            (*place, "claimName"),
            "is one PersistentVolumeClaim, to which all VMs would write",
            "remove it: utilityVolumes are for single VMs",
        )


def _claims(whole: Whole) -> Iterator[tuple[Path, str]]:
    """Yield the names of PersistentVolumeClaims and DataVolumes that VMs write to."""
    for place, volume in whole.elements(VOLUMES):
        for kind, member in (("dataVolume", "name"), ("persistentVolumeClaim", "claimName")):
            if (name := at(volume, kind, member)) is not None:
                yield (*place, kind, member), str(name)


def _may_be_shared(whole: Whole, volume: str) -> bool:
    """Tell whether several VMs may have a volume at a time.

    persistentVolumeClaim.readOnly says nothing of that: it is for the pod, and the guest's disk is
    opened for writing all the same (KubeVirt 1.9, rendervolumes.go:608, storage/disk.go:90-123).
    """
    if volume in whole.names(FILESYSTEMS):
        return True
    disk = next((one for _, one in whole.elements(DISKS) if one.get("name") == volume), {})
    if "cdrom" in disk:
        return at(disk, "cdrom", "readonly") is not False
    readonly = at(disk, "disk", "readonly") or at(disk, "lun", "readonly")
    return bool(readonly or disk.get("shareable"))


def disks_have_volumes(whole: Whole) -> Iterator[Problem]:
    """A volume without a disk is none: KubeVirt adds one (vm.go:1902, SetDefaultVolumeDisk)."""
    volumes = whole.names(VOLUMES)
    for path, what in ((DISKS, "disk"), (FILESYSTEMS, "filesystem")):
        for place, device in whole.elements(path):
            name = str(device.get("name"))
            empty = "cdrom" in device and whole.spec.kubevirt >= EMPTY_DRIVES
            if name in volumes or empty:
                continue
            said = whole.says((*place, "name"))
            yield whole.problem(
                (*place, "name") if said else VOLUMES,
                "has no volume of that name" if said else f"leaves the {what} {name} without one",
                _rename(name, volumes)
                if said
                else f"leave out the {what} too: {without(path, name)}",
            )


def _rename(name: str, volumes: list[str]) -> str:
    near = did_you_mean(name, volumes)
    return f"did you mean {near}?" if near else "add one to volumes, or remove it"


def boot_orders_differ(whole: Whole) -> Iterator[Problem]:
    seen: dict[int, str] = {}
    for path in (DISKS, (*GUEST, "domain", "devices", "interfaces")):
        for place, device in whole.elements(path):
            order, name = device.get("bootOrder"), str(device.get("name"))
            if order is None:
                continue
            here = (*place, "bootOrder")
            if order < 1 and whole.says(here):
                yield whole.problem(here, "must be 1 or more", "correct it, or remove it")
            elif order in seen:
                rule = f"is that of {seen[order]} too"
                yield whole.problem(here, rule, "give each its own")
            seen.setdefault(order, name)


def cloud_init_is_sound(whole: Whole) -> Iterator[Problem]:
    for place, volume in whole.said(VOLUMES):
        for kind in CLOUD_INIT:
            if kind in volume:
                yield from _cloud_init(whole, (*place, kind), volume[kind])
                if len(str(volume["name"])) > LONGEST_CLOUD_INIT_VOLUME:
                    rule = f"has more than {LONGEST_CLOUD_INIT_VOLUME} characters"
                    why = "KubeVirt calls a pod's volume <name>-udata"
                    yield whole.problem((*place, "name"), f"{rule}: {why}", "shorten it")


def _cloud_init(whole: Whole, path: Path, said: Mapping[str, Any]) -> Iterator[Problem]:
    if not any(said.values()):
        yield whole.problem(path, "holds no document", "add secretRef or userData")
    for name in ("userData", "networkData"):
        text, encoded = said.get(name), said.get(f"{name}Base64")
        size = len(str(text or "").encode())
        if encoded:
            try:
                size = len(base64.b64decode(str(encoded), validate=True))
            except (binascii.Error, ValueError):
                here = (*path, f"{name}Base64")
                yield whole.problem(here, "is no base64", f"use {name} for plain text", show=False)
                continue
        if size > MOST_INLINE:
            yield whole.problem(
                (*path, f"{name}Base64" if encoded else name),
                f"has {size} bytes, and KubeVirt takes {MOST_INLINE} inside of a volume",
                f"use cloudInit.{name}, which makes a Secret",
                show=False,
            )


def indices_are_appended(whole: Whole) -> Iterator[Problem]:
    """KubeVirt appends the index to all names of a kind, or to none."""
    own = whole.spec.per_replica
    made = {
        "Secret": (whole.spec.appends_to_secrets, own.secrets),
        "ConfigMap": (whole.spec.appends_to_config_maps, own.config_maps),
    }
    shared = {whole.spec.secret_name}
    for place, volume in whole.elements(VOLUMES):
        for kind, *steps in (
            ("Secret", "secret", "secretName"),
            ("ConfigMap", "configMap", "name"),
            *(("Secret", one, "secretRef", "name") for one in CLOUD_INIT),
            *(("Secret", one, "networkDataSecretRef", "name") for one in CLOUD_INIT),
        ):
            appends, names = made[kind]
            name, path = at(volume, *steps), (*place, *steps)
            known = shared if len(steps) == 3 else names
            if name is None or not appends or name in known or not whole.says(path):
                continue
            member = "secrets" if kind == "Secret" else "configMaps"
            yield whole.problem(
                path,
                f"is looked for as {name}-<index> by each VM: perReplica has KubeVirt append the "
                f"index to all {kind}s of a VM",
                f"add perReplica.{member}.{name} ({{}} if somebody else makes them)"
                if len(steps) == 2
                else f"use {whole.spec.secret_name}, or cloudInit and perReplica",
            )


def disks_can_migrate(whole: Whole) -> Iterator[Problem]:
    """KubeVirt's webhook denies the eviction of a VM that must migrate and cannot."""
    path = (*GUEST, "evictionStrategy")
    if whole.at(*path) != "LiveMigrate" or not whole.says(path):
        return
    for _, template in whole.elements(DISK_TEMPLATES):
        claim = at(template, "spec", "pvc") or at(template, "spec", "storage")
        modes = at(claim, "accessModes")
        if modes and "ReadWriteMany" not in modes:
            yield whole.problem(
                path,
                f"needs disks that two nodes can use at a time, and those of "
                f"{at(template, 'metadata', 'name')} are [{', '.join(modes)}], so that the drain "
                "of a node would wait for ever",
                "use LiveMigrateIfPossible, or add ReadWriteMany to their accessModes",
            )


RULES: tuple[Callable[[Whole], Iterator[Problem]], ...] = (
    disk_templates_carry_the_pool,
    disk_templates_are_used,
    disk_templates_have_a_size,
    disk_templates_have_a_source,
    vms_have_disks_of_their_own,
    disks_have_volumes,
    boot_orders_differ,
    cloud_init_is_sound,
    indices_are_appended,
    disks_can_migrate,
)
