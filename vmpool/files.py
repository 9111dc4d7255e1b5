"""Files that several runs share: locks, what is made once, and the ends of logs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from .console import say

LOG_LINES_SHOWN = 8


def last_lines(log: Path) -> str:
    """Return the last lines of a log, each indented."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
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


def write_once(path: Path, text: str) -> None:
    """Write a file for its owner's eyes, unless it is there: of several writers the first wins.

    Nobody ever sees it unfinished, not even after a crash. Raises OSError.
    """
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # A link, which replaces nothing; a renaming would.
        with suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def replace(path: Path, text: str) -> None:
    """Write a file all at once, over what is there: nobody ever sees it unfinished.

    Raises OSError.
    """
    write_all({path: text})


def write_all(
    texts: Mapping[Path, str], removed: Iterable[Path] = (), *, new: bool = False
) -> None:
    """Write files, all of them or none; then remove others.

    All are complete beside their places before the first one takes its place, so that what fails
    for want of room or rights leaves everything as it was. new: whether none may be there yet.
    Raises OSError, FileExistsError for one that is there.
    """
    beside = {path: path.with_name(f".{path.name}.{uuid4().hex}") for path in texts}
    done: list[Path] = []
    try:
        for path, unfinished in beside.items():
            unfinished.write_text(texts[path], encoding="utf-8")
        for path, unfinished in beside.items():
            if new:
                # A link, which replaces nothing; a renaming would.
                os.link(unfinished, path)
                done.append(path)
            else:
                unfinished.replace(path)
    except OSError:
        for path in done:
            path.unlink(missing_ok=True)
        raise
    finally:
        for unfinished in beside.values():
            unfinished.unlink(missing_ok=True)
    for path in removed:
        path.unlink(missing_ok=True)
