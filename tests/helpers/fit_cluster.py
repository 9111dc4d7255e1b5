"""A cluster that is fit for a stack, as far as an API server alone can be, and faults in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cluster_fixtures import eventually

from vmpool.check.snapshot import Resource, resource_of
from vmpool.controlplane.client import Cluster

Object = dict[str, Any]
MERGE = "application/merge-patch+json"
DEFINITIONS = Resource("apiextensions.k8s.io", "v1", "customresourcedefinitions")

# group, version, plural, kind, and whether it is in no namespace.
KINDS = (
    ("kubevirt.io", "v1", "kubevirts", "KubeVirt", False),
    ("cdi.kubevirt.io", "v1beta1", "cdis", "CDI", True),
    ("cdi.kubevirt.io", "v1beta1", "storageprofiles", "StorageProfile", True),
    ("cdi.kubevirt.io", "v1beta1", "cdiconfigs", "CDIConfig", True),
    ("snapshot.storage.k8s.io", "v1", "volumesnapshots", "VolumeSnapshot", False),
    ("snapshot.storage.k8s.io", "v1", "volumesnapshotcontents", "VolumeSnapshotContent", True),
    *(
        ("instancetype.kubevirt.io", "v1beta1", f"{kind.lower()}s", kind, "Cluster" in kind)
        for kind in (
            "VirtualMachineInstancetype",
            "VirtualMachineClusterInstancetype",
            "VirtualMachinePreference",
            "VirtualMachineClusterPreference",
        )
    ),
    (
        "k8s.cni.cncf.io",
        "v1",
        "network-attachment-definitions",
        "NetworkAttachmentDefinition",
        False,
    ),
    ("keda.sh", "v1alpha1", "scaledobjects", "ScaledObject", False),
    ("metrics.k8s.io", "v1beta1", "nodes", "NodeMetrics", True),
)

KUBEVIRT: Object = {
    "apiVersion": "kubevirt.io/v1",
    "kind": "KubeVirt",
    "metadata": {"name": "kubevirt", "namespace": "kubevirt"},
    "spec": {},
    "status": {"phase": "Deployed", "observedKubeVirtVersion": "v1.8.2"},
}
CDI: Object = {
    "apiVersion": "cdi.kubevirt.io/v1beta1",
    "kind": "CDI",
    "metadata": {"name": "cdi"},
    "status": {"phase": "Deployed"},
}
NODE: Object = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {"name": "metal", "labels": {"kubevirt.io/schedulable": "true"}},
    "status": {
        "allocatable": {"cpu": "8", "memory": "16Gi", "devices.kubevirt.io/kvm": "1k"},
        "conditions": [{"type": "Ready", "status": "True"}],
    },
}
STORAGE: Object = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {
        "name": "fast",
        "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
    },
    "provisioner": "csi.example.com",
    "allowVolumeExpansion": True,
}
PROFILE: Object = {
    "apiVersion": "cdi.kubevirt.io/v1beta1",
    "kind": "StorageProfile",
    "metadata": {"name": "fast"},
    "status": {
        "cloneStrategy": "snapshot",
        "snapshotClass": "fast-snapshots",
        "claimPropertySets": [{"accessModes": ["ReadWriteOnce"], "volumeMode": "Filesystem"}],
    },
}
CDI_CONFIG: Object = {
    "apiVersion": "cdi.kubevirt.io/v1beta1",
    "kind": "CDIConfig",
    "metadata": {"name": "config"},
    "status": {"filesystemOverhead": {"global": "0.06", "storageClass": {"fast": "0.06"}}},
}


def claim(name: str, size: str = "6Gi", **spec: Any) -> Object:
    """Return a claim that is bound."""
    said = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name},
        "spec": {"storageClassName": "fast", **said, **spec},
        "status": {"phase": "Bound", "capacity": {"storage": size}},
    }


def place_of(manifest: Mapping[str, Any]) -> tuple[Resource, str]:
    """Return where a kind's objects are, and the namespace of this one."""
    resource = resource_of(manifest)
    for group, version, plural, kind, _ in KINDS:
        if kind == manifest["kind"]:
            resource = Resource(group, version, plural)
    if resource.plural.endswith("classs"):
        resource = resource._replace(plural=f"{resource.plural[:-1]}es")
    return resource, manifest["metadata"].get("namespace", "")


