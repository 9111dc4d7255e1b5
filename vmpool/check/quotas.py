"""ResourceQuotas: whether the largest number of VMs, and whatever else is to come, has room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from kubevirt_vm_pool.text.listing import first_of
from kubevirt_vm_pool.text.paths import at

from .amounts import amount, shown
from .cluster import configuration
from .finding import Finding, error, warning
from .limits import LIMITS, with_defaults
from .nodes import KVM, devices
from .references import PRIORITIES
from .selection import match
from .snapshot import Object, Resource, UnseenError, resource_of
from .storage import class_name, disk_size
from .subject import CLAIMS, DATA_VOLUMES, VMS, Subject
from .vm_size import VmSize, vm_size

QUOTAS = Resource("", "v1", "resourcequotas")
INSTANCES = VMS._replace(plural="virtualmachineinstances")
PODS = Resource("", "v1", "pods")

# What a quota limits that is a pod's without a prefix, too.
REQUESTS = {"cpu": "requests.cpu", "memory": "requests.memory"}
STORAGE = "requests.storage"
OF_CLASS = ".storageclass.storage.k8s.io"
# The feature with which KubeVirt sets limits where a quota demands them.
AUTO_LIMITS = "AutoResourceLimits"
# A VM's pod runs for as long as it does, and requests CPU and memory.
OF_EVERY_VM = frozenset({"NotTerminating", "NotBestEffort"})
OF_NO_VM = frozenset({"Terminating", "BestEffort"})
BY_PRIORITY, BY_ATTRIBUTES = "PriorityClass", "VolumeAttributesClass"
BY_AFFINITY = "CrossNamespacePodAffinity"
LARGER = "ask for a larger quota, or lower the number or the size of the VMs"
MOST_NAMES = 5


class Room(NamedTuple):
    """What a quota has of a resource. said: as the quota calls it."""

    quota: Object
    said: str
    most: Decimal
    left: Decimal

    @property
    def resource(self) -> str:
        """The resource by its full name."""
        return REQUESTS.get(self.said, self.said)

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from others of the namespace."""
        return self.quota["metadata"]["name"], self.said

    def __str__(self) -> str:
        left, most = (shown(one, self.resource) for one in (self.left, self.most))
        name = self.quota["metadata"]["name"]
        return f"ResourceQuota {name} has {left} of {most} {self.said} left"


def quota(subject: Subject) -> Iterator[Finding]:
    """Compare what is to come with what every quota of the namespace has left."""
    quotas = [one for one in subject.listed(QUOTAS) if _counts(one, subject)]
    if not quotas:
        return
    rooms = [room for one in quotas for room in _rooms(one)]
    # What no quota limits need not be looked at, and perhaps may not be.
    limited = frozenset(room.resource for room in rooms)
    size = _size(subject, limited)
    by_vms = _needed_by_vms(subject, size, limited)
    by_objects = _needed_by_objects(subject, limited)
    for one in quotas:
        yield from _unlimited(subject, one, size)
    enough = []
    for room in rooms:
        of_vms = by_vms.get(room.resource, Decimal(0))
        more = of_vms + by_objects[room.resource]
        if more > max(room.left, Decimal(0)):
            for_vms = _for_vms(subject) if of_vms else ""
            yield error("quota-exceeded", f"{room}, and {_needed(more, room)}{for_vms}", LARGER)
        elif more:
            enough.append(room)
    yield from _together(subject, enough)


def _together(subject: Subject, rooms: list[Room]) -> Iterator[Finding]:
    """Look at what has room for a stack alone, and not for all stacks of its namespace."""
    if not subject.others:
        return
    for room in rooms:
        each = {
            stack: one.once(
                ("needed", room.quota["metadata"]["name"], room.said), partial(_needed_of, room)
            )
            for stack, one in subject.companions.items()
        }
        counted = {stack: number for stack, number in each.items() if number}
        more = sum(counted.values(), Decimal(0))
        if more > room.left:
            yield error(
                "quota-exceeded-together",
                f"{room}, and {_needed(more, room)} by these stacks together: "
                f"{first_of(list(counted), MOST_NAMES)}",
                LARGER,
            )


def _needed_of(room: Room, subject: Subject) -> Decimal:
    """Return how much of a quota's resource a stack needs."""
    if not _counts(room.quota, subject):
        return Decimal(0)
    limited = {room.resource}
    of_vms = _needed_by_vms(subject, _size(subject, limited), limited)
    return (
        of_vms.get(room.resource, Decimal(0)) + _needed_by_objects(subject, limited)[room.resource]
    )


def _size(subject: Subject, limited: Set[str]) -> VmSize:
    """Return the size of a VM, with the limits that it gets by LimitRanges where one is counted."""
    size = vm_size(subject)
    by_limits = any(name.startswith("limits.") for name in limited)
    return with_defaults(size, subject.listed(LIMITS)) if by_limits else size


def _rooms(quota: Object) -> Iterator[Room]:
    used = at(quota, "status", "used") or {}
    for said, most in (at(quota, "status", "hard") or at(quota, "spec", "hard") or {}).items():
        yield Room(quota, said, amount(most), amount(most) - amount(used.get(said)))


