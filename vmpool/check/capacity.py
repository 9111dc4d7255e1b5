"""Whether the largest number of VMs fits: quotas and limits of the namespace, and its nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from decimal import Decimal
from typing import Any

from kubevirt_vm_pool.text.paths import at

from .amounts import amount, shown
from .cluster import configuration
from .disks import class_name, disk_size
from .finding import Finding, error, warning
from .selection import match
from .snapshot import Object, Resource, resource_of
from .subject import CLAIMS, DATA_VOLUMES, VMS, Subject
from .vm_size import VmSize, vm_size

QUOTAS = Resource("", "v1", "resourcequotas")
LIMITS = Resource("", "v1", "limitranges")
NODES = Resource("", "v1", "nodes")
INSTANCES = VMS._replace(plural="virtualmachineinstances")
PODS = Resource("", "v1", "pods")

# What a quota limits that is a pod's without a prefix, too.
REQUESTS = {"cpu": "requests.cpu", "memory": "requests.memory"}
OF_CLASS = ".storageclass.storage.k8s.io"
SCOPES_OF_VMS = frozenset({"NotTerminating", "NotBestEffort"})
# The feature with which KubeVirt sets limits where a quota demands them.
AUTO_LIMITS = "AutoResourceLimits"
SCHEDULABLE = "kubevirt.io/schedulable"
KVM = "devices.kubevirt.io/kvm"
HARD_EFFECTS = frozenset({"NoSchedule", "NoExecute"})


def quota(subject: Subject) -> Iterator[Finding]:
    """Compare what is to come with what every quota of the namespace has left."""
    quotas = [one for one in subject.listed(QUOTAS) if _counts_vms(one)]
    if not quotas:
        return
    size = vm_size(subject)
    # What no quota limits need not be looked at, and perhaps may not be.
    limited = {key for one in quotas for key in at(one, "spec", "hard") or {}}
    by_class = any(OF_CLASS in key for key in limited)
    of_vms = _needed_by_vms(subject, size) | (_needed_by_class(subject) if by_class else {})
    of_objects = _needed_by_objects(subject, limited)
    for one in quotas:
        name, used = one["metadata"]["name"], at(one, "status", "used") or {}
        hard = at(one, "status", "hard") or at(one, "spec", "hard") or {}
        yield from _unlimited(subject, name, hard, size)
        for said, most in hard.items():
            resource = REQUESTS.get(said, said)
            by_vms = of_vms.get(resource, Decimal(0))
            more, left = by_vms + of_objects[resource], amount(most) - amount(used.get(said))
            if more > left:
                yield error(
                    "quota-exceeded",
                    f"ResourceQuota {name} has {shown(left, resource)} of "
                    f"{shown(amount(most), resource)} {said} left, and {shown(more, resource)} "
                    f"{'are' if more != 1 else 'is'} needed{_for_vms(subject) if by_vms else ''}",
                    "ask for a larger quota, or lower the number or the size of the VMs",
                )


def _unlimited(
    subject: Subject, name: str, hard: Mapping[str, str], size: VmSize
) -> Iterator[Finding]:
    """Look at quotas of limits, by which pods without limits are refused."""
    limits = {"cpu": size.cpu_limit, "memory": size.memory_limit}
    lacking = [one for one in limits if f"limits.{one}" in hard and limits[one] is None]
    gates = at(configuration(subject), "developerConfiguration", "featureGates") or ()
    if not lacking or AUTO_LIMITS in gates or not subject.to_come:
        return
    defaults = {
        resource
        for one in subject.listed(LIMITS)
        for limit in one["spec"]["limits"]
        for resource in limit.get("default") or ()
    }
    for resource in lacking:
        if resource not in defaults:
            yield warning(
                "quota-needs-limits",
                f"ResourceQuota {name} has limits.{resource}, and the VMs have no such limit: they "
                f"are refused unless KubeVirt sets one ({AUTO_LIMITS})",
                f"set limits: {{{resource}: ...}}, or ask for a LimitRange with a default",
            )


def _counts_vms(quota: Object) -> bool:
    """Tell whether a quota counts pods such as those of VMs, or no pods."""
    spec = quota.get("spec") or {}
    scopes = [*(spec.get("scopes") or ())]
    scopes += [one["scopeName"] for one in at(spec, "scopeSelector", "matchExpressions") or ()]
    return SCOPES_OF_VMS.issuperset(scopes)


def _for_vms(subject: Subject) -> str:
    """Return for how many VMs something is needed."""
    number = subject.to_come
    now = subject.spec.most_replicas - number
    vms = f"VM{'s' * (number != 1)}"
    return f" for {number} more {vms} beside the {now} there" if now else f" for {number} {vms}"


def _needed_by_vms(subject: Subject, size: VmSize) -> dict[str, Decimal]:
    """Return what the VMs to come need, by the names that quotas have for it."""
    vms = Decimal(subject.to_come)
    each = {
        "requests.cpu": size.cpu,
        "requests.memory": size.memory,
        "limits.cpu": size.cpu_limit or Decimal(0),
        "limits.memory": size.memory_limit or Decimal(0),
        f"requests.{KVM}": Decimal(1),
        "pods": Decimal(1),
        _count(PODS): Decimal(1),
        _count(VMS): Decimal(1),
        _count(INSTANCES): Decimal(1),
        "persistentvolumeclaims": Decimal(len(subject.disks)),
        _count(CLAIMS): Decimal(len(subject.disks)),
        _count(DATA_VOLUMES): Decimal(len(subject.disks)),
    }
    each["requests.storage"] = sum((disk_size(subject, one) for one in subject.disks), Decimal(0))
    return {name: number * vms for name, number in each.items()}


def _needed_by_class(subject: Subject) -> dict[str, Decimal]:
    """Return what the disks to come need of each StorageClass."""
    found: dict[str, Decimal] = {}
    for disk in subject.disks:
        of_class = f"{class_name(subject, disk)}{OF_CLASS}"
        for what, each in (
            ("requests.storage", disk_size(subject, disk)),
            ("persistentvolumeclaims", Decimal(1)),
        ):
            name = f"{of_class}/{what}"
            found[name] = found.get(name, Decimal(0)) + each * subject.to_come
    return found


def _needed_by_objects(subject: Subject, limited: Set[str]) -> Counter[str]:
    """Return how many objects beside VMs are to come, by the names that quotas have for them.

    limited: the names that quotas have at all.
    """
    needed: Counter[str] = Counter()
    for manifest in subject.objects.values():
        resource = resource_of(manifest)
        place, name = manifest["metadata"].get("namespace"), manifest["metadata"]["name"]
        names = limited & set(_names_of(manifest, resource))
        if not names or place != subject.namespace:
            continue
        if not subject.cluster.there(resource, place, name):
            needed.update(names)
    return needed


def _names_of(manifest: Object, resource: Resource) -> list[str]:
    """Return what quotas call an object."""
    names = [_count(resource)]
    if not resource.group and resource.plural in {"secrets", "configmaps", "services"}:
        names.append(resource.plural)
    kind = at(manifest, "spec", "type") if resource.plural == "services" else None
    if kind == "LoadBalancer":
        names.append("services.loadbalancers")
    if kind in {"LoadBalancer", "NodePort"}:
        names.append("services.nodeports")
    return names


def _count(resource: Resource) -> str:
    return f"count/{resource.plural}" + (f".{resource.group}" if resource.group else "")


def limit_ranges(subject: Subject) -> Iterator[Finding]:
    """Look at what one pod, its container and one disk may have in the namespace."""
    ranges = subject.listed(LIMITS)
    if not ranges:
        return
    size = vm_size(subject)
    for one in ranges:
        name = one["metadata"]["name"]
        for limit in one["spec"]["limits"]:
            if limit["type"] == "PersistentVolumeClaim":
                for disk in subject.disks:
                    bytes_ = disk_size(subject, disk)
                    yield from _beyond(name, limit, {"storage": bytes_}, "a VM's disk")
            else:
                pod = limit["type"] == "Pod"
                cpu, memory = (size.cpu, size.memory) if pod else size.compute
                asked = {"cpu": cpu, "memory": memory}
                yield from _beyond(name, limit, asked, "a VM")
                yield from _by_default(name, limit, asked, size)


def _beyond(name: str, limit: Object, asked: Mapping[str, Decimal], what: str) -> Iterator[Finding]:
    for resource, number in asked.items():
        most, least = at(limit, "max", resource), at(limit, "min", resource)
        wanted = f"{what} asks for {shown(number, resource)} {resource}"
        if most is not None and number > amount(most):
            yield error(
                "limit-range-exceeded",
                f"LimitRange {name} allows at most {most}, and {wanted}",
                "ask for a larger limit, or lower the size of the VMs",
            )
        if least is not None and number < amount(least):
            yield error(
                "limit-range-exceeded",
                f"LimitRange {name} wants at least {least}, and {wanted}",
                "ask for a smaller limit, or raise the size of the VMs",
            )


def _by_default(
    name: str, limit: Object, asked: Mapping[str, Decimal], size: VmSize
) -> Iterator[Finding]:
    """Look at the limits that a container gets that has none: below its request it is refused."""
    own = {"cpu": size.cpu_limit, "memory": size.memory_limit}
    for resource, said in (limit.get("default") or {}).items():
        number, most = asked.get(resource), at(limit, "max", resource)
        if number is None or (most is not None and number > amount(most)):
            # Kubernetes makes a default of max, and what is beyond that is told.
            continue
        if own[resource] is None and number > amount(said):
            yield error(
                "limit-range-default",
                f"LimitRange {name} limits a VM to {said} {resource} by default, and it asks for "
                f"{shown(number, resource)}",
                f"set limits: {{{resource}: ...}} to what it asks for or more, or ask for a larger "
                "default",
            )


def nodes(subject: Subject) -> Iterator[Finding]:
    """Look for a node that would take one VM if it were empty."""
    known = subject.cluster.list(NODES)
    reasons = [list(_obstacles(subject, node)) for node in known]
    if not all(reasons):
        return
    yield error(
        "no-node-fits",
        _none(Counter(those[0] for those in reasons)),
        "correct tolerations, nodeSelector, memory or cores, or add a node "
        "(`kubectl get nodes -L kubevirt.io/schedulable`)",
    )


def _none(told: Counter[str]) -> str:
    """Return that no node takes a VM. told: reasons, and how many nodes they are about."""
    number = told.total()
    if number < 2:
        return (
            "".join(f"the only node takes no VM: it is {one}" for one in told) or "no node is there"
        )
    some = "; ".join(f"{count} {reason}" for reason, count in told.most_common())
    return f"none of {number} nodes takes a VM: {some}"


def _obstacles(subject: Subject, node: Object) -> Iterator[str]:
    """Yield why a node does not take a VM, what is most telling first."""
    labels, spec = node["metadata"].get("labels") or {}, node.get("spec") or {}
    room = at(node, "status", "allocatable") or {}
    conditions = at(node, "status", "conditions") or ()
    if not any(one["type"] == "Ready" and one["status"] == "True" for one in conditions):
        yield "not ready"
    for taint in spec.get("taints") or ():
        if taint["effect"] in HARD_EFFECTS and not _tolerated(subject, taint):
            value = f"={taint['value']}" if taint.get("value") else ""
            yield f"with taint {taint['key']}{value}:{taint['effect']}"
    wanted = subject.guest.get("nodeSelector") or {}
    if any(labels.get(key) != value for key, value in wanted.items()):
        yield f"without {', '.join(f'{key}={value}' for key, value in wanted.items())}"
    if not _by_affinity(subject, node):
        yield "excluded by affinity"
    if labels.get(SCHEDULABLE) != "true":
        yield "without KubeVirt (label kubevirt.io/schedulable)"
    emulated = at(configuration(subject), "developerConfiguration", "useEmulation") is True
    if not emulated and amount(room.get(KVM)) < 1:
        yield "without KVM"
    size = vm_size(subject)
    for resource, number in (("cpu", size.cpu), ("memory", size.memory)):
        if amount(room.get(resource)) < number:
            yield f"with less than {shown(number, resource)} {resource}"
    for device, count in _devices(subject).items():
        if amount(room.get(device)) < count:
            yield f"with fewer than {count} of {device}"


def _devices(subject: Subject) -> Counter[str]:
    """Return how many devices of each kind a VM has of its node's."""
    devices = subject.guest["domain"].get("devices") or {}
    wanted = [*(devices.get("gpus") or ()), *(devices.get("hostDevices") or ())]
    return Counter(str(one["deviceName"]) for one in wanted if one.get("deviceName"))


def _tolerated(subject: Subject, taint: Mapping[str, Any]) -> bool:
    for one in subject.guest.get("tolerations") or ():
        by_key = not one.get("key") or one["key"] == taint["key"]
        by_effect = not one.get("effect") or one["effect"] == taint["effect"]
        exists = one.get("operator") == "Exists"
        if by_key and by_effect and (exists or one.get("value", "") == taint.get("value", "")):
            return True
    return False


def _by_affinity(subject: Subject, node: Object) -> bool:
    """Tell whether a node is one of those that affinity demands."""
    steps = ("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    terms = at(subject.guest, *steps, "nodeSelectorTerms")
    return terms is None or any(_fits(term, node) for term in terms)


def _fits(term: Object, node: Object) -> bool:
    labels = node["metadata"].get("labels") or {}
    fields = {"metadata.name": node["metadata"]["name"]}
    by_labels, by_fields = term.get("matchExpressions") or (), term.get("matchFields") or ()
    if not by_labels and not by_fields:
        return False
    return match(by_labels, labels) and match(by_fields, fields)
