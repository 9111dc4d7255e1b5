"""What a fleet would lose for good: asked once, by name, before anything is touched."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from kubevirt_vm_pool.effects.disk_guard import DISK_LOSS, RESTART, WAY_OUT
from kubevirt_vm_pool.text.variables import OF_STACK, for_stack, names_in

from ..console import UserError
from .result import Outcome, Result

YES = "yes"
# How the guard's sentence begins (effects/disk_guard.py).
REFUSED = "refused: "
# What allows it: a variable with pools.
ALLOWS = re.compile(rf"(?<={re.escape(WAY_OUT)})(\w+)=([\w.,-]+)")


def require_stacks_named(stacks: Collection[str], environment: Mapping[str, str]) -> None:
    """Raise UserError for a permission that would hold for pools of more than one stack.

    Pools of many stacks may have one name, and whoever names it may think of one of them.
    """
    if len(stacks) < 2:
        return
    for variable in (DISK_LOSS, RESTART):
        if bare := sorted(n for n in names_in(variable, environment) if OF_STACK not in n):
            raise UserError(
                f"{variable}={','.join(bare)}: a fleet may have a pool of that name in each of its "
                f"stacks; name the stack too, as {min(stacks)}{OF_STACK}{bare[0]}"
            )


def question(at_stake: Iterable[Result]) -> str:
    """Return what a person is asked, with every stack and pool by name.

    at_stake: of stacks that lose disks which nobody gave away.
    """
    lines = []
    for result in at_stake:
        lines.append(f"  stack {result.stack}: {_pools(result)}")
        lines += [f"    {without_way_out(sentence)}" for sentence in result.effects]
    return "\n".join(
        [
            "The disks of these pools would be lost, with all that is on them:",
            *lines,
            f'Type "{YES}" to give all of them away; anything else leaves them as they are.',
        ]
    )


def answered(answer: str) -> bool:
    """Tell whether an answer gives the disks away."""
    return answer.strip().lower() == YES


def not_named(result: Result, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the pools whose disks are at stake and that the variable does not name."""
    named = names_in(DISK_LOSS, for_stack(result.stack, environment))
    return tuple(pool for pool in result.at_stake if pool not in named)


def given_away(result: Result) -> Result:
    """Return the result of a stack whose disks were given away: there is something to do."""
    told = tuple(one for one in result.effects if not one.startswith(REFUSED))
    return replace(result, outcome=Outcome.CHANGED, at_stake=(), effects=told, reason="")


def without_way_out(sentence: str) -> str:
    """Return what the guard says without how to allow it, which the question is about."""
    return sentence.removeprefix(REFUSED).partition(WAY_OUT)[0]


def as_allowed(sentence: str, stacks: Iterable[str]) -> str:
    """Return what the guard says of some stacks, with what allows it for just these."""
    known = list(stacks)

    def named(match: re.Match[str]) -> str:
        pools = match[2].split(",")
        return f"{match[1]}={','.join(f'{of}{OF_STACK}{pool}' for of in known for pool in pools)}"

    return ALLOWS.sub(named, sentence)


def refused(result: Result) -> Result:
    """Return the result of a stack whose disks were not given away."""
    own = (
        f"{REFUSED}the disks of {_pools(result)} would be lost{WAY_OUT}"
        f"{DISK_LOSS}={','.join(result.at_stake)}"
    )
    guards = (one for one in result.effects if one.startswith(REFUSED))
    return replace(result, outcome=Outcome.REFUSED, reason=next(guards, own))


def _pools(result: Result) -> str:
    return f"pool{'s' * (len(result.at_stake) > 1)} {', '.join(result.at_stake)}"
