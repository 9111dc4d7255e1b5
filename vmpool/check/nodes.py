"""Whether some node of the cluster takes one VM."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from kubevirt_vm_pool.text.paths import at

from .amounts import amount, shown
from .cluster import configuration
from .finding import Finding, error
from .selection import match
from .snapshot import Object, Resource
from .subject import Subject
from .vm_size import Container, vm_size

NODES = Resource("", "v1", "nodes")
SCHEDULABLE = "kubevirt.io/schedulable"
KVM = "devices.kubevirt.io/kvm"
HARD_EFFECTS = frozenset({"NoSchedule", "NoExecute"})


def nodes(subject: Subject) -> Iterator[Finding]:
    """Look for a node that would take one VM if it were empty."""
    known = subject.cluster.list(NODES)
    wanted = vm_size(subject).whole if known else Container({}, {})
    reasons: Counter[str] = Counter()
    for node in known:
        reason = next(_obstacles(subject, wanted, node), None)
        if reason is None:
            return
        reasons[reason] += 1
    yield error(
        "no-node-fits",
        _none(reasons),
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


def _obstacles(subject: Subject, size: Container, node: Object) -> Iterator[str]:
    """Yield why a node does not take a VM of a size, what is most telling first."""
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
    for resource, number in size.requests.items():
        if amount(room.get(resource)) < number:
            yield f"with less than {shown(number, resource)} {resource}"
    for device, count in devices(subject).items():
        if amount(room.get(device)) < count:
            yield f"with fewer than {count} of {device}"


def devices(subject: Subject) -> Counter[str]:
    """Return how many devices of each kind a VM has of its node's."""
    said = subject.guest["domain"].get("devices") or {}
    wanted = [*(said.get("gpus") or ()), *(said.get("hostDevices") or ())]
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
