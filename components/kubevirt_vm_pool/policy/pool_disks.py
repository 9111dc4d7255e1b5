"""How large the disks of a pool's VMs are, and what they are made from."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from .stack_objects import Object, at

TEMPLATE = ("spec", "virtualMachineTemplate", "spec")


def sizes(pool: Object) -> Iterator[object]:
    """Yield the size of every disk that says one."""
    for template in at(pool, *TEMPLATE, "dataVolumeTemplates") or ():
        claim = at(template, "spec", "pvc") or at(template, "spec", "storage")
        yield at(claim, "resources", "requests", "storage")
    for volume in _volumes(pool):
        yield at(volume, "emptyDisk", "capacity")


def images(pool: Object) -> Iterator[tuple[str, str | None]]:
    """Yield name and namespace of what the disks are made from; of a URL, itself and None.

    A containerDisk's image has the URL that CDI knows it by.
    """
    own = at(pool, "metadata", "namespace")
    for template in at(pool, *TEMPLATE, "dataVolumeTemplates") or ():
        reference = at(template, "spec", "sourceRef")
        # What has none of these is an empty disk, or an upload.
        for source in filter(None, (reference, *(at(template, "spec", "source") or {}).values())):
            if url := at(source, "url"):
                yield _without_credentials(url), None
            elif name := at(source, "name") or at(source, "imageStream"):
                yield name, at(source, "namespace") or own
    for volume in _volumes(pool):
        if image := at(volume, "containerDisk", "image"):
            yield f"docker://{image}", None
        if claim := at(volume, "ephemeral", "persistentVolumeClaim", "claimName"):
            yield claim, own


def _volumes(pool: Object) -> list[Object]:
    return at(pool, *TEMPLATE, "template", "spec", "volumes") or []


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="", fragment="").geturl()
