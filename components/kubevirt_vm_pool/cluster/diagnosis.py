"""Why VMs of a pool are not ready: from the pool's conditions, its VMs and their events."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..text.listing import first_of

MOST_EVENTS = 5
MOST_NAMES = 3
LONGEST_MESSAGE = 500

# A pod's name is its base, cut to this, and five random characters (Kubernetes, names.go).
LONGEST_BASE_OF_A_POD = 58

Object = Mapping[str, Any]


class Known(NamedTuple):
    """What is known of a reason: a pattern of "<reason> <message>", and the way out.

    The way out may use the pattern's groups.
    """

    pattern: str
    way_out: str


# The first that fits is taken. Reasons and messages are those of KubeVirt 1.9, of CDI in August
# 2026 and of Kubernetes 1.36; "SourcePVCNotAvailabe" is KubeVirt's spelling.
KNOWN = [
    Known(
        r"insufficient permissions in clone source namespace (\S+)",
        "set cloneAccess: true, or ask the owner of namespace {0} to let this namespace's "
        "ServiceAccount default clone from there",
    ),
    Known(
        r"^UnauthorizedDataVolumeCreate",
        "set cloneAccess: true, or ask the owner of the golden image's namespace for that right",
    ),
    Known(
        r"secrets? \"?([a-z0-9.-]+)\"? not found",
        "Secret {0} must be in the VMs' namespace: if it is the pool's own, bring the stack up "
        "again, else create it",
    ),
    Known(
        r"^SourcePVCNotAvail|^CloneWithoutSource|source (pvc|snapshot) \S+ doesn't exist",
        "disk.source names something that does not exist: correct its name and namespace, or "
        "make the golden image",
    ),
    Known(
        r"storage size is smaller than the source|target .*smaller than",
        "raise disk.size to that of the golden image or more",
    ),
    Known(
        r"storageclass\S* \"?([^\s\"]+)\"? not found",
        "set disk.storageClassName to one that `kubectl get storageclass` lists",
    ),
    Known(
        r"exceeded quota",
        "ask for a larger quota of the namespace, or lower replicas, memory, cpuRequest or "
        "disk.size",
    ),
    Known(r"no memory requested", "set memory, or an instancetype"),
    Known(
        r"(instancetype|preference)\S* \"[^\"]+\" not found",
        "correct the name and kind of {0}: `kubectl get virtualmachine{0},"
        "virtualmachinecluster{0}`",
    ),
    Known(
        r"untolerated taint(?:\(s\))? ?(\{[^}]*\})?",
        "add the taint {0} to tolerations, if the VMs are meant for such nodes",
    ),
    Known(
        r"unbound immediate PersistentVolumeClaims|persistentvolumeclaim \"[^\"]+\" not found",
        "the disk is not there yet: see `kubectl get datavolume,pvc`, and disk.storageClassName",
    ),
    Known(
        r"Insufficient devices\.kubevirt\.io/kvm",
        "no node that fits can run virtual machines: it needs KVM, and KubeVirt's virt-handler",
    ),
    Known(
        r"Insufficient (cpu|memory)",
        "no node has that much {0} left: lower memory, cores or cpuRequest, or add nodes",
    ),
    Known(
        r"didn't match Pod's node affinity/selector",
        "no node fits nodeSelector and affinity: correct them",
    ),
    Known(
        r"didn't match pod topology spread constraints|didn't match pod anti-affinity",
        "no node fits topologySpreadConstraints and affinity beside the other VMs: loosen them",
    ),
    Known(
        r"ErrImagePull|ImagePullBackOff",
        "an image cannot be pulled: check disk.source.registry",
    ),
    Known(
        r"^Unhealthy .*Readiness probe",
        "the VM runs and nothing answers yet: see with `virtctl console` whether cloud-init "
        "started the service, or correct readinessProbe",
    ),
    Known(r"^CrashLoopBackOff", "the guest ends again and again: see `virtctl console`"),
    Known(
        r"^FailedDataVolumeImport|^ImportFailed|^CloneFailed|^DataVolumeError",
        "the disk cannot be made: see `kubectl describe datavolume`",
    ),
    Known(
        r"^ErrorPvcNotFound|^FailedPvcNotFound",
        "the disk is gone or was never made: see `kubectl get datavolume,pvc`",
    ),
    Known(
        r"^ErrorUnschedulable|^FailedScheduling|Unschedulable",
        "no node takes the VM: check tolerations, nodeSelector, affinity, memory and cores",
    ),
    Known(
        r"^ReplicaPaused",
        "somebody paused the pool: set its spec.paused to false (kubectl edit vmpool)",
    ),
    Known(
        r"^runStrategy",
        "such VMs never start by themselves: bring the stack up again, which sets Always",
    ),
    Known(
        r"^(Provisioning|WaitingForVolumeBinding)",
        "the disk is still being made: a large golden image takes its time, and "
        "waitForReadyMinutes can be raised",
    ),
    Known(r"^(Starting|Running)", "it boots: waitForReadyMinutes can be raised"),
]

# The conditions of a VM that say most, and the status with which they say it.
TELLING = {"Failure": "True", "PodScheduled": "False", "Synchronized": "False", "Ready": "False"}


class Finding(NamedTuple):
    """Something that may be the reason: what it is about, a reason of one word, and a message."""

    about: str
    reason: str
    message: str

    @property
    def alike(self) -> tuple[str, str]:
        """What it has in common with those that differ in nothing but numbers."""
        return self.reason, re.sub("[0-9]+", "N", self.message)


def reasons(pool: Object, vms: Sequence[Object], events: Iterable[Object]) -> list[str]:
    """Return why VMs of a pool are not ready: what is wrong, and in a second line the way out.

    pool: as the cluster holds it. vms: its VirtualMachines. events: those of its namespace.
    """
    findings = [*_of_pool(pool), *_of_events(pool, vms, events), *_of_vms(vms)]
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.alike, []).append(finding)
    told: list[str] = []
    ways_out: set[str] = set()
    for group in groups.values():
        way_out = _way_out(group[0])
        # The state of a VM repeats what an event said more precisely.
        if way_out is None or way_out not in ways_out:
            told.append(_text(group) + (f"\n{way_out}" if way_out else ""))
        ways_out |= {way_out} if way_out else set()
    if not told and not vms and not pool.get("status", {}).get("replicas"):
        told.append("there is no VM yet\nsee whether KubeVirt's virt-controller runs")
    return told


def reasons_by_vm(
    pool: Object, vms: Sequence[Object], events: Iterable[Object]
) -> dict[str, list[str]]:
    """Return why each VM that is not ready is not, by its name: each reason once, on one line.

    The arguments are those of reasons, which has the ways out.
    """
    unready = (vm["metadata"]["name"] for vm in vms if not is_ready(vm))
    told: dict[str, dict[str, str]] = {name: {} for name in unready}
    for finding in (*_of_events(pool, vms, events), *_of_vms(vms)):
        if finding.about in told:
            line = ": ".join(filter(None, (finding.reason, finding.message)))
            # The state of a VM often repeats the message of an event.
            told[finding.about].setdefault(finding.message or finding.reason, line)
    return {name: list(lines.values()) for name, lines in told.items()}


def _of_pool(pool: Object) -> Iterator[Finding]:
    name, spec = pool["metadata"]["name"], pool["spec"]
    run_strategy = spec["virtualMachineTemplate"].get("spec", {}).get("runStrategy", "Always")
    if run_strategy != "Always":
        yield Finding(name, "runStrategy", f"is {run_strategy}")
    for condition in pool.get("status", {}).get("conditions", []):
        if condition["status"] == "True":
            reason = " ".join(filter(None, (condition["type"], condition.get("reason"))))
            yield Finding(name, reason, _one_line(condition.get("message", "")))


def _of_events(pool: Object, vms: Sequence[Object], events: Iterable[Object]) -> Iterator[Finding]:
    """Yield the warnings about what is not ready, the newest first."""
    unready = {vm["metadata"]["name"] for vm in vms if not is_ready(vm)}
    told: set[tuple[str, str]] = set()
    for event in sorted(events, key=_time, reverse=True):
        about = _about(pool, event["involvedObject"])
        is_past = vms and about != pool["metadata"]["name"] and about not in unready
        if event.get("type") != "Warning" or about is None or is_past:
            continue
        finding = Finding(about, event.get("reason", ""), _one_line(event.get("message", "")))
        if finding.alike in told or len(told) < MOST_EVENTS:
            told.add(finding.alike)
            yield finding


def _of_vms(vms: Sequence[Object]) -> Iterator[Finding]:
    for vm in vms:
        if not is_ready(vm):
            status = vm.get("status", {})
            state = status.get("printableStatus", "Unknown")
            yield Finding(vm["metadata"]["name"], state, _message(status))


def _message(status: Object) -> str:
    conditions = {condition["type"]: condition for condition in status.get("conditions", [])}
    said = (
        conditions[kind].get("message", "")
        for kind, telling in TELLING.items()
        if kind in conditions and conditions[kind]["status"] == telling
    )
    return _one_line(next(filter(None, said), ""))


def _one_line(message: str) -> str:
    return textwrap.shorten(message, LONGEST_MESSAGE, placeholder=" ...")


def is_ready(vm: Object) -> bool:
    """Tell whether a VM says that it is ready."""
    conditions = vm.get("status", {}).get("conditions", [])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def _about(pool: Object, involved: Object) -> str | None:
    """Return the VM (or the pool) that an event is about, or None if it is no concern of the pool.

    Names alone do not do: web-disk-0 may be a disk of pool web or a VM of pool web-disk.
    """
    kind, name, own = involved.get("kind"), involved.get("name", ""), pool["metadata"]["name"]
    if kind == "VirtualMachinePool":
        return own if name == own else None
    if kind in {"VirtualMachine", "VirtualMachineInstance"}:
        found = re.fullmatch(rf"{re.escape(own)}-[0-9]+", name)
        return name if found else None
    if kind in {"DataVolume", "PersistentVolumeClaim"}:
        template = pool["spec"]["virtualMachineTemplate"].get("spec", {})
        disks = [disk["metadata"]["name"] for disk in template.get("dataVolumeTemplates", [])]
        found = re.fullmatch(rf"(?:{'|'.join(map(re.escape, disks))})-([0-9]+)", name)
        return f"{own}-{found[1]}" if found and disks else None
    if kind == "Pod":
        base = f"virt-launcher-{own}-"
        found = re.fullmatch(rf"{re.escape(base)}([0-9]+)-[a-z0-9]+", name)
        if found:
            return f"{own}-{found[1]}"
        cut = len(name) > LONGEST_BASE_OF_A_POD and name[:LONGEST_BASE_OF_A_POD]
        # So long a name has lost its index, or a part of it.
        return own if cut and (base.startswith(cut) or _is_cut(cut, base)) else None
    return None


def _is_cut(cut: str, base: str) -> bool:
    return cut.startswith(base) and cut.removeprefix(base).isdigit()


def _time(event: Object) -> str:
    """Return when an event was last seen; the forms of Kubernetes' times compare as texts."""
    last = event.get("lastTimestamp") or (event.get("series") or {}).get("lastObservedTime")
    made = event.get("eventTime") or event.get("metadata", {}).get("creationTimestamp")
    return str(last or made or "")


def _way_out(finding: Finding) -> str | None:
    text = f"{finding.reason} {finding.message}"
    for known in KNOWN:
        found = re.search(known.pattern, text)
        if found:
            filled = known.way_out.format(*(group or "" for group in found.groups()))
            return re.sub(" {2,}", " ", filled)
    return None


def _text(group: Sequence[Finding]) -> str:
    names = list(dict.fromkeys(finding.about for finding in group))
    parts = [first_of(names, MOST_NAMES), group[0].reason, group[0].message]
    return ": ".join(filter(None, parts))
