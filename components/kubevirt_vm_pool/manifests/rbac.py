"""Roles: who may scale the pool, and what its disks may be cloned from.

Kubernetes lets nobody give more than they may themselves: who brings the stack up must be allowed
what a Role here allows (or to `escalate`), or the API server refuses it.
"""

from __future__ import annotations

from ..spec.access import Subject
from ..spec.pool import PoolSpec
from .golden_images import cloning_account, images_elsewhere
from .metadata import Object, metadata, to_manifest, without_none

RBAC = "rbac.authorization.k8s.io"


def scale_role(spec: PoolSpec) -> Object:
    """Return the Role that allows to scale this pool and no other.

    KubeVirt's admin and edit roles hold virtualmachinepools, but not their scale subresource.
    `kubectl scale` reads the pool before it patches the scale.
    """
    pool = {"apiGroups": ["pool.kubevirt.io"], "resourceNames": [spec.name]}
    return _role(
        metadata(spec, spec.scale_role_name, spec.namespace),
        {**pool, "resources": ["virtualmachinepools"], "verbs": ["get"]},
        {**pool, "resources": ["virtualmachinepools/scale"], "verbs": ["get", "patch", "update"]},
    )


def scale_role_binding(spec: PoolSpec) -> Object:
    """Return the RoleBinding of scale_role; the specification must have a scaleRole."""
    if spec.scale_role is None:
        raise ValueError("a pool without scaleRole has nobody to bind the Role to")
    subjects = [_subject(spec, subject) for subject in spec.scale_role.subjects]
    return _binding(metadata(spec, spec.scale_role_name, spec.namespace), *subjects)


def clone_role(spec: PoolSpec) -> Object:
    """Return the Role, in the golden image's namespace, that allows to clone it.

    CDI's own roles with this right also let the VMs' namespace read every PersistentVolumeClaim
    and DataVolume there. CDI asks with the name of what is cloned (authorize_utils.go), so that a
    single image can be allowed; which one a DataSource points at changes with every new image.
    """
    images = images_elsewhere(spec)
    any_image = any(image.points for image in images)
    names = sorted({image.name for image in images})
    return _role(
        metadata(spec, spec.clone_role_name, _images_namespace(spec)),
        without_none(
            apiGroups=["cdi.kubevirt.io"],
            resources=["datavolumes/source"],
            resourceNames=None if any_image else names,
            verbs=["create"],
        ),
    )


def clone_role_binding(spec: PoolSpec) -> Object:
    """Return the RoleBinding of clone_role.

    KubeVirt creates a VM's disks on behalf of its ServiceAccount.
    """
    return _binding(
        metadata(spec, spec.clone_role_name, _images_namespace(spec)),
        {
            "kind": "ServiceAccount",
            "name": cloning_account(spec),
            "namespace": spec.namespace,
        },
    )


def _images_namespace(spec: PoolSpec) -> str:
    """Return the only namespace that golden images elsewhere are in (disk_rules.py)."""
    for image in images_elsewhere(spec):
        return image.namespace
    raise ValueError("the golden image is in no other namespace")


def _subject(spec: PoolSpec, subject: Subject) -> Object:
    if subject.kind == "ServiceAccount":
        return {"namespace": spec.namespace, **to_manifest(subject)}
    return {"apiGroup": RBAC, **to_manifest(subject)}


def _role(named: Object, *rules: Object) -> Object:
    return {"apiVersion": f"{RBAC}/v1", "kind": "Role", "metadata": named, "rules": list(rules)}


def _binding(named: Object, *subjects: Object) -> Object:
    """Return the RoleBinding of the Role of the same name."""
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": named,
        "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": named["name"]},
        "subjects": list(subjects),
    }
