"""Rules on who scales a pool, and by what."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..spec.pool import PoolSpec
from .problems import Problem

TENTH = (
    "is measured against the CPU request, which an instancetype does not let anybody set and which "
    "is a tenth of each vCPU there"
)


def replicas_within_autoscaling(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    scaling = spec.autoscaling
    if scaling is None:
        return
    least, most = scaling.min_replicas, scaling.max_replicas
    who = "whoever scales the pool" if scaling.external else "the HPA"
    if most is None and not scaling.external:
        yield Problem("autoscaling.maxReplicas", "is missing", "add maxReplicas")
    elif most is not None and least and least > most:
        yield Problem(
            "autoscaling.minReplicas",
            f"is above autoscaling.maxReplicas ({most})",
            f"lower it to {most} or less, or raise maxReplicas",
            least,
        )
    elif spec.replicas == 0 or "replicas" in defaulted:
        return
    elif most is not None and spec.replicas > most:
        yield Problem(
            "replicas",
            f"is above autoscaling.maxReplicas ({most}), so {who} would lower it at once",
            f"set {least or 1} to {most} (or 0 to park the pool), or raise maxReplicas",
            spec.replicas,
        )
    elif least and spec.replicas < least:
        up_to = f"{least} to {most}" if most is not None else f"{least} or more"
        yield Problem(
            "replicas",
            f"is below autoscaling.minReplicas ({least}), so {who} would raise it at once",
            f"set {up_to} (or 0 to park the pool), or lower minReplicas",
            spec.replicas,
        )


def largest_number_is_known(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    """What VMs have of their own is made for every index that there may be."""
    scaling = spec.autoscaling
    if scaling and scaling.external and scaling.max_replicas is None and spec.per_replica.on:
        yield Problem(
            "autoscaling.maxReplicas",
            "is missing, and perReplica makes objects for as many VMs as there may be",
            "add the largest number that whoever scales the pool may set (KEDA: maxReplicaCount)",
        )


def share_of_cpu_is_one_of_a_core(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    scaling = spec.autoscaling
    if scaling is None or spec.instancetype is None:
        return
    if scaling.target_cpu_utilization_percentage:
        yield Problem(
            "autoscaling.targetCPUUtilizationPercentage",
            TENTH,
            "use targetCPUAverageValue, for instance 500m",
            scaling.target_cpu_utilization_percentage,
        )
    elif scaling.measures_cpu_share:
        yield Problem(
            "autoscaling.metrics",
            f"aims at a Utilization of cpu, which {TENTH}",
            "use target: {type: AverageValue, averageValue: 500m}",
        )


def sidecars_request_no_cpu(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    """A container without requests makes a whole pod's utilization unknown (replica_calculator.go).

    KubeVirt gives hook sidecars none (renderresources.go).
    """
    scaling = spec.autoscaling
    if scaling is None or not spec.hook_sidecars:
        return
    rule = (
        "is a share of what all containers of a pod request, and KubeVirt's hookSidecars request "
        "none, so that the HPA would never know it"
    )
    fix = (
        "use metrics: [{type: ContainerResource, containerResource: {name: cpu, container: compute,"
        " target: {type: Utilization, averageUtilization: 50}}}]"
    )
    if scaling.target_cpu_utilization_percentage:
        yield Problem(
            "autoscaling.targetCPUUtilizationPercentage",
            rule,
            fix,
            scaling.target_cpu_utilization_percentage,
        )
    if any(
        kind == "Resource" and target.get("type") == "Utilization"
        for kind, _, target in scaling.resource_metrics
    ):
        yield Problem("autoscaling.metrics", f"has a Utilization, which {rule}", fix)
