"""A command at a terminal of its own: what it prints there, and answers that are typed."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

SECONDS = 120


def at_terminal(
    command: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    answer: tuple[str | Path, str | Callable[[], str]] | None = None,
) -> tuple[int, str]:
    """Run a command at a terminal; return its exit code and all that was shown.

    answer: what is waited for, words that are shown or a file, and what is typed then, or a
    function that does something before and returns it.
    """
    master, slave = pty.openpty()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=dict(environment),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        # What is typed may be Ctrl-C, which goes to all that run in the terminal's foreground.
        preexec_fn=_take_terminal,
    )
    os.close(slave)
    shown, deadline = b"", time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if select.select([master], [], [], 0.2)[0]:
            try:
                shown += os.read(master, 65536)
            except OSError:  # the other end is closed
                break
        if answer and _is_there(answer[0], shown):
            typed = answer[1]
            os.write(master, (typed if isinstance(typed, str) else typed()).encode())
            answer = None
    os.close(master)
    try:
        code = process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return code, shown.decode(errors="replace").replace("\r\n", "\n")


def _is_there(awaited: str | Path, shown: bytes) -> bool:
    return awaited.exists() if isinstance(awaited, Path) else awaited.encode() in shown


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