def _needed(more: Decimal, room: Room) -> str:
    return f"{shown(more, room.resource)} {'are' if more != 1 else 'is'} needed"


def _unlimited(subject: Subject, quota: Object, size: VmSize) -> Iterator[Finding]:
    """Look at quotas of limits, by which pods without limits are refused."""
    gates = at(configuration(subject), "developerConfiguration", "featureGates") or ()
    if AUTO_LIMITS in gates or not subject.to_come:
        return
    for resource in ("cpu", "memory"):
        hard = at(quota, "spec", "hard") or {}
        limited = all(resource in one.limits for one in size.containers)
        if f"limits.{resource}" in hard and not limited:
            yield warning(
                "quota-needs-limits",
                f"ResourceQuota {quota['metadata']['name']} has limits.{resource}, and the VMs "
                f"have no such limit: they are refused unless KubeVirt sets one ({AUTO_LIMITS})",
                f"set limits: {{{resource}: ...}}, or ask for a LimitRange with a default",
            )


def _counts(quota: Object, subject: Subject) -> bool:
    """Tell whether a quota counts pods such as those of VMs and their claims, or no pods.

    Kubernetes lets a quota have scopes only if it is about nothing else than pods or claims.
    """
    spec = quota.get("spec") or {}
    scopes = [{"scopeName": one, "operator": "Exists"} for one in spec.get("scopes") or ()]
    scopes += at(spec, "scopeSelector", "matchExpressions") or ()
    return all(_in_scope(quota, one, subject) for one in scopes)


def _in_scope(quota: Object, scope: Object, subject: Subject) -> bool:
    name = scope["scopeName"]
    expression = {**scope, "key": name}
    if name in OF_EVERY_VM | OF_NO_VM:
        return name in OF_EVERY_VM
    if name == BY_PRIORITY:
        priority = _priority(subject)
        return match([expression], {name: priority} if priority else {})
    if name == BY_ATTRIBUTES:
        # The claims of VMs have no such class.
        return match([expression], {})
    if name == BY_AFFINITY:
        return _looks_elsewhere(subject)
    raise UnseenError(
        f"ResourceQuota {quota['metadata']['name']} has a scope {name}, of which "
        "vmpool does not know whom it counts"
    )


def _priority(subject: Subject) -> str:
    """Return the PriorityClass that a VM's pod has: its own, else the cluster's default."""
    if own := subject.guest.get("priorityClassName"):
        return str(own)
    known = subject.cluster.list(PRIORITIES)
    return next((str(one["metadata"]["name"]) for one in known if one.get("globalDefault")), "")


def _looks_elsewhere(subject: Subject) -> bool:
    """Tell whether affinity of a VM's pod is about pods of other namespaces."""
    for kind in ("podAffinity", "podAntiAffinity"):
        said = at(subject.guest, "affinity", kind) or {}
        terms = [*(said.get("requiredDuringSchedulingIgnoredDuringExecution") or ())]
        preferred = said.get("preferredDuringSchedulingIgnoredDuringExecution") or ()
        terms += [one.get("podAffinityTerm") or {} for one in preferred]
        if any(one.get("namespaces") or one.get("namespaceSelector") is not None for one in terms):
            return True
    return False


def _for_vms(subject: Subject) -> str:
    """Return for how many VMs something is needed."""
    number = subject.to_come
    now = subject.spec.most_replicas - number
    vms = f"VM{'s' * (number != 1)}"
    return f" for {number} more {vms} beside the {now} there" if now else f" for {number} {vms}"


def _needed_by_vms(subject: Subject, size: VmSize, limited: Set[str]) -> Mapping[str, Decimal]:
    """Return what the VMs to come need, by the names that quotas have for it.

    limited: the names that quotas have at all.
    """
    one, disks = Decimal(1), Decimal(len(subject.disks))
    each = {f"requests.{resource}": number for resource, number in size.whole.requests.items()}
    each |= {f"limits.{resource}": number for resource, number in size.whole.limits.items()}
    each |= {f"requests.{device}": Decimal(count) for device, count in devices(subject).items()}
    each |= {f"requests.{KVM}": one, "pods": one}
    each |= {_count(PODS): one, _count(VMS): one, _count(INSTANCES): one}
    each |= {"persistentvolumeclaims": disks, _count(CLAIMS): disks, _count(DATA_VOLUMES): disks}
    if any(name.endswith(STORAGE) for name in limited):
        each[STORAGE] = sum((disk_size(subject, disk) for disk in subject.disks), Decimal(0))
    if any(OF_CLASS in name for name in limited):
        each |= _needed_by_class(subject)
    return {name: number * subject.to_come for name, number in each.items() if name in limited}


def _needed_by_class(subject: Subject) -> dict[str, Decimal]:
    """Return what the disks of a VM need of each StorageClass."""
    found: dict[str, Decimal] = {}
    for disk in subject.disks:
        of_class = f"{class_name(subject, disk)}{OF_CLASS}"
        for what, number in (
            (STORAGE, disk_size(subject, disk)),
            ("persistentvolumeclaims", Decimal(1)),
        ):
            name = f"{of_class}/{what}"
            found[name] = found.get(name, Decimal(0)) + number
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
