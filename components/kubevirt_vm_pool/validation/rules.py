"""Rules that span keys of the configuration.

Each rule names the keys that it looks at, so that it can be left out while one of them is wrong by
itself, and yields a problem per violation. A rule that names no key judges every value by itself
and so copes with what is left of a configuration.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from pydantic.alias_generators import to_camel

from ..guest import cloud_init, per_replica
from ..guest.per_replica import indexed
from ..spec import quantity
from ..spec.pool import DISKS, LONGEST_SUBDOMAIN, POOL_LABEL, Specification
from .problems import Problem

Rule = Callable[[Specification, Collection[str]], Iterator[Problem]]

RULES: list[tuple[frozenset[str], Rule]] = []


def rule(*keys: str) -> Callable[[Rule], Rule]:
    """Register a rule with the keys that it looks at.

    A rule takes the specification and the keys whose values may be nobody's but the default.
    """

    def register(function: Rule) -> Rule:
        RULES.append((frozenset(keys), function))
        return function

    return register


def broken_rules(
    spec: Specification, *, unsaid: Collection[str], unsound: Collection[str]
) -> Iterator[Problem]:
    """Yield the violations of all rules that look at no unsound key."""
    for keys, check in RULES:
        if keys.isdisjoint(unsound):
            yield from check(spec, unsaid)


@rule("autoscaling", "replicas")
def _replicas_within_autoscaling(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
    if spec.autoscaling is None:
        return
    least, most = spec.autoscaling.min_replicas, spec.autoscaling.max_replicas
    if least and least > most:
        yield Problem(
            "autoscaling.minReplicas",
            f"is above autoscaling.maxReplicas ({most})",
            f"lower it to {most} or less, or raise maxReplicas",
            least,
        )
    elif spec.replicas == 0 or "replicas" in unsaid:
        return
    elif spec.replicas > most:
        yield Problem(
            "replicas",
            f"is above autoscaling.maxReplicas ({most}), so the HPA would lower it at once",
            f"set {least or 1} to {most} (or 0 to park the pool), or raise maxReplicas",
            spec.replicas,
        )
    elif least and spec.replicas < least:
        yield Problem(
            "replicas",
            f"is below autoscaling.minReplicas ({least}), so the HPA would raise it at once",
            f"set {least} to {most} (or 0 to park the pool), or lower minReplicas",
            spec.replicas,
        )


@rule("instancetype", "cores", "memory", "cpuRequest", "autoscaling")
def _instancetype_sets_the_size(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
    """KubeVirt refuses a VM that sets what its instancetype sets (pkg/instancetype/apply)."""
    if spec.instancetype is None:
        return
    for key, value in {
        "cores": spec.cores,
        "memory": spec.memory,
        "cpuRequest": spec.cpu_request,
    }.items():
        if value is not None and key not in unsaid:
            yield Problem(
                key,
                f"conflicts with instancetype ({spec.instancetype.name}), which sets it",
                f"remove {key}, or remove instancetype",
                value,
            )
    if spec.autoscaling and spec.autoscaling.target_cpu_utilization_percentage:
        yield Problem(
            "autoscaling.targetCPUUtilizationPercentage",
            "is measured against the CPU request, which an instancetype does not let anybody set "
            "and which is a tenth of each vCPU there",
            "use targetCPUAverageValue, for instance 500m",
            spec.autoscaling.target_cpu_utilization_percentage,
        )


@rule("cpuRequest", "cores")
def _request_within_cores(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
    if spec.cpu_request is None or spec.instancetype:
        return
    if quantity.parse(spec.cpu_request) > spec.cores:
        fix = "lower it, or raise cores"
        if spec.cpu_request.isdigit() and int(spec.cpu_request) >= 100:
            fix = f"did you mean {spec.cpu_request}m?"
        yield Problem(
            "cpuRequest",
            f"is more than the VM can use (cores: {spec.cores})",
            fix,
            spec.cpu_request,
        )


@rule("service")
def _ports_differ(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
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


@rule("readinessProbe", "service")
def _a_port_to_probe(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
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


@rule("disruptionBudget", "replicas", "autoscaling")
def _a_vm_may_leave(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
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


@rule("evictionStrategy", "disk")
def _disks_can_migrate(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
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


@rule("cloneAccess", "disk", "namespace")
def _an_image_elsewhere(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
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


@rule("labels")
def _pool_label_is_taken(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
    for key in spec.labels:
        if key == POOL_LABEL:
            yield Problem(
                f"labels.{key}",
                "is the label by which the pool, its Service and its HPA know their VMs",
                "remove it",
                spec.labels[key],
            )


@rule("rollout", "kubevirtVersion")
def _rollout_is_honoured(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
    most = spec.rollout.max_unavailable
    if spec.kubevirt < (1, 6) and most not in {None, "100%"}:
        default = "is the default and " if "rollout" in unsaid else ""
        yield Problem(
            "rollout.maxUnavailable",
            f"{default}needs KubeVirt 1.6, and kubevirtVersion is {spec.kubevirt_version}, "
            "which restarts every VM at once when the template changes",
            'set "100%" to accept that, or correct kubevirtVersion (unquoted, 1.10 becomes 1.1)',
            most,
        )
    if spec.rollout.strategy and spec.kubevirt < (1, 7):
        yield _too_new("rollout.strategy", spec.rollout.strategy, "1.7", spec)


@rule("scaleIn", "kubevirtVersion")
def _scale_in_is_honoured(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
    """KubeVirt 1.6 had scaleInStrategy with other member names; the shape of today is 1.7's."""
    for key, value in {
        "scaleIn.order": spec.scale_in.order,
        "scaleIn.keepDisks": spec.scale_in.keep_disks,
    }.items():
        if value and spec.kubevirt < (1, 7):
            yield _too_new(key, value, "1.7", spec)


