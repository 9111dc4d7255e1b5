"""What a change may cost: disks and VMs are refused until somebody allows exactly that, once."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from ..text.variables import OF_POOLS, OF_STACK, names_in
from . import Effect, Severity

# Each names pools, or stack/pool, separated by commas: for one command, and kept nowhere.
DISK_LOSS, RESTART = OF_POOLS
# Between what is refused and what allows it.
WAY_OUT = ". To allow it for one command, set "
ALLOWS = re.compile(rf"(?<={re.escape(WAY_OUT)})({'|'.join(OF_POOLS)})=([\w.,-]+)")


class RefusedError(Exception):
    """Why a change is refused: what would be lost, and what allows it."""


# Judges what an update does to a pool's disks, in place of require_disks_stay and as that does. It
# is given the pool's namespace and name. An object that is made may ask it again.
Judge = Callable[[str, str, Sequence[Effect], Mapping[str, str]], None]


def disks_may_go(pool: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether somebody gave a pool's disks away for this command."""
    return _named(pool, DISK_LOSS, environment)


def require_disks_stay(
    pool: str, effects: Iterable[Effect], environment: Mapping[str, str] = os.environ
) -> None:
    """Raise RefusedError if a change would take a pool's disks that nobody gave away.

    A smaller number of replicas is a normal act: it is told, and not refused.
    """
    bad = (effect for effect in effects if effect.severity >= Severity.REPLACED)
    _require_allowed(pool, bad, DISK_LOSS, environment)


def require_vms_start(
    pool: str, effects: Iterable[Effect], environment: Mapping[str, str] = os.environ
) -> None:
    """Raise RefusedError if VMs could not start again after a change."""
    bad = (effect for effect in effects if effect.severity is Severity.STRANDED)
    _require_allowed(pool, bad, RESTART, environment)


def require_no_restart(
    pool: str, effects: Iterable[Effect], environment: Mapping[str, str] = os.environ
) -> None:
    """Raise RefusedError if taking over a pool that somebody made by hand would restart its VMs."""
    bad = (effect for effect in effects if effect.severity >= Severity.RESTART_SOME)
    _require_allowed(pool, bad, RESTART, environment)


def as_allowed(sentence: str, stacks: Iterable[str]) -> str:
    """Return a refusal as it is told where there are more stacks than those that it is of.

    What allows it has their names with those of the pools. Other sentences stay as they are.
    """
    known = list(stacks)

    def named(match: re.Match[str]) -> str:
        pools = match[2].split(",")
        return f"{match[1]}={','.join(f'{of}{OF_STACK}{pool}' for of in known for pool in pools)}"

    return ALLOWS.sub(named, sentence)


def _named(pool: str, variable: str, environment: Mapping[str, str]) -> bool:
    return pool in names_in(variable, environment)


def _require_allowed(
    pool: str, bad: Iterable[Effect], variable: str, environment: Mapping[str, str]
) -> None:
    """Raise RefusedError for the first of some effects, unless the variable names the pool."""
    effect = next(iter(bad), None)
    if effect is None or _named(pool, variable, environment):
        return
    causes = ", ".join(effect.changed)
    because = f" (changed: {causes})" if causes else ""
    raise RefusedError(f"refused: {effect.text}{because}{WAY_OUT}{variable}={pool}")
