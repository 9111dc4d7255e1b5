"""What stands beside a pool, as a pool of this program has it: by role, with a note of each change.

The same fields with Kubernetes' defaults filled in, under the names that derive from the pool's.
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kubevirt_vm_pool.manifests.roles import Role
from kubevirt_vm_pool.spec.names import POOL_LABEL
from kubevirt_vm_pool.text.paths import at

from .manifests import WORKLOADS, Note, Object, told

# What an API server fills in by itself (Service, by kubectl get).
FILLED_IN: Mapping[str, Any] = {
    "sessionAffinity": "None",
    "internalTrafficPolicy": "Cluster",
    "ipFamilyPolicy": "SingleStack",
    "externalTrafficPolicy": "Cluster",
    "publishNotReadyAddresses": False,
}
HPA = "HorizontalPodAutoscaler"
# Of these a stack has one.
FOR_THE_VMS = {
    HPA: Role.AUTOSCALER,
    "PodDisruptionBudget": Role.DISRUPTION_BUDGET,
    "NetworkPolicy": Role.NETWORK_POLICY,
}


@dataclass
class Beside:
    """objects: by role. keys: what the stack file says for them. notes: what is changed."""

    objects: dict[str, Object] = field(default_factory=dict)
    keys: dict[str, Any] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def beside(pool: Object, was: str, others: Iterable[Object], *, live: bool) -> Beside:
    """Return the objects beside a pool.

    was: what the VM or pool was called in its manifest. live: whether an API server has filled in
    its defaults. Secrets are another matter: cloud_init.py.
    """
    found = Beside()
    rest = sorted(
        (one for one in others if one["kind"] != "Secret"),
        # Of two for the same the one that is called as the stack's would be.
        key=lambda one: one["metadata"].get("name") != was,
    )
    _services(found, pool, [one for one in rest if one["kind"] == "Service"], live=live)
    for one in rest:
        name = one["metadata"].get("name")
        if one["kind"] == "Service":
            continue
        first = FOR_THE_VMS.get(one["kind"]) not in found.objects
        if one["kind"] == HPA and first and _scales(one, was):
            _autoscaler(found, pool, one, live=live)
        elif one["kind"] == "ScaledObject" and _scales(one, was):
            _keda(found, pool, one)
        elif one["kind"] == "Namespace" and name == pool["metadata"]["namespace"]:
            found.keys["createNamespace"] = True
            found.objects[Role.NAMESPACE] = one
        elif one["kind"] == "PodDisruptionBudget" and first and _selects(one, pool):
            found.keys["disruptionBudget"] = {"minAvailable": at(one, "spec", "minAvailable")}
            _named(found, pool, Role.DISRUPTION_BUDGET, one, pool["metadata"]["name"])
        elif one["kind"] == "NetworkPolicy" and first and _selects(one, pool):
            ingress = at(one, "spec", "ingress") or [{}]
            found.keys["networkPolicy"] = {"from": ingress[0].get("from") or []}
            _named(found, pool, Role.NETWORK_POLICY, one, pool["metadata"]["name"])
        elif one["kind"] in {"Role", "RoleBinding"} and _role(found, pool, one):
            continue
        else:
            found.notes.append(
                Note(told(one), "is no part of a pool: it stays with whoever applies it", lost=True)
            )
    return found


def is_about(one: Object, workload: Object, around: Iterable[Object]) -> bool:
    """Tell whether an object of a VM's or pool's namespace is about it: the rest is others'.

    around: all that there is, in which an Ingress leads to Services and a RoleBinding to Roles.
    """
    kind, name = one["kind"], str(workload["metadata"]["name"])
    if kind in {HPA, "ScaledObject"}:
        return _scales(one, name) and at(one, "spec", "scaleTargetRef", "kind") in WORKLOADS
    if kind == "Role":
        rules = one.get("rules") or ()
        return any(
            name in (rule.get("resourceNames") or ()) and _of_kubevirt(rule) for rule in rules
        )
    if kind == "RoleBinding":
        role = one.get("roleRef") or {}
        mine = [other for other in around if other["kind"] == role.get("kind") == "Role"]
        return any(
            other["metadata"]["name"] == role.get("name") and is_about(other, workload, ())
            for other in mine
        )
    if kind == "Ingress":
        led_to = set(_backends(one.get("spec")))
        services = [other for other in around if other["kind"] == "Service"]
        return any(
            other["metadata"]["name"] in led_to and is_about(other, workload, ())
            for other in services
        )
    return _selects(one, workload)


def _backends(value: Any) -> Iterator[str]:
    """Yield the names of the Services that an Ingress leads to."""
    if isinstance(value, dict):
        if name := at(value, "service", "name"):
            yield str(name)
        for inner in value.values():
            yield from _backends(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _backends(inner)


def _of_kubevirt(rule: Mapping[str, Any]) -> bool:
    return any(str(group).endswith("kubevirt.io") for group in rule.get("apiGroups") or ())


def _scales(one: Object, name: str) -> bool:
    return bool(at(one, "spec", "scaleTargetRef", "name") == name)


def _selects(one: Object, workload: Object) -> bool:
    key = "podSelector" if one["kind"] == "NetworkPolicy" else "selector"
    selector = at(one, "spec", key)
    return _matches(selector if one["kind"] == "Service" else at(selector, "matchLabels"), workload)


def _matches(selector: Mapping[str, str] | None, workload: Object) -> bool:
    """Tell whether a selector is about the pods of a VM, or of a pool's VMs."""
    above = () if workload["kind"] == "VirtualMachine" else ("virtualMachineTemplate", "spec")
    labels = at(workload, "spec", *above, "template", "metadata", "labels") or {}
    return bool(selector) and (selector or {}).items() <= labels.items()