def plant(cluster: Cluster, *manifests: Object, namespace: str = "") -> None:
    """Make objects, with their status. namespace: of those that say none and are in one."""
    for manifest in manifests:
        metadata = {**({"namespace": namespace} if namespace else {}), **manifest["metadata"]}
        resource, place = place_of({**manifest, "metadata": metadata})
        whole = {**manifest, "metadata": metadata}
        status, answer = cluster.request("POST", resource.path(place), whole)
        assert status == 201, answer
        if "status" in manifest:
            own = f"{resource.path(place, metadata['name'])}/status"
            cluster.request("PATCH", own, {"status": manifest["status"]}, MERGE)
        if manifest["kind"] == "Node":
            # No controller is there that would take away the taint of a node that is new.
            taints = {"spec": {"taints": manifest.get("spec", {}).get("taints")}}
            cluster.request("PATCH", resource.path(name=metadata["name"]), taints, MERGE)


def make_fit(cluster: Cluster) -> None:
    """Bring the definitions, and what every stack needs of the whole cluster."""
    for group, version, plural, kind, of_cluster in KINDS:
        plant(cluster, _definition(group, version, plural, kind, of_cluster=of_cluster))
    paths = [Resource(*one[:3]).path() for one in KINDS]
    assert eventually(lambda: all(cluster.request("GET", one)[0] == 200 for one in paths))
    plant(cluster, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kubevirt"}})
    plant(cluster, KUBEVIRT, CDI, NODE, STORAGE, PROFILE, CDI_CONFIG)


def _definition(
    group: str, version: str, plural: str, kind: str, *, of_cluster: bool
) -> dict[str, Any]:
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{plural}.{group}",
            "annotations": {"api-approved.kubernetes.io": "unapproved, for a test"},
        },
        "spec": {
            "group": group,
            "scope": "Cluster" if of_cluster else "Namespaced",
            "names": {"plural": plural, "singular": kind.lower(), "kind": kind},
            "versions": [
                {
                    "name": version,
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": schema},
                }
            ],
        },
    }


@contextmanager
def there(cluster: Cluster, *manifests: Object) -> Iterator[None]:
    """Let objects that are in no test's own namespace be there for a while."""
    plant(cluster, *manifests)
    try:
        yield
    finally:
        for manifest in manifests:
            resource, place = place_of(manifest)
            cluster.request("DELETE", resource.path(place, manifest["metadata"]["name"]))


@contextmanager
def served(cluster: Cluster, group: str) -> Iterator[None]:
    """Let an API of metrics answer for a while."""
    path = f"/apis/{group}/v1beta1"
    definition = _definition(group, "v1beta1", "samples", "Sample", of_cluster=True)
    with there(cluster, definition):
        assert eventually(lambda: cluster.request("GET", path)[0] == 200)
        yield
    assert eventually(lambda: cluster.request("GET", path)[0] == 404)


@contextmanager
def changed(cluster: Cluster, manifest: Object, patch: Object | None) -> Iterator[None]:
    """Let one of the cluster's objects be another, or none (None), for a while."""
    resource, place = place_of(manifest)
    path = resource.path(place, manifest["metadata"]["name"])
    status, answer = cluster.request("DELETE", path)
    assert status == 200, answer
    try:
        if patch is not None:
            plant(cluster, merged(manifest, patch))
        yield
    finally:
        if patch is not None:
            cluster.request("DELETE", path)
        plant(cluster, manifest)


def merged(manifest: Object, patch: Object) -> Object:
    """Return an object with a JSON merge patch."""
    made = json.loads(json.dumps(manifest))
    for key, value in patch.items():
        if isinstance(value, dict) and isinstance(made.get(key), dict):
            made[key] = merged(made[key], value)
        elif value is None:
            made.pop(key, None)
        else:
            made[key] = value
    return dict(made)


def as_robot(cluster: Cluster, namespace: str, *rules: Object, folder: Path) -> Path:
    """Return the kubeconfig of a ServiceAccount that may do what rules say, in its namespace."""
    named = {"metadata": {"name": "robot"}}
    subject = {"kind": "ServiceAccount", "name": "robot", "namespace": namespace}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "robot"}
    rbac = "rbac.authorization.k8s.io/v1"
    plant(
        cluster,
        {"apiVersion": "v1", "kind": "ServiceAccount", **named},
        {"apiVersion": rbac, "kind": "Role", **named, "rules": list(rules)},
        {
            "apiVersion": rbac,
            "kind": "RoleBinding",
            **named,
            "roleRef": role,
            "subjects": [subject],
        },
        namespace=namespace,
    )
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/robot/token"
    status, answer = cluster.request("POST", path, {"spec": {}})
    assert status == 201, answer
    content = json.loads(cluster.kubeconfig.read_text(encoding="utf-8"))
    content["users"][0]["user"] = {"token": answer["status"]["token"]}
    file = folder / "kubeconfig"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file
