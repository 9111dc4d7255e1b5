"""The processes that a process has started."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator


def descendants(pid: int) -> Iterator[int]:
    """Yield the processes that a process has started, and those that they have."""
    listed = subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid="], capture_output=True, encoding="utf-8", check=True
    ).stdout
    for line in listed.splitlines():
        child, parent = map(int, line.split())
        if parent == pid:
            yield child
            yield from descendants(child)
