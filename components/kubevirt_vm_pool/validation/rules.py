"""Rules that span keys of the configuration.

Each rule names the keys that it looks at, so that it can be left out while one of them is wrong by
itself, and yields a problem per violation. A rule that names no key judges every value by itself
and so copes with what is left of a configuration.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Set

from ..spec import quantity
from ..spec.names import POOL_LABEL
from ..spec.pool import PoolSpec
from . import (
    cloud_init_rules,
    disk_rules,
    network_rules,
    replica_rules,
    scaling_rules,
    service_rules,
    size_rules,
    template,
    version_rules,
    vm_rules,
)
from .problems import Problem
from .rule import Rule


def _instancetype_sets_the_size(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    """KubeVirt refuses a VM that sets what its instancetype sets (pkg/instancetype/apply)."""
    if spec.instancetype is None:
        return
    for key, value in {
        "cores": spec.cores,
        "memory": spec.memory if isinstance(spec.memory, str) else None,
        "cpuRequest": spec.cpu_request,
    }.items():
        if value is not None and key not in defaulted:
            yield Problem(
                key,
                f"conflicts with instancetype ({spec.instancetype.name}), which sets it",
                f"remove {key}, or remove instancetype",
                value,
            )
    for path in size_rules.sizes(spec):
        yield Problem(
            path,
            f"conflicts with instancetype ({spec.instancetype.name}), which sets it",
            f"remove {path}, or remove instancetype",
        )


def _request_within_cores(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    if spec.cpu_request is None or spec.vcpus is None:
        return
    if quantity.parse(spec.cpu_request) > spec.vcpus:
        fix = "lower it, or raise cores"
        if spec.cpu_request.isdigit() and int(spec.cpu_request) >= 100:
            fix = f"did you mean {spec.cpu_request}m?"
        yield Problem(
            "cpuRequest",
            f"is more than the VM can use ({size_rules.told_vcpus(spec)})",
            fix,
            spec.cpu_request,
        )


def _a_vm_may_leave(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    if spec.disruption_budget is None or spec.replicas == 0:
        return
    kept, least = spec.disruption_budget.min_available, spec.initial_replicas
    if kept < least:
        return
    said_by = "autoscaling.minReplicas" if spec.autoscaled else "replicas"
    yield Problem(
        "disruptionBudget.minAvailable",
        f"lets no VM leave while the pool has {least} ({said_by}), so that the drain of a node "
        "would wait for ever",
        (f"lower minAvailable to {least - 1}" if least > 1 else "remove disruptionBudget")
        + f", or raise {said_by} to {kept + 1} or more",
        kept,
    )


def _pool_label_is_taken(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    for key in spec.labels:
        if key == POOL_LABEL:
            yield Problem(
                f"labels.{key}",
                "is the label by which the pool, its Service and its HPA know their VMs",
                "remove it",
                spec.labels[key],
            )


# In the order in which they are asked.
RULES = (
    Rule(("autoscaling", "replicas"), scaling_rules.replicas_within_autoscaling),
    Rule(("autoscaling", "perReplica"), scaling_rules.largest_number_is_known),
    Rule(
        ("instancetype", "cores", "memory", "cpuRequest", "cpu", "requests", "limits"),
        _instancetype_sets_the_size,
    ),
    Rule(("autoscaling", "instancetype"), scaling_rules.share_of_cpu_is_one_of_a_core),
    Rule(("autoscaling", "hookSidecars"), scaling_rules.sidecars_request_no_cpu),
    Rule(("cpuRequest", "cores", "cpu"), _request_within_cores),
    *vm_rules.RULES,
    Rule(("service", "services"), service_rules.ports_differ),
    Rule(("service", "services"), service_rules.fields_fit_the_type),
    Rule(("services", "name"), service_rules.names_of_services_fit),
    Rule(("readinessProbe", "service", "services", "networks"), service_rules.a_port_to_probe),
    Rule(
        ("networkPolicy", "service", "services", "networks"),
        service_rules.a_service_for_the_policy,
    ),
    *network_rules.RULES,
    *cloud_init_rules.RULES,
    Rule(("disruptionBudget", "replicas", "autoscaling"), _a_vm_may_leave),
    Rule(("disk", "containerDisk", "ephemeral"), disk_rules.one_to_boot_from),
    Rule(("disks", "volumes", "serviceAccountName"), disk_rules.names_are_free),
    Rule(("disks",), disk_rules.devices_work),
    Rule(
        ("disk", "containerDisk", "ephemeral", "disks", "networks"), disk_rules.boot_orders_differ
    ),
    Rule(("disks", "serviceAccountName"), disk_rules.one_service_account),
    Rule(("disk", "disks", "kubevirtVersion"), disk_rules.platforms_are_known),
    Rule(("scaleIn", "disk", "disks"), disk_rules.disks_to_keep),
    Rule(("evictionStrategy", "disk", "disks"), disk_rules.disks_can_migrate),
    Rule(
        ("cloneAccess", "disk", "disks", "namespace", "template", "name"),
        disk_rules.an_image_elsewhere,
    ),
    Rule(("labels",), _pool_label_is_taken),
    Rule(("rollout", "kubevirtVersion"), version_rules.rollout_is_honoured),
    Rule(("scaleIn", "kubevirtVersion"), version_rules.scale_in_is_honoured),
    Rule(("poolApiVersion", "kubevirtVersion"), version_rules.api_version_is_served),
    Rule(("perReplica", "kubevirtVersion"), replica_rules.indices_are_appended),
    Rule(("perReplica",), replica_rules.something_differs),
    Rule(("perReplica",), replica_rules.values_by_index),
    Rule(("perReplica", "cloudInit"), replica_rules.documents_can_be_merged),
    Rule(("volumes",), replica_rules.disks_differ),
    Rule(("volumes", "disks", "perReplica"), replica_rules.own_objects_are_mounted),
    Rule(
        ("cloudInit", "perReplica", "autoscaling", "replicas", "name"),
        replica_rules.own_objects_have_own_names,
    ),
    Rule(("cloudInit", "perReplica", "autoscaling", "replicas"), replica_rules.indexed_names_fit),
    Rule(
        ("template", "kubevirtVersion", "name", "namespace", "disk", "disks", "containerDisk")
        + ("ephemeral", "volumes", "readinessProbe", "instancetype", "service", "autoscaling")
        + ("perReplica", "cloudInit", "rollout", "evictionStrategy", "gpus", "hostDevices")
        + ("accessCredentials", "serviceAccountName"),
        template.problems_of_the_whole,
    ),
    Rule((), replica_rules.replicas_can_be_filled_in),
    Rule((), replica_rules.cloud_init_documents),
)


def broken_rules(
    spec: PoolSpec, *, defaulted: Collection[str], unsound: Set[str]
) -> Iterator[Problem]:
    """Yield the violations of all rules that look at no unsound key."""
    for rule in RULES:
        if unsound.isdisjoint(rule.keys):
            yield from rule.broken(spec, defaulted)
