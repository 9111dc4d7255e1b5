"""The environment variables of one run of a program: several may run at once in one process."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextvars import ContextVar

_given: ContextVar[Mapping[str, str] | None] = ContextVar("run_environment", default=None)


def give(environment: Mapping[str, str]) -> None:
    """Give a program that is about to run its variables; other programs keep theirs."""
    _given.set(environment)


def current() -> Mapping[str, str]:
    """Return the variables of the program that runs; those of the process if it was given none.

    What the engine calls later, such as a hook, asks for them when it is registered.
    """
    given = _given.get()
    return os.environ if given is None else given
