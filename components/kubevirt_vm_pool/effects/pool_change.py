"""A change of a pool: which of its parts differ, and how many VMs that concerns."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from ..text.paths import Path
from .differences import Paths, differences, same_quantity, starts
from .lookup import Object, at, name, text
from .pool_fields import TEMPLATE, replicas
from .vm_count import VmCount


class Part(enum.Enum):
    """The parts of a pool, by what a change of them is to its VMs."""

    # virtualMachineTemplate: template.py
    DISKS = enum.auto()
    TEMPLATE = enum.auto()
    RUN_STRATEGY = enum.auto()
    SIZE = enum.auto()
    VM = enum.auto()  # what concerns the VM object alone
    # What a pool cannot change: pool.py
    IDENTITY = enum.auto()
    # scaling.py
    REPLICAS = enum.auto()
    # What holds for the next time: strategies.py, and pending_changes.py for what waited for it
    MAX_UNAVAILABLE = enum.auto()
    UPDATE_STRATEGY = enum.auto()
    SCALE_IN_STRATEGY = enum.auto()
    NAME_GENERATION = enum.auto()
    AUTOHEALING = enum.auto()
    PAUSED = enum.auto()
    # What no VM notices: strategies.py
    POOL = enum.auto()
    API_VERSION = enum.auto()  # of the same API group
    SAME = enum.auto()  # a quantity in other words


# The longer path first. What is not listed is VM below virtualMachineTemplate, POOL elsewhere.
PARTS: tuple[tuple[Path, Part], ...] = (
    ((*TEMPLATE, "spec", "dataVolumeTemplates"), Part.DISKS),
    ((*TEMPLATE, "spec", "template"), Part.TEMPLATE),
    ((*TEMPLATE, "spec", "runStrategy"), Part.RUN_STRATEGY),
    ((*TEMPLATE, "spec", "running"), Part.RUN_STRATEGY),
    ((*TEMPLATE, "spec", "instancetype"), Part.SIZE),
    ((*TEMPLATE, "spec", "preference"), Part.SIZE),
    ((*TEMPLATE, "metadata"), Part.VM),
    (("spec", "selector"), Part.IDENTITY),
    (("metadata", "name"), Part.IDENTITY),
    (("metadata", "namespace"), Part.IDENTITY),
    (("kind",), Part.IDENTITY),
    (("spec", "replicas"), Part.REPLICAS),
    (("spec", "maxUnavailable"), Part.MAX_UNAVAILABLE),
    (("spec", "updateStrategy"), Part.UPDATE_STRATEGY),
    (("spec", "scaleInStrategy"), Part.SCALE_IN_STRATEGY),
    (("spec", "nameGeneration"), Part.NAME_GENERATION),
    (("spec", "autohealing"), Part.AUTOHEALING),
    (("spec", "paused"), Part.PAUSED),
    (("apiVersion",), Part.API_VERSION),
)


@dataclass(frozen=True)
class PoolChange:
    """One pool before and after.

    current: the VMs before.
    parts: the paths that differ.
    autoscaled: whether an HPA says the number of VMs afterwards.
    scales: whether spec.replicas says it, and it may be another one than there are.
    not_ready: how many of the VMs before are not ready, where it is known.
    """

    old: Object
    new: Object
    current: VmCount
    parts: Mapping[Part, Paths]
    autoscaled: bool
    scales: bool
    not_ready: int | None = None

    def paths(self, *parts: Part) -> Paths:
        """Return the paths that differ in some parts, part after part."""
        return tuple(path for part in parts for path in self.parts.get(part, ()))

    @property
    def of_template(self) -> Paths:
        """The paths that differ in virtualMachineTemplate, which make VMs outdated."""
        return self.paths(Part.DISKS, Part.TEMPLATE, Part.RUN_STRATEGY, Part.SIZE, Part.VM)

    @property
    def name(self) -> str:
        return name(self.new)

    @property
    def wanted(self) -> VmCount:
        """What spec.replicas says."""
        return VmCount.of(replicas(self.new))

    @property
    def remaining(self) -> VmCount:
        """The VMs that a scale-in leaves, which an update then reaches."""
        return self.current.capped(self.wanted.most) if self.scales else self.current

    @property
    def total(self) -> VmCount:
        """The VMs of which maxUnavailable may be a percentage."""
        return self.current if self.autoscaled else self.wanted


def same_pool(old: Object | None, new: Object | None) -> bool:
    """Tell whether there is a pool before and after, and it is one."""
    return old is not None and new is not None and Part.IDENTITY not in differing_parts(old, new)


def differing_parts(old: Object, new: Object) -> dict[Part, Paths]:
    """Return the paths that differ, by part."""
    parts: dict[Part, Paths] = {}
    for path in differences(old, new):
        part = _part(path, old, new)
        parts[part] = (*parts.get(part, ()), path)
    return parts


def _part(path: Path, old: Object, new: Object) -> Part:
    if path == ("apiVersion",):
        return Part.API_VERSION if _api_group(old) == _api_group(new) else Part.IDENTITY
    in_template = starts(path, TEMPLATE)
    if in_template and same_quantity(path, at(old, *path), at(new, *path)):
        return Part.SAME
    for prefix, part in PARTS:
        # Or a whole that nobody can look into: the worst of its parts comes first.
        if starts(path, prefix) or starts(prefix, path):
            return part
    return Part.VM if in_template else Part.POOL


def _api_group(pool: Object) -> str:
    return (text(at(pool, "apiVersion")) or "").rpartition("/")[0]
