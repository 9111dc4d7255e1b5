"""Rules that span keys of the configuration.

Each rule names the keys that it looks at, so that it can be left out while one of them is wrong by
itself, and yields a problem per violation. A rule that names no key judges every value by itself
and so copes with what is left of a configuration.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Set

from ..spec.disk import SYSTEM_DISK
from ..spec.names import POOL_LABEL
from ..spec.pool import PoolSpec
from ..spec.scheduling import Matcher
from ..text.paths import at
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
                f"conflicts with instancetype ({spec.instancetype.told}), which sets it",
                f"remove {key}, or remove instancetype",
                value,
            )
    for path in size_rules.sizes(spec):
        yield Problem(
            path,
            f"conflicts with instancetype ({spec.instancetype.told}), which sets it",
            f"remove {path}, or remove instancetype",
        )


def _an_image_has_the_label(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    """KubeVirt looks at what a VM's own disk is made from (pkg/instancetype/infer/volume.go)."""
    images = {
        SYSTEM_DISK if key == "disk" else key.removeprefix("disks."): (key, disk.source)
        for key, (_, disk) in spec.own_disks.items()
    }
    if at(spec.template, "template", "spec", "volumes") or "dataVolumeTemplates" in spec.template:
        return
    for key in ("instancetype", "preference"):
        matcher: Matcher | None = getattr(spec, key)
        if matcher is None or matcher.infer_from_volume is None:
            continue
        path, volume = f"{key}.inferFromVolume", matcher.infer_from_volume
        disk, source = images.get(volume, ("", None))
        if not source:
            known = ", ".join(images) or "there are none"
            rule = f"is no disk of each VM's own ({known})"
            yield Problem(path, rule, "name one of them, or write name in its place", volume)
        elif not source.image and matcher.infer_from_volume_failure_policy != "Ignore":
            rule = f"is made from {disk}.source, where KubeVirt finds no label"
            fix = "make it from pvc, snapshot or dataSource, or write name in its place"
            yield Problem(path, rule, fix, volume)


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
    Rule(("instancetype", "preference", "disk", "disks", "template"), _an_image_has_the_label),
    Rule(("autoscaling", "instancetype"), scaling_rules.share_of_cpu_is_one_of_a_core),
    Rule(("autoscaling", "hookSidecars"), scaling_rules.sidecars_request_no_cpu),
    Rule(("cpuRequest", "cores", "cpu", "template"), size_rules.request_is_no_slip),
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
