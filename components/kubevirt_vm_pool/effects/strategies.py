"""Parts of a pool that change what happens the next time, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from .effect import Effect, Severity
from .lookup import at
from .pool_change import Part, PoolChange
from .pool_fields import (
    appends,
    keeps_disks,
    paused,
    scale_in_by_hand,
    scale_in_order,
    update_strategy,
)
from .rollout import pace
from .vm_count import UNKNOWN

ONLY_THE_TEMPLATE = "KubeVirt 1.9, pool.go:1327: only virtualMachineTemplate makes VMs outdated"


def settings_effects(change: PoolChange) -> Iterator[Effect]:
    """Yield what changes for the next time only."""
    if _strands(change):
        yield _stranded(change)
    for part, from_now_on in FROM_NOW_ON.items():
        if paths := change.paths(part):
            rule = f"{ONLY_THE_TEMPLATE}; watched"
            yield Effect(Severity.NOTHING, from_now_on(change), rule, paths)
    if (paths := change.paths(Part.PAUSED)) and not paused(change.old):
        how = "paused: its VMs stay as they are" if paused(change.new) else "not paused, as before"
        text = f"{change.name} is {how}"
        yield Effect(Severity.NOTHING, text, "KubeVirt 1.9, pool.go:1593", paths)
    if Part.AUTOHEALING in change.parts:
        yield _autohealing(change)
    if paths := change.paths(Part.POOL):
        text = f"Only the pool object {change.name} changes; no VM restarts for that"
        yield Effect(Severity.OTHER, text, ONLY_THE_TEMPLATE, paths)
    if paths := change.paths(Part.API_VERSION, Part.SAME):
        yield Effect(
            Severity.NOTHING,
            f"{change.name} means the same as before",
            "KubeVirt 1.9: both versions have the same fields (watched), and quantities are "
            "compared as numbers (apimachinery, equality/semantic.go)",
            paths,
        )


def _max_unavailable(change: PoolChange) -> str:
    speed = pace(change.new, UNKNOWN, change.total, 0)[1]
    return f"From now on updates of {change.name} reach its VMs{speed}"


def _update_strategy(change: PoolChange) -> str:
    how = {
        "proactive": "reach running VMs, which restart",
        "opportunistic": "reach VMs at their next restart",
        "unmanaged": "reach new VMs only",
    }[update_strategy(change.new)]
    return f"From now on updates of {change.name} {how}"


def _scale_in_strategy(change: PoolChange) -> str:
    scale_in = f"From now on scale-in of {change.name}"
    if scale_in_by_hand(change.new):
        return f"{scale_in} leaves the choice and deletion of VMs to others"
    fate = "keeps" if keeps_disks(change.new) else "deletes"
    return f"{scale_in} removes VMs {scale_in_order(change.new)}, and {fate} their disks"


def _name_generation(change: PoolChange) -> str:
    return (
        f"VMs of {change.name} keep the Secrets and ConfigMaps that they have; "
        "those created or updated from now on take the new names"
    )


FROM_NOW_ON: Mapping[Part, Callable[[PoolChange], str]] = {
    Part.MAX_UNAVAILABLE: _max_unavailable,
    Part.UPDATE_STRATEGY: _update_strategy,
    Part.SCALE_IN_STRATEGY: _scale_in_strategy,
    Part.NAME_GENERATION: _name_generation,
}


def _strands(change: PoolChange) -> bool:
    """Tell whether VMs go on to name Secrets or ConfigMaps that nobody makes any more.

    A change of the template writes the names anew, unless updates reach new VMs only.
    """
    if Part.NAME_GENERATION not in change.parts or change.remaining.most == 0:
        return False
    ends = any(
        was and not still
        for was, still in zip(appends(change.old), appends(change.new), strict=True)
    )
    return ends and (not change.of_template or update_strategy(change.new) == "unmanaged")


def _stranded(change: PoolChange) -> Effect:
    return Effect(
        Severity.STRANDED,
        f"VMs of {change.name} go on to name Secrets and ConfigMaps with their index, which are no "
        "longer made: they would not start again (set replicas to 0 first, or change the template "
        "too)",
        ONLY_THE_TEMPLATE,
        change.paths(Part.NAME_GENERATION),
    )


def _autohealing(change: PoolChange) -> Effect:
    rule = "KubeVirt 1.9, pool.go:1554-1565, 1981-2003: before it looks whose VMs they are"
    paths = change.paths(Part.AUTOHEALING)
    if at(change.new, "spec", "autohealing") is None:
        text = f"{change.name} no longer deletes VMs that fail to start"
        return Effect(Severity.NOTHING, text, rule, paths)
    kept = keeps_disks(change.new)
    return Effect(
        Severity.SCALE_IN_KEEPING if kept else Severity.DISK_LOSS,
        f"{change.name} deletes VMs that fail to start, {'but not' if kept else 'and'} their "
        "disks, in the whole namespace: other people's VMs too",
        rule,
        paths,
    )
