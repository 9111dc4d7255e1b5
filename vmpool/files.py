"""Files that several runs share: locks, and the ends of logs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .console import say

LOG_LINES_SHOWN = 8


def last_lines(log: Path) -> str:
    """Return the last lines of a log, each indented."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(f"  {line}" for line in lines[-LOG_LINES_SHOWN:])


@contextmanager
def lock(path: Path, waiting_for: str) -> Iterator[None]:
    """Hold a lock, which ends with this process; say so if somebody else has it."""
    import fcntl

    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say(f"waiting for {waiting_for}")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