def _named(found: Beside, pool: Object, role: str, one: Object, name: str) -> Object:
    """Add an object under its role, with the name and the selector that a pool gives it."""
    made = copy.deepcopy(one)
    if made["metadata"].get("name") != name:
        found.notes.append(
            Note(told(one), f"is called {name}; the old one stays until it is deleted")
        )
        made["metadata"]["name"] = name
    made["metadata"]["namespace"] = pool["metadata"]["namespace"]
    label = {POOL_LABEL: pool["metadata"]["name"]}
    for key in ("selector", "podSelector"):
        selector = at(made, "spec", key)
        if selector is None:
            continue
        wanted = label if made["kind"] == "Service" else {"matchLabels": label}
        if selector != wanted:
            found.notes.append(
                Note(f"{told(one)}: spec.{key}", f"is {POOL_LABEL}: {pool['metadata']['name']}")
            )
            made["spec"][key] = wanted
    found.objects[role] = made
    return made


def _services(found: Beside, pool: Object, services: list[Object], *, live: bool) -> None:
    name = pool["metadata"]["name"]
    mine = []
    for one in services:
        text = "selects other pods: it is no part of this pool"
        if _matches(at(one, "spec", "selector"), pool):
            if _is_reachable(pool):
                mine.append(one)
                continue
            text = "leads to the pod network, and the VMs have none: nothing would answer"
        found.notes.append(Note(told(one), text, lost=True))
    mine.sort(key=lambda one: one["metadata"].get("name") != name)
    found.keys["service"] = False
    # Only one that leads to the VMs by the pool's name is `service`, or the only one there is.
    first = mine[:1] if mine and (mine[0]["metadata"].get("name") == name or len(mine) == 1) else []
    first = first if not (first and _key(name, first[0])) else []
    for one in mine:
        is_first = one in first
        key = "" if is_first else _key(name, one) or str(one["metadata"].get("name"))
        role = Role.SERVICE if is_first else f"{Role.SERVICE}-{key}"
        made = _named(found, pool, role, one, name if is_first else f"{name}-{key}")
        said = _service(found, pool, made, live=live)
        if is_first:
            found.keys["service"] = said
        else:
            found.keys.setdefault("services", {})[key] = said


