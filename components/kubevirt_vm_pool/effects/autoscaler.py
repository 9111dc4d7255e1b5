"""The HPA: what its limits do to the VMs of a pool."""

from __future__ import annotations

from collections.abc import Iterator

from .differences import Paths, below, differences
from .effect import Effect, Severity
from .lookup import Object, name
from .other_objects import ObjectChange, other_effects
from .pool_fields import data_volume_templates, keeps_disks, limits, scale_in_by_hand
from .scaling import scale_in, scaled_between
from .vm_count import UNKNOWN, VmCount, counted

KIND = "Kubernetes autoscaling/v2"
BY_LOAD = f"{KIND}: between minReplicas and maxReplicas by load; watched"
MIN_REPLICAS, MAX_REPLICAS = ("spec", "minReplicas"), ("spec", "maxReplicas")


def autoscaler_effects(change: ObjectChange) -> Iterator[Effect]:
    """Yield what an HPA, added or changed, does to a pool that stays."""
    old, new, pool = change.old, change.new, change.pool
    if new is None or pool is None or not change.same_pool:
        yield from other_effects(change)
        return
    paths = () if old is None else tuple(differences(old, new))
    if old is not None and not paths:
        return
    least, most = limits(new)
    sized = below(paths, MIN_REPLICAS, MAX_REPLICAS)
    if old is None or sized or ("spec",) in paths:
        yield from _other_limits(
            pool, old, new, change.current, sized or (MIN_REPLICAS, MAX_REPLICAS)
        )
    within = "between limits not known yet"
    if least is not None and most is not None:
        within = f"between {least} and {counted(most, 'VM')}"
    yield Effect(
        Severity.OTHER,
        f"HPA {name(new)} is {'created' if old is None else 'changed'}: "
        f"it keeps {within} of {name(pool)}",
        f"{KIND}: it writes spec.replicas through /scale; watched",
        paths,
    )


def _other_limits(
    pool: Object, old: Object | None, new: Object, current: VmCount, paths: Paths
) -> Iterator[Effect]:
    """Yield what the new limits do at once, and what they allow later."""
    least, most = limits(new)
    yield from scaled_between(pool, current, least, most, paths)
    if least is None or most is None or current.most is None:
        return
    floor, ceiling = (current.least, current.most) if old is None else limits(old)
    if least < (floor or 0):
        yield _may_shrink(pool, least, current, paths)
    if most > (ceiling or 0):
        text = f"Under load the HPA may now grow {name(pool)} to {counted(most, 'VM')}"
        yield Effect(Severity.NEW_REPLICAS, text, BY_LOAD, paths)


def _may_shrink(pool: Object, least: int, current: VmCount, paths: Paths) -> Effect:
    if scale_in_by_hand(pool):
        return scale_in(pool, UNKNOWN, paths, of=UNKNOWN)
    loses = bool(data_volume_templates(pool)) and not keeps_disks(pool)
    fate = ", and what it removes loses its disks" if loses else ""
    return Effect(
        Severity.SCALE_IN if loses else Severity.SCALE_IN_KEEPING,
        f"Under little load the HPA may now shrink {name(pool)} to {counted(least, 'VM')}{fate}",
        BY_LOAD,
        paths,
        current.above(least).most,
    )
