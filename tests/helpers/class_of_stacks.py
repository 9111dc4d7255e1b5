"""A class of users whose stacks are in every state, on one control plane: for tests of status."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from configurations import MARKER
from kubevirt_cluster import (
    claim,
    condition,
    delete,
    instance,
    make_namespace,
    measured,
    patch,
    put,
    vm,
    volume,
    warning,
)
from kubevirt_vm_pool.manifests.objects import objects

from vmpool.controlplane.client import Cluster
from vmpool.stack import stack_files

STACK = f"""\
config:
  name: web
  replicas: 2
  password: {MARKER}
  cloudInit: {{user: student}}
  disk: {{size: 6Gi, source: {{pvc: {{name: golden}}}}}}
"""
SCALED = "  autoscaling: {minReplicas: 2, maxReplicas: 5, targetCPUUtilizationPercentage: 50}\n"
TAINT = (
    "0/3 nodes are available: 3 node(s) had untolerated taint {baremetal: true}. preemption: 0/3 "
    "nodes are available"
)
NO_METRICS = (
    "the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get "
    "metrics for resource cpu: no metrics returned from resource metrics API"
)
# Worst first, as a report has them.
STATES = {
    "eve": "not seen",
    "bob": "not ready",
    "dave": "not up",
    "carol": "drifted",
    "frank": "not scaling",
    "alice": "ready",
}


@dataclass(frozen=True)
class Class:
    """root: the folder of the stack files. cluster: where they are up."""

    root: Path
    cluster: Cluster

    def write(self, name: str, more: str = "") -> None:
        """Write a stack's file."""
        text = STACK + textwrap.indent(textwrap.dedent(more), "  ")
        (self.root / f"Pulumi.{name}.yaml").write_text(text, encoding="utf-8")

    def bring_up(self, name: str, *, ready: int = 2, scaled: Any = None) -> dict[str, Any]:
        """Create a stack's objects, with a status where it counts; return the pool.

        scaled: the status of its HPA.
        """
        made = objects(stack_files.read(name, self.root).specification())
        for manifest in made.values():
            kind = manifest["kind"]
            if kind == "Namespace":
                continue
            if kind == "VirtualMachinePool":
                number = {"readyReplicas": ready} if ready else {}
                manifest = {**manifest, "status": {"replicas": 2, **number}}
            if kind == "HorizontalPodAutoscaler" and scaled:
                manifest = {**manifest, "status": scaled}
            put(self.cluster, manifest)
        return dict(made["pool"])

    def run(self, pool: dict[str, Any], index: int) -> None:
        """Let a VM of a pool run, with its disk."""
        disk = volume(pool, index, "Succeeded", "100.0%")
        node, address = f"node-{index + 1}", f"10.244.{index + 1}.17"
        for one in (vm(pool, index), instance(pool, index, node, address), disk):
            put(self.cluster, one)
        put(self.cluster, claim(disk, "6Gi"))


def begun(cluster: Cluster, root: Path) -> Class:
    """Return a class whose stacks are in the states of STATES."""
    made = Class(root, cluster)
    for name in STATES:
        make_namespace(cluster, name)
    made.write("alice", SCALED)
    alice = made.bring_up("alice", scaled=measured(31, condition("ScalingActive", "True")))
    made.write("bob")
    bob = made.bring_up("bob", ready=1)
    made.write("carol")
    carol = made.bring_up("carol")
    made.write("dave")
    (root / "Pulumi.eve.yaml").write_text("config: {replicas: many}\n", encoding="utf-8")
    made.write("frank", SCALED)
    inactive = condition("ScalingActive", "False", NO_METRICS, "FailedGetResourceMetric")
    frank = made.bring_up("frank", scaled=measured(0, inactive) | {"currentMetrics": []})
    for pool in (alice, carol, frank):
        made.run(pool, 0)
        made.run(pool, 1)
    made.run(bob, 0)
    put(cluster, vm(bob, 1, "ErrorUnschedulable", condition("PodScheduled", "False", TAINT)))
    put(cluster, volume(bob, 1, "CloneInProgress", "41.5%"))
    put(
        cluster,
        warning("bob", "Pod", "virt-launcher-web-1-x7k2p", "FailedScheduling", TAINT),
    )
    delete(cluster, "Service", "carol", "web")
    cores = {"template": {"spec": {"domain": {"cpu": {"cores": 2}}}}}
    change = {"spec": {"virtualMachineTemplate": {"spec": cores}}}
    patch(cluster, "VirtualMachinePool", "carol", "web", change)
    return made
