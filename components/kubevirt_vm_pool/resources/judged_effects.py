"""Who is told what the disk guard finds, beside the person: the effects themselves, not the words.

The engine passes on text alone. Who runs programs in its own process may want to know how bad a
change is, and to which pool.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Imported when there is something to judge.
    from ..effects import Effect

# Takes the name of a pool, and what a change does to its VMs and disks.
Judged = Callable[[str, "Sequence[Effect]"], object]


def nobody(pool: str, found: Sequence[Effect]) -> None:
    """Take what is found, for nobody."""


_given: ContextVar[Judged] = ContextVar("judged_effects", default=nobody)


def give(judged: Judged) -> None:
    """Let somebody know what is found in the program that is about to run."""
    _given.set(judged)


def current() -> Judged:
    """Return who is told of the program that runs; hooks ask when they are registered."""
    return _given.get()
