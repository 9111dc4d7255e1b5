"""The golden images that a VM's own disks are cloned from, whoever said them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..spec.pool import PoolSpec
from .disks import data_volume_templates
from .metadata import Object

CLONED = ("pvc", "snapshot")


class GoldenImage(NamedTuple):
    """An object that is cloned. points: whether it only points at what is (a DataSource)."""

    name: str
    namespace: str
    points: bool


def images_elsewhere(spec: PoolSpec) -> list[GoldenImage]:
    """Return the golden images in other namespaces than the pool's, in the order of the disks."""
    found = (image for template in _templates(spec) for image in _images(spec, template))
    return [image for image in found if image.namespace != spec.namespace]


def cloning_account(spec: PoolSpec) -> str:
    """Return the ServiceAccount on whose behalf KubeVirt makes the disks: the VM's, or `default`.

    Before the volumes KubeVirt looks at a field of its own (1.9, vm.go:493).
    """
    guest = _machine(spec)["template"]["spec"]
    if guest.get("serviceAccountName"):
        return str(guest["serviceAccountName"])
    found = (volume.get("serviceAccount") for volume in guest.get("volumes") or ())
    return next((str(one["serviceAccountName"]) for one in found if one), "default")


def _templates(spec: PoolSpec) -> list[Object]:
    if not spec.template:
        return data_volume_templates(spec)
    return list(_machine(spec).get("dataVolumeTemplates") or [])


def _machine(spec: PoolSpec) -> Object:
    """Return what each VM is made from, all of it."""
    # The pool's file needs that of its disks, and few stacks clone from another namespace.
    from .virtual_machine_pool import virtual_machine, with_template

    return with_template(spec, virtual_machine(spec))


def _images(spec: PoolSpec, template: Object) -> Iterator[GoldenImage]:
    said = template.get("spec") or {}
    source, reference = said.get("source") or {}, said.get("sourceRef")
    for image in filter(None, (reference, *(source.get(kind) for kind in CLONED))):
        yield GoldenImage(
            str(image.get("name")),
            str(image.get("namespace") or spec.namespace),
            image is reference,
        )
