"""What a fleet would lose for good: asked once, by name, before anything is touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kubevirt_vm_pool.effects.disk_guard import DISK_LOSS
from kubevirt_vm_pool.text.variables import names_in

from .result import Outcome, Result

YES = "yes"


def question(at_stake: Iterable[Result]) -> str:
    """Return what a person is asked, with every stack and pool by name.

    at_stake: of stacks that lose disks which nobody gave away.
    """
    lines = []
    for result in at_stake:
        lines.append(f"  stack {result.stack}: {_pools(result)}")
        lines += [f"    {sentence}" for sentence in result.effects]
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
    named = names_in(DISK_LOSS, environment)
    return tuple(pool for pool in result.at_stake if pool not in named)


def refused(result: Result) -> Result:
    """Return the result of a stack whose disks were not given away."""
    return replace(
        result,
        outcome=Outcome.REFUSED,
        reason=f"refused: the disks of {_pools(result)} would be lost. To allow it for one "
        f"command, set {DISK_LOSS}={','.join(result.at_stake)}",
    )


def _pools(result: Result) -> str:
    return f"pool{'s' * (len(result.at_stake) > 1)} {', '.join(result.at_stake)}"
