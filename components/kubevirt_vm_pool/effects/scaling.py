"""Other numbers of VMs: which come, which go, and what becomes of the disks of those."""

from __future__ import annotations

from collections.abc import Iterator

from .differences import Paths
from .effect import Effect, Severity
from .lookup import Object, name
from .pool_change import Part, PoolChange
from .pool_fields import (
    data_volume_templates,
    keeps_disks,
    scale_in_by_hand,
    scale_in_order,
    scaled_by_others,
)
from .vm_count import UNKNOWN, VmCount, loss

HPA_RULE = "Kubernetes autoscaling/v2: the HPA owns spec.replicas; watched"
OTHERS_RULE = "autoscaling.external: the number is set once, when the pool is created"


def replicas_effects(change: PoolChange) -> Iterator[Effect]:
    """Yield what spec.replicas does."""
    paths = change.paths(Part.REPLICAS)
    others = scaled_by_others(change.new)
    if others and not scaled_by_others(change.old):
        yield Effect(
            Severity.NOTHING,
            f"From now on others say how many VMs {change.name} has, and updates leave the number "
            "as it is",
            OTHERS_RULE,
            paths or (("metadata", "annotations"),),
        )
    elif change.autoscaled and paths:
        whose = "for whoever scales it" if others else "the HPA's"
        yield Effect(
            Severity.NOTHING,
            f"The number of VMs of {change.name} stays: it is {whose} to say",
            OTHERS_RULE if others else HPA_RULE,
            paths,
        )
    if not change.scales:
        return
    paths = paths or (("spec", "replicas"),)
    wanted = change.wanted.most
    yield from scaled_between(change.new, change.current, wanted, wanted, paths)
    if change.wanted.exact and change.current == change.wanted:
        yield Effect(
            Severity.NOTHING,
            f"{change.name} has this number of VMs already",
            "KubeVirt 1.9, pool.go:984",
            paths,
        )


def scaled_between(
    pool: Object, current: VmCount, least: int | None, most: int | None, paths: Paths
) -> Iterator[Effect]:
    """Yield what happens until a number of VMs is within limits; None is one that is not known."""
    if least is None or most is None or current.most is None:
        yield scale_in(pool, UNKNOWN, paths, of=current)
        return
    if (going := current.above(most)).most:
        yield scale_in(pool, going, paths, of=current)
    if (coming := current.below(least)).most:
        yield Effect(
            Severity.NEW_REPLICAS,
            f"{coming.some} {coming.be} added to {name(pool)}",
            "KubeVirt 1.9, pool.go:915",
            paths,
        )


def scale_in(pool: Object, going: VmCount, paths: Paths, *, of: VmCount) -> Effect:
    """Return what becomes of VMs that are too many. maxUnavailable does not slow this."""
    if scale_in_by_hand(pool):
        return Effect(
            Severity.NOTHING,
            f"No VM of {name(pool)} is removed: its scaleInStrategy leaves that to others",
            "KubeVirt 1.9, pool.go:616",
            paths,
        )
    severity, fate, rule = _fate_of_disks(pool, going)
    return Effect(severity, f"{_who_goes(pool, going, of)}{fate}", rule, paths, going.most)


def _who_goes(pool: Object, going: VmCount, of: VmCount) -> str:
    if going.most is None:
        return f"VMs of {name(pool)} may be removed"
    if going != of:
        both_known = going.exact and of.exact
        count = f"{going.most} of {of.most} VMs" if both_known else going.some
        return f"{count} of {name(pool)}, {scale_in_order(pool)}, {going.be} removed"
    every = f"All {going.most} VMs" if going.exact else "All VMs"
    every = "The only VM" if going.most == 1 else every
    return f"{every} of {name(pool)} {going.be} removed"


def _fate_of_disks(pool: Object, going: VmCount) -> tuple[Severity, str, str]:
    """Return how bad it is for the disks, what a sentence ends with, and the rule."""
    if not data_volume_templates(pool):
        return Severity.SCALE_IN_KEEPING, "", "KubeVirt 1.9, pool.go:628"
    if keeps_disks(pool):
        return (
            Severity.SCALE_IN_KEEPING,
            "; their disks stay, for the next VMs of the same index",
            "KubeVirt 1.9, pool.go:681, 1801-1929; watched",
        )
    return (
        Severity.SCALE_IN,
        loss(pool, going),
        "KubeVirt 1.9, pool.go:628-674: disks go with the VM that owns them; watched",
    )
