"""What earlier changes may do once nothing holds them back any more.

KubeVirt compares what each VM was made from with what the pool says now (pool.go:1241-1303), so a
change of long ago takes effect the moment that it may.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .differences import Paths
from .effect import Effect, Severity
from .pool_change import Part, PoolChange
from .pool_fields import paused, scale_in_by_hand, update_selectors, update_strategy
from .rollout import pace
from .scaling import scale_in
from .template import at_next_restart
from .vm_count import UNKNOWN, disks


def held_back_effects(change: PoolChange) -> Iterator[Effect]:
    """Yield what a change lets loose."""
    if (paths := change.paths(Part.PAUSED)) and paused(change.old):
        why = f"{change.name} is no longer paused"
        yield _whatever_waited(change, why, "restart, or are removed", "pool.go:1593", paths)
    if paths := change.paths(Part.UPDATE_STRATEGY):
        yield from _updates(change, paths)
    if (
        (paths := change.paths(Part.SCALE_IN_STRATEGY))
        and scale_in_by_hand(change.old)
        and not scale_in_by_hand(change.new)
    ):
        yield scale_in(change.new, UNKNOWN, paths, of=change.remaining)


def when_resumed(pool: str, effect: Effect) -> Effect:
    """Return an effect as it is while the pool, given by name, is paused: as bad, and later."""
    text = f"Nothing while {pool} is paused; then: {effect.text}"
    return replace(effect, text=text, rule=f"{effect.rule}; KubeVirt 1.9, pool.go:1593; watched")


def _updates(change: PoolChange, paths: Paths) -> Iterator[Effect]:
    before, after = update_strategy(change.old), update_strategy(change.new)
    filtered = update_selectors(change.old) not in (None, update_selectors(change.new))
    if after == "proactive" and (before != "proactive" or filtered):
        why = f"The updateStrategy of {change.name} holds nothing back any more"
        speed = pace(change.new, change.remaining, change.total, change.not_ready)[1]
        yield _whatever_waited(change, why, f"restart{speed}", "pool.go:1386, 1424", paths)
    elif before == "unmanaged" and after == "opportunistic":
        yield at_next_restart(change, paths, "KubeVirt 1.9, pool.go:1419")


def _whatever_waited(change: PoolChange, why: str, what: str, where: str, paths: Paths) -> Effect:
    rule = f"KubeVirt 1.9, {where}, 1241-1303"
    if change.remaining.most == 0:
        return Effect(Severity.NOTHING, f"{why}; there are no VMs", rule, paths)
    text = f"{why}: if changes have waited, its VMs {what}"
    lost = disks(change.new, change.remaining)
    if not lost:
        return Effect(Severity.RESTART_ALL, text, rule, paths)
    return Effect(
        Severity.DISK_LOSS,
        f"{text}, or where dataVolumeTemplates changed, are recreated "
        f"and everything on {lost} is lost",
        rule,
        paths,
        change.remaining.most,
    )
