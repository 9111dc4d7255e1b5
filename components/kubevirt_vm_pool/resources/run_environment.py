"""What one run of a program is given: several may run at once in one process.

Its environment variables, and who judges what it does to disks.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING

import pulumi

from ..text.variables import for_stack

if TYPE_CHECKING:
    from ..effects.disk_guard import Judge

_given: ContextVar[Mapping[str, str] | None] = ContextVar("run_environment", default=None)
_judge: ContextVar[Judge | None] = ContextVar("judge", default=None)


def give(environment: Mapping[str, str] | None, judge: Judge | None = None) -> None:
    """Give a program that is about to run its variables and judge; other programs keep theirs."""
    _given.set(environment)
    _judge.set(judge)


def current() -> Mapping[str, str]:
    """Return the variables of the program that runs; those of the process if it was given none.

    What they allow for other stacks is left out. What the engine calls later, such as a hook, asks
    for them when it is registered.
    """
    given = _given.get()
    return for_stack(pulumi.get_stack(), os.environ if given is None else given)


def judge() -> Judge | None:
    """Return who judges the program that runs; None is the disk guard, by the variables."""
    return _judge.get()
