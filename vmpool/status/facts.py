"""What is known of stacks, as plain data."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


class State(enum.StrEnum):
    """How a stack is doing, the worst first."""

    UNSEEN = (
        "not seen"  # its file is broken, or its cluster does not answer or does not let us look
    )
    NOT_READY = "not ready"
    NOT_UP = "not up"
    DRIFTED = "drifted"
    NOT_SCALING = "not scaling"  # all VMs are ready, and the autoscaler cannot work
    READY = "ready"


@dataclass(frozen=True)
class Vm:
    """A VM. state: KubeVirt's word for it. node, address: "" while it has none.

    created: RFC 3339. why: why it is not ready, a line for each reason; nothing of one that is.
    """

    name: str
    ready: bool
    state: str
    node: str
    address: str
    created: str
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Disk:
    """A disk. size: a Kubernetes quantity. phase: the DataVolume's, else the claim's.

    vm: that it belongs to, "" if there is no such VM: a disk that was kept.
    """

    name: str
    vm: str
    size: str
    phase: str


@dataclass(frozen=True)
class Scaling:
    """The HorizontalPodAutoscaler of a pool.

    current, wanted: numbers of VMs. load: for each metric what is measured of what is meant.
    cannot: why it cannot work, as its conditions say; "" if it can.
    """

    name: str
    current: int
    wanted: int
    least: int
    most: int
    load: tuple[str, ...] = ()
    cannot: str = ""


@dataclass(frozen=True)
class Drift:
    """An object that is not as the stack says.

    missing: it is not there at all; else paths has where it differs, never what is there.
    """

    kind: str
    name: str
    missing: bool
    paths: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.missing:
            return f"{self.kind} {self.name} is missing"
        return f"{self.kind} {self.name} differs: {', '.join(self.paths)}"


@dataclass(frozen=True)
class Door:
    """A Service. addresses: where it is reached, the name inside of the cluster first."""

    name: str
    type: str
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class StackStatus:
    """How a stack is doing.

    file, cluster, namespace, pool: "" where that is not known. wanted: VMs, by the live pool.
    why: what is wrong, and below some of it the way out (two lines of one text).
    undone: what an up would do to the VMs to undo the drift, in sentences.
    log_in: commands. notes: what could not be seen, or was not compared.
    old: from when this is, and why there is nothing newer; "" if it is from this look.
    """

    name: str
    state: State
    cluster: str = ""
    namespace: str = ""
    pool: str = ""
    wanted: int = 0
    ready: int = 0
    why: tuple[str, ...] = ()
    vms: tuple[Vm, ...] = ()
    scaling: Scaling | None = None
    drift: tuple[Drift, ...] = ()
    undone: tuple[str, ...] = ()
    disks: tuple[Disk, ...] = ()
    doors: tuple[Door, ...] = ()
    log_in: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    old: str = ""

    @property
    def numbers(self) -> str:
        """How many VMs are ready, "" of a stack that has no pool."""
        seen = self.state not in {State.UNSEEN, State.NOT_UP}
        return f"{self.ready} of {self.wanted} VMs ready" if seen else ""


@dataclass(frozen=True)
class Report:
    """How some stacks are doing, the worst first.

    at: when that was looked up. old: see StackStatus, of the report as a whole.
    """

    stacks: tuple[StackStatus, ...]
    at: datetime
    old: str = ""

    @staticmethod
    def of(stacks: Iterable[StackStatus], at: datetime) -> Report:
        """Return the report on stacks in any order."""
        order = list(State)
        return Report(tuple(sorted(stacks, key=lambda one: (order.index(one.state), one.name))), at)

    @property
    def time(self) -> str:
        """When it was looked up, in words."""
        return f"{self.at:%Y-%m-%d %H:%M:%S} UTC"

    @property
    def counts(self) -> dict[State, int]:
        """How many stacks are in each state that some are in, the worst first."""
        found = Counter(one.state for one in self.stacks)
        return {state: found[state] for state in State if found[state]}

    @property
    def headline(self) -> str:
        """How many stacks are ready, in one sentence without a full stop."""
        total = len(self.stacks)
        if not total:
            return "There is no stack"
        ready = self.counts.get(State.READY, 0)
        stacks = f"{total} stack{'' if total == 1 else 's'}"
        return f"{ready} of {stacks} {'is' if 1 in (ready, total) else 'are'} ready"


# Exit codes: NOT_ALL_READY with --exit-code only, NOT_SEEN in any case.
ALL_READY, NOT_ALL_READY, NOT_SEEN = 0, 1, 3


def exit_status(report: Report, *, by_state: bool) -> int:
    """Return the exit code. by_state: whether it tells of stacks that are not ready."""
    states = report.counts.keys()
    if State.UNSEEN in states:
        return NOT_SEEN
    return NOT_ALL_READY if by_state and states - {State.READY} else ALL_READY


def age(created: str, at: datetime) -> str:
    """Return how old something is, in its largest unit: "40 s", "12 min", "3 h", "4 d"."""
    seconds = age_in_seconds(created, at)
    if seconds is None:
        return ""
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length or (seconds >= length and unit == "min"):
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def age_in_seconds(created: str, at: datetime) -> int | None:
    """Return how old something is, None if nobody says when it was made."""
    if not created:
        return None
    return max(0, int((at - datetime.fromisoformat(created)).total_seconds()))