def _is_reachable(pool: Object) -> bool:
    """Tell whether the VMs have the pod network, or what stands in its place."""
    guest = at(pool, "spec", "virtualMachineTemplate", "spec", "template", "spec")
    networks = at(guest, "networks")
    if not networks:
        return at(guest, "domain", "devices", "autoattachPodInterface") is not False
    return any("pod" in one or at(one, "multus", "default") for one in networks)


def _key(pool: str, service: Object) -> str:
    """Return what a Service is called behind the pool's name, "" if it is not."""
    name = str(service["metadata"].get("name"))
    return name.removeprefix(f"{pool}-") if name.startswith(f"{pool}-") else ""


def _service(found: Beside, pool: Object, made: Object, *, live: bool) -> Object:
    spec = made["spec"]
    if live:
        _undo_the_server(spec)
    spec.setdefault("type", "ClusterIP")
    for port in spec.get("ports") or ():
        port.setdefault("protocol", "TCP")
        target = port.get("targetPort")
        if isinstance(target, str):
            number = _port_named(pool, target)
            place = f"{told(made)}: spec.ports.{port.get('port')}.targetPort"
            if number is None:
                text = f"is {target}, which no port of the VMs is called: write its number"
                found.notes.append(Note(place, text, lost=True))
            else:
                found.notes.append(Note(place, f"is {number}, by its number"))
            port["targetPort"] = port["port"] if number is None else number
        port.setdefault("targetPort", port["port"])
    known = {key: value for key, value in spec.items() if key not in {"selector", "clusterIPs"}}
    annotations = made["metadata"].get("annotations")
    return {**known, **({"annotations": annotations} if annotations else {})}


def _undo_the_server(spec: Object) -> None:
    for key, value in FILLED_IN.items():
        if spec.get(key) == value:
            del spec[key]
    for key in ("clusterIPs", "ipFamilies", "healthCheckNodePort", "allocateLoadBalancerNodePorts"):
        spec.pop(key, None)
    if spec.get("clusterIP") != "None":
        spec.pop("clusterIP", None)


def _port_named(pool: Object, name: str) -> int | None:
    guest = at(
        pool, "spec", "virtualMachineTemplate", "spec", "template", "spec", "domain", "devices"
    )
    for interface in at(guest, "interfaces") or ():
        for port in interface.get("ports") or ():
            if port.get("name") == name:
                return int(port["port"])
    return None


def _autoscaler(found: Beside, pool: Object, one: Object, *, live: bool) -> None:
    name = pool["metadata"]["name"]
    said = str(at(one, "spec", "scaleTargetRef", "apiVersion"))
    if live and said.startswith("pool.kubevirt.io/"):
        # A server answers in a version of its own choice; this one is what somebody wrote.
        pool["apiVersion"] = said
    made = _named(found, pool, Role.AUTOSCALER, one, name)
    spec = made["spec"]
    if percent := spec.pop("targetCPUUtilizationPercentage", None):
        # autoscaling/v1
        target = {"type": "Utilization", "averageUtilization": percent}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    made["apiVersion"] = "autoscaling/v2"
    spec.setdefault("minReplicas", 1)
    wanted = {"apiVersion": pool["apiVersion"], "kind": "VirtualMachinePool", "name": name}
    if spec.get("scaleTargetRef") != wanted:
        text = f"is the pool, {name} of {pool['apiVersion']}"
        found.notes.append(Note(f"{told(one)}: spec.scaleTargetRef", text))
        spec["scaleTargetRef"] = wanted
    keys: Object = {"minReplicas": spec["minReplicas"], "maxReplicas": spec.get("maxReplicas")}
    metrics = list(spec.get("metrics") or ())
    first = at(metrics[0], "resource") if metrics and metrics[0].get("type") == "Resource" else {}
    target = at(first, "target") or {}
    if at(first, "name") == "cpu" and target.get("type") == "Utilization":
        keys["targetCPUUtilizationPercentage"] = target.get("averageUtilization")
        metrics = metrics[1:]
    elif at(first, "name") == "cpu" and target.get("type") == "AverageValue":
        keys["targetCPUAverageValue"] = str(target.get("averageValue"))
        metrics = metrics[1:]
    rest = {"metrics": metrics, "behavior": spec.get("behavior")}
    found.keys["autoscaling"] = {**keys, **{key: value for key, value in rest.items() if value}}
    _starts_at_the_least(found, pool, one)
    if "targetCPUUtilizationPercentage" in keys:
        _requests_cpu(found, pool)