@rule("poolApiVersion", "kubevirtVersion")
def _api_version_is_served(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
    if spec.pool_api_version == "v1beta1" and spec.kubevirt < (1, 7):
        yield _too_new("poolApiVersion", spec.pool_api_version, "1.7", spec)


def _too_new(key: str, value: object, since: str, spec: Specification) -> Problem:
    return Problem(
        key,
        f"needs KubeVirt {since}, and kubevirtVersion is {spec.kubevirt_version}",
        f"remove {key}, or correct kubevirtVersion",
        value,
    )


@rule("perReplica", "kubevirtVersion")
def _indices_are_appended(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
    """KubeVirt appends the index to volumes' names since 1.5, to cloud-init's since 1.8."""
    own = spec.per_replica
    for said, key, since, why in (
        (own.cloud_init, "perReplica", (1, 8), "cloud-init's Secret is the same for all VMs"),
        (own.secrets, "perReplica.secrets", (1, 5), "Secrets are the same for all VMs"),
        (own.config_maps, "perReplica.configMaps", (1, 5), "ConfigMaps are the same for all VMs"),
    ):
        if said and spec.kubevirt < since:
            yield Problem(
                key,
                f"needs KubeVirt {since[0]}.{since[1]}, and kubevirtVersion is "
                f"{spec.kubevirt_version}, where {why}",
                f"remove {key}, or correct kubevirtVersion",
            )


@rule("perReplica")
def _something_differs(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
    own = spec.per_replica
    if own.on or not (own.values or own.generate or "perReplica" not in unsaid):
        return
    yield Problem(
        "perReplica",
        "has nothing that differs from VM to VM",
        "add hostname, password, config, userData, networkData, configMaps or secrets, or remove "
        "perReplica",
    )


@rule("perReplica")
def _values_by_index(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
    values = spec.per_replica.values
    for key in values if isinstance(values, dict) else ():
        if not re.fullmatch("0|[1-9][0-9]*", key):
            yield Problem(
                f"perReplica.values.{key}",
                "is no index of a replica",
                "write the values as a list, or with indices for keys: 0, 1 and so on",
            )


@rule("perReplica", "cloudInit")
def _documents_can_be_merged(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
    own, shared = spec.per_replica, spec.cloud_init.user_data
    members = {"hostname": own.hostname, "password": own.password, "config": own.config}
    said = [f"perReplica.{key}" for key, value in members.items() if value]
    if own.user_data is not None and said:
        yield Problem(
            "perReplica.userData",
            f"is the whole document, and {', '.join(said)} would have no place in it",
            "move all of it into userData, or leave out userData",
        )
    elif said and shared is not None and not cloud_init.is_cloud_config(shared):
        yield Problem(
            said[0],
            "is merged into the shared cloud-config, and cloudInit.userData is none",
            "use perReplica.userData",
        )


@rule("volumes")
def _disks_differ(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
    taken = {name: "the name of a disk that each VM has" for name in DISKS}
    for index, volume in enumerate(spec.volumes):
        key = f"volumes[{index}].name"
        if volume.name in taken:
            yield Problem(key, f"is {taken[volume.name]}", "give it another one", volume.name)
        taken.setdefault(volume.name, f"the name of volumes[{index}] too")


@rule("volumes", "perReplica")
def _own_objects_are_mounted(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
    """KubeVirt appends the index to all names of a kind, or to none."""
    for kind, member, made, appends in (
        ("Secret", "secrets", spec.per_replica.secrets, spec.appends_to_secrets),
        ("ConfigMap", "configMaps", spec.per_replica.config_maps, spec.appends_to_config_maps),
    ):
        mounted = {
            volume.mounted: f"volumes[{index}]"
            for index, volume in enumerate(spec.volumes)
            if (volume.secret is not None) == (kind == "Secret")
        }
        example = "secret: {secretName: %s}" if kind == "Secret" else "configMap: {name: %s}"
        for name in made:
            if name not in mounted:
                yield Problem(
                    f"perReplica.{member}.{name}",
                    "is mounted by no VM",
                    f"add it to volumes: - {{name: {name.replace('.', '-')}, {example % name}}}",
                )
        for name, key in mounted.items():
            if appends and name not in made:
                yield Problem(
                    key,
                    f"is looked for as {name}-<index> by each VM: KubeVirt appends the index to "
                    f"all {kind}s of a VM, or to none",
                    f"add perReplica.{member}.{name} ({{}} if somebody else makes them)",
                    name,
                )


@rule("cloudInit", "perReplica", "autoscaling", "replicas", "name")
def _own_objects_have_own_names(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
    own, appends = spec.per_replica, spec.appends_to_secrets
    documents = "cloudInit.secretName"
    names = [(documents, spec.secret_name)]
    names += [(documents, indexed(spec.secret_name, index)) for index in spec.indices if appends]
    names += [("perReplica.generate", spec.generated_name)] if own.generate else []
    names += [
        (f"perReplica.secrets.{name}", indexed(name, index))
        for name in own.secrets
        for index in spec.indices
    ]
    owners: dict[str, str] = {}
    for key, name in names:
        owner = owners.setdefault(name, key)
        if owner != key:
            rule = f"makes a Secret called {name}, and so does {owner}"
            yield Problem(key, rule, "give it another name")
            return


@rule("cloudInit", "perReplica", "autoscaling", "replicas")
def _indexed_names_fit(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
    own = spec.per_replica
    names = {"cloudInit.secretName": spec.secret_name} if spec.appends_to_secrets else {}
    names |= {f"perReplica.secrets.{name}": name for name in own.secrets}
    names |= {f"perReplica.configMaps.{name}": name for name in own.config_maps}
    for key, name in names.items():
        longest = len(indexed(name, len(spec.indices) - 1))
        if longest > LONGEST_SUBDOMAIN:
            yield Problem(
                key,
                f"has {longest} characters with the last index, and at most {LONGEST_SUBDOMAIN} "
                "are possible: it is an RFC 1123 subdomain",
                f"shorten it by {longest - LONGEST_SUBDOMAIN}",
            )


@rule()
def _replicas_can_be_filled_in(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
    yield from per_replica.problems(spec)


@rule()
def _cloud_init_documents(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
    yield from cloud_init.problems(spec)


@rule("cloudInit", "password")
def _somebody_can_log_in(spec: Specification, unsaid: Collection[str]) -> Iterator[Problem]:
    yield from cloud_init.no_login(spec)
