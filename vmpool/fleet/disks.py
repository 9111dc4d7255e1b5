"""What a fleet would lose for good: asked once, by name, before anything is touched."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from kubevirt_vm_pool.effects.disk_guard import DISK_LOSS, WAY_OUT
from kubevirt_vm_pool.text.listing import first_of
from kubevirt_vm_pool.text.spelling import did_you_mean
from kubevirt_vm_pool.text.variables import OF_POOLS, OF_STACK, for_stack, names_in

from ..console import UserError
from .result import Outcome, Result

YES = "yes"
# Of stacks, in an error.
MOST_NAMES = 10
NO_NAME = '""'
# How the guard's sentence begins (effects/disk_guard.py).
REFUSED = "refused: "


def require_named(stacks: Collection[str], environment: Mapping[str, str]) -> None:
    """Raise UserError for a permission that is for no stack of these, or for more than one.

    Pools of many stacks may have one name, and whoever names it may think of one of them.
    """
    for variable in OF_POOLS:
        for name in sorted(names_in(variable, environment)):
            of, is_of_stack, pool = name.rpartition(OF_STACK)
            if is_of_stack and of not in stacks:
                instead = _instead(of, pool, stacks)
                raise UserError(
                    f"{variable}={name}: no stack {of or NO_NAME} is worked on{instead}"
                )
            if not is_of_stack and len(stacks) > 1:
                raise UserError(
                    f"{variable}={name}: a fleet may have a pool of that name in each of its "
                    f"stacks; name the stack too, as {min(stacks)}{OF_STACK}{name}"
                )


def _instead(of: str, pool: str, stacks: Collection[str]) -> str:
    if near := did_you_mean(of, stacks):
        return f"; did you mean {near}{OF_STACK}{pool}?"
    return f", only {first_of(sorted(stacks), MOST_NAMES)}"


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
