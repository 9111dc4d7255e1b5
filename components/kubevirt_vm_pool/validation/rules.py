"""Rules that span keys of the configuration.

Each rule names the keys that it looks at, so that it can be left out while one of them is wrong by
itself, and yields a problem per violation. A rule that names no key judges every value by itself
and so copes with what is left of a configuration.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Set

from pydantic.alias_generators import to_camel

from ..spec import quantity
from ..spec.names import POOL_LABEL
from ..spec.pool import PoolSpec
from . import replica_rules, scaling_rules, version_rules, vm_rules
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
    for path in vm_rules.sizes(spec):
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
            f"is more than the VM can use ({vm_rules.told_vcpus(spec)})",
            fix,
            spec.cpu_request,
        )


def _ports_differ(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    ports = spec.service.ports
    seen: dict[object, int] = {}
    for index, port in enumerate(ports):
        key = f"service.ports[{index}]"
        for what, value, member in (
            ("port", (port.port, port.protocol), port.port),
            ("name", port.name, port.name),
            (
                "nodePort",
                port.node_port and ("node", port.node_port, port.protocol),
                port.node_port,
            ),
        ):
            if value is None:
                continue
            if value in seen:
                yield Problem(
                    f"{key}.{what}",
                    f"is the {what} of service.ports[{seen[value]}] too",
                    f"give each its own {what}",
                    member,
                )
            seen.setdefault(value, index)
        if len(ports) > 1 and port.name is None:
            yield Problem(
                f"{key}.name",
                "is missing, and Kubernetes demands names where a Service has several ports",
                "add one, for instance http",
            )
        if port.node_port and spec.service.type == "ClusterIP":
            yield Problem(
                f"{key}.nodePort",
                "needs service.type NodePort or LoadBalancer, and that is ClusterIP",
                "change the type, or remove nodePort",
                port.node_port,
            )


def _a_port_to_probe(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    probe = spec.readiness_probe
    handlers = (probe.tcp_socket, probe.http_get, probe.exec, probe.guest_agent_ping)
    if not probe.enabled or any(handler is not None for handler in handlers):
        return
    if all(port.protocol != "TCP" for port in spec.service.ports):
        yield Problem(
            "readinessProbe",
            "is to connect to the first TCP port of the Service, and there is none",
            "give it a port (tcpSocket), another handler (exec, guestAgentPing), or enabled: false",
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


def _disks_can_migrate(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    """KubeVirt's webhook denies the eviction of a VM that must migrate and cannot."""
    modes = spec.disk.access_modes
    if spec.eviction_strategy == "LiveMigrate" and "ReadWriteMany" not in modes:
        yield Problem(
            "evictionStrategy",
            f"needs disks that two nodes can use at a time, and disk.accessModes is "
            f"[{', '.join(modes)}], so that the drain of a node would wait for ever",
            "use LiveMigrateIfPossible, which restarts these VMs on another node, or add "
            "ReadWriteMany",
            spec.eviction_strategy,
        )


def _an_image_elsewhere(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    if not spec.clone_access or spec.image_elsewhere:
        return
    (kind,) = (to_camel(name) for name, source in spec.disk.source if source is not None)
    place, fix = "is no object of a namespace", "remove cloneAccess"
    if kind in {"pvc", "snapshot", "dataSource"}:
        place = f"is in the pool's own ({spec.namespace}), where no right is needed"
        fix = f"remove cloneAccess, or set disk.source.{kind}.namespace"
    yield Problem(
        "cloneAccess",
        f"is for a golden image in another namespace, and disk.source.{kind} {place}",
        fix,
        True,
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
    Rule(("service",), _ports_differ),
    Rule(("readinessProbe", "service"), _a_port_to_probe),
    Rule(("disruptionBudget", "replicas", "autoscaling"), _a_vm_may_leave),
    Rule(("evictionStrategy", "disk"), _disks_can_migrate),
    Rule(("cloneAccess", "disk", "namespace"), _an_image_elsewhere),
    Rule(("labels",), _pool_label_is_taken),
    Rule(("rollout", "kubevirtVersion"), version_rules.rollout_is_honoured),
    Rule(("scaleIn", "kubevirtVersion"), version_rules.scale_in_is_honoured),
    Rule(("poolApiVersion", "kubevirtVersion"), version_rules.api_version_is_served),
    Rule(("perReplica", "kubevirtVersion"), replica_rules.indices_are_appended),
    Rule(("perReplica",), replica_rules.something_differs),
    Rule(("perReplica",), replica_rules.values_by_index),
    Rule(("perReplica", "cloudInit"), replica_rules.documents_can_be_merged),
    Rule(("volumes",), replica_rules.disks_differ),
    Rule(("volumes", "perReplica"), replica_rules.own_objects_are_mounted),
    Rule(
        ("cloudInit", "perReplica", "autoscaling", "replicas", "name"),
        replica_rules.own_objects_have_own_names,
    ),
    Rule(("cloudInit", "perReplica", "autoscaling", "replicas"), replica_rules.indexed_names_fit),
    Rule((), replica_rules.replicas_can_be_filled_in),
    Rule((), replica_rules.cloud_init_documents),
    Rule(("cloudInit", "password"), replica_rules.somebody_can_log_in),
)


def broken_rules(
    spec: PoolSpec, *, defaulted: Collection[str], unsound: Set[str]
) -> Iterator[Problem]:
    """Yield the violations of all rules that look at no unsound key."""
    for rule in RULES:
        if unsound.isdisjoint(rule.keys):
            yield from rule.broken(spec, defaulted)
