"""How large the disks of a pool's VMs are, and what they are made from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from ..spec.disk import SYSTEM_DISK
from ..spec.disks import template_name
from ..text.paths import at
from .stack_objects import Object

TEMPLATE = ("spec", "virtualMachineTemplate", "spec")


class Image(NamedTuple):
    """What a disk is made from: name and namespace; of a URL, itself and None.

    key: the key of the configuration that says it, as far as the objects tell.
    """

    name: str
    namespace: str | None
    key: str


def sizes(pool: Object) -> Iterator[tuple[object, str]]:
    """Yield the size of every disk, None where it says none, and the key that says it."""
    for template in at(pool, *TEMPLATE, "dataVolumeTemplates") or ():
        claim = at(template, "spec", "pvc") or at(template, "spec", "storage")
        yield at(claim, "resources", "requests", "storage"), _key(pool, template, "size")
    for volume in _volumes(pool):
        yield at(volume, "emptyDisk", "capacity"), _of_volume(volume, "emptyDisk.capacity")


def images(pool: Object) -> Iterator[Image]:
    """Yield what the disks are made from. A containerDisk's image has the URL that CDI uses."""
    own = at(pool, "metadata", "namespace")
    for template in at(pool, *TEMPLATE, "dataVolumeTemplates") or ():
        reference = at(template, "spec", "sourceRef")
        # What has none of these is an empty disk, or an upload.
        for source in filter(None, (reference, *(at(template, "spec", "source") or {}).values())):
            if url := at(source, "url"):
                yield Image(_without_credentials(url), None, _key(pool, template, "source"))
            elif name := at(source, "name") or at(source, "imageStream"):
                namespace = at(source, "namespace") or own
                yield Image(name, namespace, _key(pool, template, "source"))
    for volume in _volumes(pool):
        if image := at(volume, "containerDisk", "image"):
            yield Image(f"docker://{image}", None, _of_volume(volume, "containerDisk.image"))
        if claim := at(volume, "ephemeral", "persistentVolumeClaim", "claimName"):
            yield Image(claim, own, _of_volume(volume, "ephemeral.claimName"))


def _key(pool: Object, template: Object, member: str) -> str:
    """Return the key that says something of a dataVolumeTemplate.

    The keys make volumes with a claim, called as the disk is; whatever else is from `template`.
    """
    name, called = at(template, "metadata", "name"), str(at(pool, "metadata", "name"))
    for volume in _volumes(pool):
        if at(volume, "persistentVolumeClaim", "claimName") != name:
            continue
        if volume["name"] == SYSTEM_DISK:
            return f"disk.{member}"
        if name == template_name(called, volume["name"]):
            return f"disks.{volume['name']}.{member}"
    return f"template.dataVolumeTemplates ({name})"


def _of_volume(volume: Object, member: str) -> str:
    """Return the key that says something of a volume; `template` may have the same volumes."""
    if volume["name"] == SYSTEM_DISK:
        return member
    return f"disks.{volume['name']}.{member} (or that of the volume in template)"


def _volumes(pool: Object) -> list[Object]:
    return at(pool, *TEMPLATE, "template", "spec", "volumes") or []


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="", fragment="").geturl()
