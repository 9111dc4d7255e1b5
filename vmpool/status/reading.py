"""From what a cluster holds to how a stack is doing; nothing here has a way out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kubevirt_vm_pool.cluster.diagnosis import is_ready, reasons, reasons_by_vm
from kubevirt_vm_pool.cluster.kubectl import POOLS
from kubevirt_vm_pool.cluster.wait import VMS
from kubevirt_vm_pool.effects.pool_fields import data_volume_templates
from kubevirt_vm_pool.effects.pool_fields import replicas as replicas_of
from kubevirt_vm_pool.manifests.roles import Role
from kubevirt_vm_pool.outputs import exports
from kubevirt_vm_pool.spec.pool import PoolSpec
from kubevirt_vm_pool.text.paths import at

from . import drift, logging_in
from .facts import Disk, Door, Drift, Scaling, StackStatus, State, Vm
from .looking import OF_A_POOL, RESOURCES, Object, Seen

NO_KUBEVIRT = (
    "this cluster has no KubeVirt: no VM runs there, and nothing but numbers is to be seen"
)


@dataclass(frozen=True)
class Wanted:
    """A stack as it should be.

    objects: by role. encrypted: keys that its file holds encrypted; unread: those that could not be
    decrypted. cluster: its name in sentences.
    """

    name: str
    cluster: str
    spec: PoolSpec
    objects: Mapping[str, Any]
    encrypted: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()

    @property
    def resources(self) -> dict[str, frozenset[str]]:
        """What there is to be looked at, by namespace: those of golden images, too."""
        found = {self.spec.namespace: OF_A_POOL}
        for manifest in self.objects.values():
            if resource := RESOURCES.get(manifest["kind"]):
                namespace = manifest["metadata"]["namespace"]
                found[namespace] = found.get(namespace, frozenset()) | {resource}
        return found

    @property
    def comparable(self) -> dict[str, Any]:
        """The objects that drift is looked for in."""
        known = not self.unread and not self.spec.per_replica.generate
        return drift.comparable(
            self.objects, owns_replicas=not self.spec.autoscaled, config_maps=known
        )


def not_ready(wanted: Wanted, seen: Mapping[str, Seen]) -> bool:
    """Tell whether a pool is there with VMs that are not ready: its events say why."""
    pool = _pool(wanted.spec, seen[wanted.spec.namespace])
    return pool is not None and _ready(pool) < _asked(pool)


def status(wanted: Wanted, seen: Mapping[str, Seen], events: Seen | None = None) -> StackStatus:
    """Return how a stack is doing.

    seen: what the namespaces of Wanted.resources hold. events: the warnings in that of the pool;
    None if nobody asked for them.
    """
    spec, here = wanted.spec, seen[wanted.spec.namespace]
    known = StackStatus(wanted.name, State.UNSEEN, wanted.cluster, spec.namespace, spec.name)
    if why := here.why_hidden(POOLS):
        return replace(known, why=(why,))
    pool = _pool(spec, here)
    if pool is None:
        return replace(known, state=State.NOT_UP, why=tuple(_why_not_up(wanted, here)))
    vms = _vms_of(spec, here)
    scaling = _scaling(spec, here)
    differing, undone, unseen = _drift(wanted, seen, pool)
    warnings = events.objects if events else ()
    short = _ready(pool) < _asked(pool)
    return replace(
        known,
        state=_state(short, differing, scaling),
        wanted=_asked(pool),
        ready=_ready(pool),
        why=tuple(reasons(pool, vms, warnings)) if short else (),
        vms=tuple(_vm_facts(pool, vms, here, warnings)),
        scaling=scaling,
        drift=tuple(differing),
        undone=tuple(undone),
        disks=tuple(_disks(pool, vms, here)),
        doors=tuple(_doors(spec, here)),
        log_in=tuple(_log_in(wanted, vms)),
        notes=tuple(_notes(here, events, unseen)),
    )


def _state(short: bool, differing: Sequence[Drift], scaling: Scaling | None) -> State:
    if short:
        return State.NOT_READY
    if differing:
        return State.DRIFTED
    return State.NOT_SCALING if scaling and scaling.cannot else State.READY


def _pool(spec: PoolSpec, here: Seen) -> Object | None:
    return _named(here, "VirtualMachinePool", spec.name)


def _named(here: Seen, kind: str, name: str) -> Object | None:
    return next((one for one in here.of(kind) if one["metadata"]["name"] == name), None)


def _asked(pool: Object) -> int:
    return replicas_of(pool) or 0


def _ready(pool: Object) -> int:
    """Return how many VMs are ready; the number is absent at 0."""
    return int(at(pool, "status", "readyReplicas") or 0)


def _why_not_up(wanted: Wanted, here: Seen) -> Iterator[str]:
    if POOLS in here.unknown:
        yield "this cluster knows no VirtualMachinePool: it has no KubeVirt, or an old one"
        return
    left = [
        f"{one['kind']} {one['metadata']['name']}"
        for one in wanted.comparable.values()
        if one["metadata"].get("namespace") == wanted.spec.namespace
        and _named(here, one["kind"], one["metadata"]["name"])
    ]
    if left:
        yield (
            f"the pool is not there, and {', '.join(left)} is: somebody deleted it, or an up failed"
            f"\nmake up STACK={wanted.name}"
        )
    else:
        yield f"nothing of it is there\nmake up STACK={wanted.name}"


# --- VMs and disks -------------------------------------------------------------------------------


def _vms_of(spec: PoolSpec, here: Seen) -> list[Object]:
    """Return the VMs of a pool in the order of their indices."""
    own = spec.selector.items()
    found = [
        one
        for one in here.of("VirtualMachine")
        if own <= (one["metadata"].get("labels") or {}).items()
    ]
    return sorted(found, key=lambda one: _natural(one["metadata"]["name"]))


def _natural(name: str) -> tuple[str, int]:
    base, _, index = name.rpartition("-")
    return (base, int(index)) if index.isdigit() else (name, -1)


def _vm_facts(
    pool: Object, vms: Sequence[Object], here: Seen, events: Iterable[Object]
) -> Iterator[Vm]:
    why = reasons_by_vm(pool, vms, events)
    instances = {
        one["metadata"]["name"]: one.get("status", {}) for one in here.of("VirtualMachineInstance")
    }
    for vm in vms:
        name, running = vm["metadata"]["name"], instances.get(vm["metadata"]["name"], {})
        yield Vm(
            name,
            is_ready(vm),
            at(vm, "status", "printableStatus") or "Unknown",
            running.get("nodeName") or "",
            at(running, "interfaces", 0, "ipAddress") or "",
            vm["metadata"].get("creationTimestamp") or "",
            tuple(why.get(name, ())),
        )


def _disks(pool: Object, vms: Sequence[Object], here: Seen) -> Iterator[Disk]:
    """Yield the disks of a pool: KubeVirt appends the VM's index to each template's name."""
    templates = "|".join(map(re.escape, data_volume_templates(pool)))
    volumes = {one["metadata"]["name"]: one for one in here.of("DataVolume")}
    claims = {one["metadata"]["name"]: one for one in here.of("PersistentVolumeClaim")}
    living = {vm["metadata"]["name"] for vm in vms}
    for name in sorted(volumes.keys() | claims.keys(), key=_natural):
        found = re.fullmatch(rf"(?:{templates})-([0-9]+)", name)
        if templates and found:
            vm = f"{pool['metadata']['name']}-{found[1]}"
            volume, claim = volumes.get(name, {}), claims.get(name, {})
            yield Disk(
                name, vm if vm in living else "", _size(volume, claim), _phase(volume, claim)
            )


def _size(volume: Object, claim: Object) -> str:
    """Return the size that a disk has, else the one that was asked for."""
    asked = (
        at(volume, "spec", key, "resources", "requests", "storage") for key in ("storage", "pvc")
    )
    of_claim = at(claim, "spec", "resources", "requests", "storage")
    sizes = (at(claim, "status", "capacity", "storage"), *asked, of_claim)
    return str(next(filter(None, sizes), ""))


def _phase(volume: Object, claim: Object) -> str:
    phase = at(volume, "status", "phase") or at(claim, "status", "phase") or "Pending"
    progress = at(volume, "status", "progress")
    busy = phase != "Succeeded" and progress and progress != "N/A"
    return f"{phase} {progress}" if busy else str(phase)


# --- the autoscaler ------------------------------------------------------------------------------


def _scaling(spec: PoolSpec, here: Seen) -> Scaling | None:
    """Return the HPA of a pool, which may be somebody else's (KEDA's)."""
    for one in here.of("HorizontalPodAutoscaler"):
        target = one["spec"]["scaleTargetRef"]
        if (target["kind"], target["name"]) == ("VirtualMachinePool", spec.name):
            status = one.get("status") or {}
            return Scaling(
                one["metadata"]["name"],
                int(status.get("currentReplicas") or 0),
                int(status.get("desiredReplicas") or 0),
                int(one["spec"].get("minReplicas", 1)),
                int(one["spec"]["maxReplicas"]),
                tuple(load(one["spec"].get("metrics") or (), status.get("currentMetrics") or ())),
                _cannot(status),
            )
    return None


def load(meant: Iterable[Object], measured: Iterable[Object]) -> Iterator[str]:
    """Yield for each metric of an HPA (spec.metrics) what status.currentMetrics has of it."""
    now = {_metric(one): _amount(_source(one).get("current") or {}) for one in measured}
    for one in meant:
        target = _amount(_source(one).get("target") or {})
        yield f"{_metric(one)} {now.get(_metric(one)) or 'not measured'} of {target}"


def _source(metric: Object) -> Object:
    """Return the part of a metric that its type names: Resource's is in `resource`."""
    kind = str(metric.get("type") or "")
    found: Object = metric.get(kind[:1].lower() + kind[1:]) or {}
    return found


