"""What a rule returns: how bad it is, what happens, and where that is known from."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..text.paths import dotted
from .differences import Paths


class Severity(enum.IntEnum):
    """How bad an effect is; whatever loses disks is above all that does not.

    From SCALE_IN on disks are lost: some, because somebody wanted fewer VMs; all, with a new pool
    in their place; all, although nobody asked for other VMs.
    """

    NOTHING = 0  # no VM notices
    OTHER = 1  # other objects change: the Service, the HPA, labels
    NEW_REPLICAS = 2  # running VMs stay; VMs that start from now on are different, or more
    SCALE_IN_KEEPING = 3  # VMs go, and no disk with them
    RESTART_SOME = 4
    RESTART_ALL = 5  # all VMs are down at the same time
    STRANDED = 6  # running VMs stay, and could not start again
    SCALE_IN = 7
    REPLACED = 8
    DISK_LOSS = 9

    @property
    def label(self) -> str:
        """A short name for tables; it does not change between versions."""
        return LABELS[self]


LABELS: Mapping[Severity, str] = {
    Severity.DISK_LOSS: "disk loss",
    Severity.REPLACED: "replace",
    Severity.SCALE_IN: "scale-in",
    Severity.STRANDED: "cannot start again",
    Severity.RESTART_ALL: "restart all",
    Severity.RESTART_SOME: "restart n at a time",
    Severity.SCALE_IN_KEEPING: "scale-in, disks kept",
    Severity.NEW_REPLICAS: "new replicas only",
    Severity.OTHER: "other objects only",
    Severity.NOTHING: "nothing",
}


@dataclass(frozen=True)
class Effect:
    """One thing that will happen.

    text: a plain sentence without a full stop.
    rule: where that is known from.
    paths: what changes in the object and causes it.
    vms: how many VMs lose disks at most, where disks are lost; None where nobody can tell.
    """

    severity: Severity
    text: str
    rule: str
    paths: Paths = ()
    vms: int | None = None

    @property
    def changed(self) -> tuple[str, ...]:
        """The paths as people write them."""
        return tuple(dotted(path) for path in self.paths)

    @property
    def loses_disks(self) -> bool:
        """Whether anything on a disk is lost, or may be."""
        return self.severity >= Severity.SCALE_IN


def worst(found: Iterable[Effect]) -> Severity:
    """Return the highest severity; that of no effect is NOTHING."""
    return max((effect.severity for effect in found), default=Severity.NOTHING)


def worst_first(found: Iterable[Effect]) -> list[Effect]:
    """Return the effects, the worst first; equally bad ones stay in their order."""
    return sorted(found, key=lambda effect: -effect.severity)
