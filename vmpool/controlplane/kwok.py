"""How KWOK is started, which plays the pool's controller and the garbage collector."""

from __future__ import annotations

import json
from pathlib import Path

from . import processes
from .client import Cluster

FOREGROUND = "foregroundDeletion"
# The kinds of object that a pool is made of.
COLLECTED = (
    ("v1", "ConfigMap"),
    ("v1", "Secret"),
    ("v1", "Service"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("policy/v1", "PodDisruptionBudget"),
    ("pool.kubevirt.io/v1beta1", "VirtualMachinePool"),
    ("rbac.authorization.k8s.io/v1", "Role"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"),
)


def _write_garbage_collector(cluster: Cluster) -> Path:
    """Write what KWOK does in the place of the garbage collector, for objects without dependents.

    Whoever deletes in the foreground, as Pulumi does, waits until it takes its finalizer away.
    """
    stages = [
        {
            "apiVersion": "kwok.x-k8s.io/v1alpha1",
            "kind": "Stage",
            "metadata": {"name": f"collect-{kind.lower()}"},
            "spec": {
                "resourceRef": {"apiGroup": api_version, "kind": kind},
                "selector": {
                    "matchExpressions": [
                        {"jq": {"key": ".metadata.deletionTimestamp", "operator": "Exists"}},
                        {
                            "jq": {
                                "key": ".metadata.finalizers.[]",
                                "operator": "In",
                                "values": [FOREGROUND],
                            }
                        },
                    ]
                },
                "steps": [{"finalizers": {"remove": [{"value": FOREGROUND}]}}],
            },
        }
        for api_version, kind in COLLECTED
    ]
    file = cluster.folder / "garbage-collector.yaml"
    with processes.private(file) as stream:
        stream.write("\n---\n".join(map(json.dumps, stages)).encode())
    return file


def kwok_flags(cluster: Cluster) -> list[str]:
    from .binaries import MODULE

    return [
        f"--kubeconfig={cluster.kubeconfig}",
        f"--config={MODULE / 'pool-controller.yaml'}",
        f"--config={_write_garbage_collector(cluster)}",
        # It insists on some node, whether it exists or not.
        "--manage-single-node=none",
        # Without an address it serves nobody.
        "--server-address=",
        "--node-port=0",
    ]