def _metric(metric: Object) -> str:
    source = _source(metric)
    return str(source.get("name") or at(source, "metric", "name") or metric.get("type") or "")


def _amount(value: Object) -> str:
    share = value.get("averageUtilization")
    if share is not None:
        return f"{share} %"
    return str(value.get("averageValue") or value.get("value") or "")


def _cannot(status: Object) -> str:
    for condition in status.get("conditions") or ():
        # At 0 replicas an autoscaler rests, because somebody wants it to.
        rests = condition.get("reason") == "ScalingDisabled"
        needed = condition["type"] in {"AbleToScale", "ScalingActive"}
        if needed and condition["status"] == "False" and not rests:
            said = (condition.get("reason"), condition.get("message"))
            return ": ".join(filter(None, said)) or str(condition["type"])
    return ""


# --- drift, ways in, and what was not seen -------------------------------------------------------


def _drift(
    wanted: Wanted, seen: Mapping[str, Seen], pool: Object
) -> tuple[list[Drift], list[str], dict[str, str]]:
    """Return what differs, what an up would do about it, and what was not seen, with the reason."""
    objects, live, unseen = wanted.comparable, {}, {}
    for role, manifest in list(objects.items()):
        kind, metadata = manifest["kind"], manifest["metadata"]
        place = seen[metadata["namespace"]]
        if why := place.why_hidden(RESOURCES[kind]):
            unseen[f"{kind} {metadata['name']}"] = why
            del objects[role]
        elif found := _named(place, kind, metadata["name"]):
            live[role] = dict(found)
    differing = drift.differing(objects, live)
    if not differing or Role.POOL not in live:
        return differing, [], unseen
    asked, short = _asked(pool), max(0, _asked(pool) - _ready(pool))
    return differing, drift.undone(objects, live, replicas=asked, not_ready=short), unseen