def _starts_at_the_least(found: Beside, pool: Object, one: Object) -> None:
    replicas, least = pool["spec"].get("replicas"), one["spec"].get("minReplicas", 1)
    if replicas == 0:
        found.keys["replicas"] = 0
        found.notes.append(
            Note(told(one), "is not made while the pool has no VMs; it comes as soon as it has")
        )
        del found.objects[Role.AUTOSCALER]
        return
    found.keys["replicas"] = None
    if replicas != least:
        found.notes.append(
            Note(
                f"{told(pool)}: spec.replicas",
                f"begins at {least}, the autoscaler's least; it then owns the number",
            )
        )
        pool["spec"]["replicas"] = least


def _requests_cpu(found: Beside, pool: Object) -> None:
    """Say what KubeVirt would set to a tenth, against which nobody means to measure."""
    domain = at(pool, "spec", "virtualMachineTemplate", "spec", "template", "spec", "domain")
    cpu = at(domain, "cpu") or {}
    resources = domain.setdefault("resources", {})
    if "cpu" in (resources.get("requests") or {}) or "cpu" in (resources.get("limits") or {}):
        return
    if cpu.get("dedicatedCpuPlacement") or at(pool, *_VM, "instancetype"):
        return
    number = (cpu.get("cores") or 1) * (cpu.get("sockets") or 1) * (cpu.get("threads") or 1)
    resources["requests"] = {**(resources.get("requests") or {}), "cpu": str(number)}
    found.notes.append(
        Note(
            f"{told(pool)}: domain.resources.requests.cpu",
            f"is {number}, as many as CPUs, since the autoscaler measures against it: KubeVirt's "
            "own request is a tenth of each",
        )
    )


_VM = ("spec", "virtualMachineTemplate", "spec")


def _keda(found: Beside, pool: Object, one: Object) -> None:
    spec, least = one["spec"], pool["spec"].get("replicas")
    said = {"minReplicas": least or None, "maxReplicas": spec.get("maxReplicaCount")}
    found.keys["autoscaling"] = {
        "external": True,
        **{key: value for key, value in said.items() if value},
    }
    found.keys["replicas"] = None if least else 0
    found.notes.append(
        Note(told(one), "stays with whoever applies it: it scales the pool as before")
    )


def _role(found: Beside, pool: Object, one: Object) -> bool:
    """Tell whether a Role or RoleBinding is one that a pool's keys make, and say that key."""
    name, metadata = one["metadata"].get("name"), pool["metadata"]
    binding = one["kind"] == "RoleBinding"
    if name == f"{metadata['name']}-scale":
        if binding:
            found.keys["scaleRole"] = {
                "subjects": [
                    _subject(one, metadata["namespace"]) for one in one.get("subjects") or ()
                ]
            }
        found.objects[Role.SCALE_ROLE_BINDING if binding else Role.SCALE_ROLE] = one
        return True
    if name == f"clone-for-{metadata['namespace']}.{metadata['name']}":
        found.keys["cloneAccess"] = True
        found.objects[Role.CLONE_ROLE_BINDING if binding else Role.CLONE_ROLE] = one
        return True
    return False


def _subject(subject: Mapping[str, Any], namespace: str) -> Object:
    return {
        key: value
        for key, value in subject.items()
        if key != "apiGroup" and (key, value) != ("namespace", namespace)
    }


def encoded(secret: Object) -> dict[str, str]:
    """Return the data of a Secret, in base64, with what it says as text."""
    data = {key: str(value) for key, value in (secret.get("data") or {}).items()}
    for key, text in (secret.get("stringData") or {}).items():
        data[key] = base64.b64encode(str(text).encode()).decode()
    return data
