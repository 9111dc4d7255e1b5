"""A control plane that holds what KubeVirt, CDI and the HPA's controller would have written.

None of them runs there, and neither does KWOK, which would write the pools' status over: tests say
what there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from cluster_fixtures import control_plane

from vmpool.controlplane import processes
from vmpool.controlplane.client import Cluster
from vmpool.controlplane.daemons import wait_for
from vmpool.controlplane.ports import API_SERVER, KWOK

Object = dict[str, Any]

KUBEVIRT = {
    "virtualmachines": "VirtualMachine",
    "virtualmachineinstances": "VirtualMachineInstance",
}
# Where objects of a kind are, and whether their status is written on a way of its own.
PLACES: Mapping[str, tuple[str, str, bool]] = {
    "ConfigMap": ("/api/v1", "configmaps", False),
    "DataVolume": ("/apis/cdi.kubevirt.io/v1beta1", "datavolumes", True),
    "Event": ("/api/v1", "events", False),
    "HorizontalPodAutoscaler": ("/apis/autoscaling/v2", "horizontalpodautoscalers", True),
    "NetworkPolicy": ("/apis/networking.k8s.io/v1", "networkpolicies", False),
    "PersistentVolumeClaim": ("/api/v1", "persistentvolumeclaims", True),
    "PodDisruptionBudget": ("/apis/policy/v1", "poddisruptionbudgets", True),
    "Role": ("/apis/rbac.authorization.k8s.io/v1", "roles", False),
    "RoleBinding": ("/apis/rbac.authorization.k8s.io/v1", "rolebindings", False),
    "Secret": ("/api/v1", "secrets", False),
    "Service": ("/api/v1", "services", True),
    "VirtualMachine": ("/apis/kubevirt.io/v1", "virtualmachines", False),
    "VirtualMachineInstance": ("/apis/kubevirt.io/v1", "virtualmachineinstances", False),
    "VirtualMachinePool": ("/apis/pool.kubevirt.io/v1alpha1", "virtualmachinepools", True),
}


@contextmanager
def kubevirt_cluster() -> Iterator[Cluster]:
    """A control plane of a test's own that knows KubeVirt's VMs."""
    with control_plane() as cluster:
        processes.stop(cluster.folder, [KWOK])
        for plural, kind in KUBEVIRT.items():
            _require(cluster.request("POST", DEFINITIONS, _definition(plural, kind)))
        served = [f"/apis/kubevirt.io/v1/{plural}" for plural in KUBEVIRT]
        wait_for(
            cluster,
            lambda: all(cluster.request("GET", path)[0] == 200 for path in served),
            API_SERVER,
        )
        yield cluster


MERGE = "application/merge-patch+json"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def _definition(plural: str, kind: str) -> Object:
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.kubevirt.io"},
        "spec": {
            "group": "kubevirt.io",
            "scope": "Namespaced",
            "names": {"plural": plural, "singular": kind.lower(), "kind": kind},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": anything},
                }
            ],
        },
    }


def put(cluster: Cluster, manifest: Mapping[str, Any]) -> None:
    """Create an object, with its status if it has one."""
    group, plural, own_status = PLACES[manifest["kind"]]
    path = f"{group}/namespaces/{manifest['metadata']['namespace']}/{plural}"
    _require(cluster.request("POST", path, manifest))
    if "status" in manifest and own_status:
        status = {"status": manifest["status"]}
        place = f"{path}/{manifest['metadata']['name']}/status"
        _require(cluster.request("PATCH", place, status, MERGE))


def make_namespace(cluster: Cluster, name: str) -> None:
    """Create a namespace."""
    _require(cluster.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}}))


def patch(cluster: Cluster, kind: str, namespace: str, name: str, change: object) -> None:
    """Change an object by a merge patch."""
    group, plural, _ = PLACES[kind]
    path = f"{group}/namespaces/{namespace}/{plural}/{name}"
    _require(cluster.request("PATCH", path, change, MERGE))


def delete(cluster: Cluster, kind: str, namespace: str, name: str) -> None:
    """Delete an object."""
    group, plural, _ = PLACES[kind]
    _require(cluster.request("DELETE", f"{group}/namespaces/{namespace}/{plural}/{name}"))


def _require(answer: tuple[int, Any]) -> Any:
    status, said = answer
    assert status in (200, 201), said
    return said


# --- what KubeVirt and CDI write -----------------------------------------------------------------


def condition(kind: str, status: str, message: str = "", reason: str = "") -> Object:
    """Return a condition as KubeVirt and Kubernetes have it."""
    return {"type": kind, "status": status, "message": message, "reason": reason}


def vm(pool: Mapping[str, Any], index: int, state: str = "Running", *conditions: Object) -> Object:
    """Return a VM of a pool; one that runs is ready, unless its conditions say otherwise."""
    ready = [condition("Ready", "True")] if state == "Running" else []
    return {
        "apiVersion": "kubevirt.io/v1",
        "kind": "VirtualMachine",
        "metadata": _of_pool(pool, index),
        "spec": {},
        "status": {"printableStatus": state, "conditions": list(conditions) or ready},
    }


def instance(pool: Mapping[str, Any], index: int, node: str, address: str) -> Object:
    """Return the instance of a VM that runs on a node."""
    return {
        "apiVersion": "kubevirt.io/v1",
        "kind": "VirtualMachineInstance",
        "metadata": _of_pool(pool, index),
        "spec": {},
        "status": {"nodeName": node, "interfaces": [{"ipAddress": address}]},
    }


def _of_pool(pool: Mapping[str, Any], index: int) -> Object:
    metadata = pool["metadata"]
    labels = pool["spec"]["selector"]["matchLabels"]
    name = f"{metadata['name']}-{index}"
    return {"name": name, "namespace": metadata["namespace"], "labels": labels}


def volume(pool: Mapping[str, Any], index: int, phase: str, progress: str = "N/A") -> Object:
    """Return the first DataVolume of a VM."""
    (template, *_) = pool["spec"]["virtualMachineTemplate"]["spec"]["dataVolumeTemplates"]
    return {
        "apiVersion": "cdi.kubevirt.io/v1beta1",
        "kind": "DataVolume",
        "metadata": {
            "name": f"{template['metadata']['name']}-{index}",
            "namespace": pool["metadata"]["namespace"],
        },
        "spec": template["spec"],
        "status": {"phase": phase, "progress": progress},
    }


def claim(of: Mapping[str, Any], capacity: str) -> Object:
    """Return the bound claim of a DataVolume."""
    asked = {"requests": {"storage": capacity}}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": of["metadata"],
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": asked},
        "status": {"phase": "Bound", "capacity": {"storage": capacity}},
    }


def warning(namespace: str, kind: str, name: str, reason: str, message: str) -> Object:
    """Return an event that warns of an object."""
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{name}.1", "namespace": namespace},
        "type": "Warning",
        "involvedObject": {"kind": kind, "name": name, "namespace": namespace},
        "reason": reason,
        "message": message,
        "lastTimestamp": "2026-11-24T12:00:00Z",
    }


def measured(share: int, *conditions: Object, vms: int = 2) -> Object:
    """Return the status of an HPA by CPU."""
    cpu = {"name": "cpu", "current": {"averageUtilization": share, "averageValue": "310m"}}
    return {
        "currentReplicas": vms,
        "desiredReplicas": vms,
        "currentMetrics": [{"type": "Resource", "resource": cpu}],
        "conditions": list(conditions),
    }
