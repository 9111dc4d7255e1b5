"""A number of VMs, known or not, and how sentences speak of it and of the disks that it has."""

from __future__ import annotations

from dataclasses import dataclass

from .lookup import Object
from .pool_fields import data_volume_templates, limits, replicas, scaled_by_others


@dataclass(frozen=True)
class VmCount:
    """A number of VMs: at least and at most; without `most`, nobody knows."""

    least: int
    most: int | None

    @staticmethod
    def of(count: int | None) -> VmCount:
        """Return exactly so many VMs; None is a number that nobody knows."""
        return VmCount(count or 0, count)

    @property
    def exact(self) -> bool:
        return self.least == self.most

    def capped(self, most: int | None) -> VmCount:
        """Return what is left of it below a limit; None is no limit."""
        if most is None:
            return self
        return VmCount(min(self.least, most), most if self.most is None else min(self.most, most))

    def above(self, limit: int) -> VmCount:
        """Return how many VMs are too many."""
        most = None if self.most is None else max(0, self.most - limit)
        return VmCount(max(0, self.least - limit), most)

    def below(self, limit: int) -> VmCount:
        """Return how many VMs are missing."""
        least = 0 if self.most is None else max(0, limit - self.most)
        return VmCount(least, max(0, limit - self.least))

    @property
    def be(self) -> str:
        """The verb after these VMs."""
        return "is" if self.most == 1 else "are"

    @property
    def s(self) -> str:
        """The ending of a verb after these VMs."""
        return "s" if self.most == 1 else ""

    @property
    def some(self) -> str:
        """These VMs where there are others: "Up to 5 VMs"."""
        if self.most is None:
            return "VMs"
        return f"{'' if self.exact else 'Up to '}{counted(self.most, 'VM')}"

    @property
    def all(self) -> str:
        """These VMs where the sentence has named the pool: "all its VMs, up to 5"."""
        if self.most is None:
            return "all its VMs"
        if self.most < 2:
            return "its only VM" if self.most else "no VM"
        return f"all {self.most} VMs" if self.exact else f"all its VMs, up to {self.most}"


UNKNOWN = VmCount.of(None)


def vm_count(pool: Object | None, autoscaler: Object | None, live: int | VmCount | None) -> VmCount:
    """Return the VMs of a pool.

    live: the number of VMs in the cluster, where it is known; UNKNOWN where the manifests do not
        tell it either.
    """
    if isinstance(live, VmCount):
        return live
    if live is not None:
        return VmCount.of(live)
    if pool is None:
        return VmCount.of(0)
    if autoscaler is not None:
        least, most = limits(autoscaler)
        return VmCount(least or 0, most)
    return UNKNOWN if scaled_by_others(pool) else VmCount.of(replicas(pool))


def disks(pool: Object, vms: VmCount) -> str:
    """Return what the disks of some VMs are called, such as "2 disks (web-disk-*)".

    A disk has the index of its VM. Which indices there are nobody can tell from a manifest: after a
    scale-in in random order they have gaps. "" stands for a pool whose VMs have no disks.
    """
    templates = data_volume_templates(pool)
    if not templates:
        return ""
    named = ", ".join(f"{name}-*" for name in templates)
    if vms.most is None:
        return f"every disk ({named})"
    count = counted(vms.most * len(templates), "disk")
    return f"{'' if vms.exact else 'up to '}{count} ({named})"


def loss(pool: Object, vms: VmCount, *, joint: str = ": ") -> str:
    """Return what follows in a sentence that these VMs go: their disks go too, if they have any."""
    if vms.most == 0 or not data_volume_templates(pool):
        return ""
    return f"{joint}everything on {disks(pool, vms)} is lost"


def counted(count: int, what: str) -> str:
    """Return a number with its noun: "1 VM", "2 VMs"."""
    return f"{count} {what}{'' if count == 1 else 's'}"