def _doors(spec: PoolSpec, here: Seen) -> Iterator[Door]:
    url = exports(spec)["url"]
    for one in spec.all_services:
        live = _named(here, "Service", one.name)
        if live is None:
            continue
        kind = str(live["spec"].get("type", "ClusterIP"))
        ports = live["spec"].get("ports") or ()
        inside = f"{one.name}.{spec.namespace}.svc.cluster.local"
        first = url if one.role == Role.SERVICE and url else _ports(inside, ports)
        yield Door(one.name, kind, (f"{first} (inside the cluster)", *_outside(kind, live, ports)))


def _outside(kind: str, service: Object, ports: Iterable[Object]) -> Iterator[str]:
    if kind == "LoadBalancer":
        given = at(service, "status", "loadBalancer", "ingress") or ()
        names = [str(one.get("ip") or one.get("hostname")) for one in given]
        yield from (_ports(name, ports) for name in names)
        if not names:
            yield "no address from the load balancer yet"
    elif kind == "NodePort":
        numbers = ", ".join(str(port["nodePort"]) for port in ports if port.get("nodePort"))
        yield f"port {numbers} of every node"


def _ports(host: str, ports: Iterable[Object]) -> str:
    return f"{host}:{','.join(str(port['port']) for port in ports)}"


def _log_in(wanted: Wanted, vms: Sequence[Object]) -> Iterator[str]:
    """Yield the commands that lead into the first VM that is ready, else into the first."""
    names = [vm["metadata"]["name"] for vm in sorted(vms, key=lambda vm: not is_ready(vm))]
    first = names[0] if names else f"{wanted.spec.name}-0"
    pool = wanted.objects[Role.POOL]
    return logging_in.commands(wanted.spec, pool, first, wanted.encrypted)


def _notes(here: Seen, events: Seen | None, unseen: Mapping[str, str]) -> Iterator[str]:
    if VMS in here.unknown:
        yield NO_KUBEVIRT
    compared = {RESOURCES[what.partition(" ")[0]].partition(".")[0] for what in unseen}
    for resource, why in {**here.hidden, **(events.hidden if events else {})}.items():
        if resource not in compared:
            yield f"{resource or 'events'} cannot be seen: {why}"
    for what, why in unseen.items():
        yield f"{what} is not compared: {why}"
