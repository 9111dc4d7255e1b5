"""A command at a terminal of its own: what it prints there, and answers that are typed."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

SECONDS = 120


def at_terminal(
    command: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    answer: tuple[str, str] | None = None,
) -> tuple[int, str]:
    """Run a command at a terminal; return its exit code and all that was shown.

    answer: what is waited for, and what is typed then.
    """
    master, slave = pty.openpty()
    process = subprocess.Popen(
        command, cwd=cwd, env=dict(environment), stdin=slave, stdout=slave, stderr=slave
    )
    os.close(slave)
    shown, deadline = b"", time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if not select.select([master], [], [], 0.2)[0]:
            continue
        try:
            shown += os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if answer and answer[0].encode() in shown:
            os.write(master, answer[1].encode())
            answer = None
    os.close(master)
    try:
        code = process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return code, shown.decode(errors="replace").replace("\r\n", "\n")
