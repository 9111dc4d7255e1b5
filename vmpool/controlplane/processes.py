"""Daemons of a folder: started detached, found again by later runs, stopped only if really ours.

Of a daemon NAME the folder has NAME.log, what it prints, and NAME.pid: its process id and, on a
second line, when that process began, so that a process id that the system gave to somebody else
since is never taken for ours. (A command line would not tell: a wrapper's changes.)
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from ..console import UserError

SECONDS_TO_STOP_BY_THEMSELVES = 5
SECONDS_BETWEEN_LOOKS = 0.05
PROC = Path("/proc")

# Children of this very process stay zombies, and look alive, until somebody asks for their end.
_children: dict[int, subprocess.Popen[bytes]] = {}


def spawn(folder: Path, name: str, command: Sequence[str], cwd: Path) -> int:
    """Start a daemon in a session of its own and return its process id.

    It gets none of this process' environment: etcd and kwok read settings from theirs, and from
    files in the home folder. Raises UserError if the program cannot be run.
    """
    with private(folder / f"{name}.log") as log:
        try:
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env={"HOME": str(folder), "PATH": os.defpath},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as reason:
            raise UserError(f"{command[0]} cannot be run: {reason.strerror}") from None
    _children[process.pid] = process
    with private(folder / f"{name}.pid") as record:
        record.write(f"{process.pid}\n{_began(process.pid)}".encode())
    return process.pid


def ours(folder: Path, name: str) -> int | None:
    """Return the process id of the folder's daemon, or None if it does not run."""
    try:
        pid, began = (folder / f"{name}.pid").read_text().split("\n")
        number = int(pid)
    except (FileNotFoundError, ValueError):
        return None
    return number if began and _began(number) == began else None


def stop(folder: Path, names: Iterable[str]) -> list[str]:
    """End the folder's daemons, one after the other, and return which of them ran.

    Raises UserError if one outlives even SIGKILL.
    """
    ran = []
    for name in names:
        pid = ours(folder, name)
        if pid is not None:
            ran.append(name)
            _end(folder, name, pid)
        (folder / f"{name}.pid").unlink(missing_ok=True)
    return ran


def wait_until(condition: Callable[[], bool], at_most: float) -> bool:
    """Wait for a condition, for some seconds; return whether it came true."""
    deadline = time.monotonic() + at_most
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return True


def private(path: Path) -> IO[bytes]:
    """Open a file for writing, emptied, that only its owner can read from its first moment on."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _end(folder: Path, name: str, pid: int) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if wait_until(lambda: ours(folder, name) is None, SECONDS_TO_STOP_BY_THEMSELVES):
            return
    raise UserError(f"{name} (process {pid}) does not stop; see {folder / name}.log")


def _began(pid: int) -> str | None:
    """Return when a process began, in the system's own words, or None if it does not run."""
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]
        return None
    if (PROC / "self/stat").exists():
        return _began_linux(pid)
    shown = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],
        # Or another shell's language and time zone would make it another moment.
        env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    ).stdout
    state, _, began = shown.strip().partition(" ")
    return None if state.startswith("Z") else began.strip() or None


def _began_linux(pid: int) -> str | None:
    try:
        # The second field, a name in brackets, may itself hold blanks and brackets.
        state, *fields = (PROC / f"{pid}/stat").read_text().rpartition(")")[2].split()
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    # proc(5): the state is field 3, the start in clock ticks since boot is field 22.
    return None if state in "ZX" else f"{boot} {fields[18]}"


def began_at(pid: int) -> float | None:
    """Return when a process began, in seconds since 1970 (to a second); None if it does not run."""
    began = _began(pid)
    if began is None:
        return None
    if (PROC / "self/stat").exists():
        return _boot() + int(began.split()[1]) / os.sysconf("SC_CLK_TCK")
    # As ps has it, in the C locale.
    return datetime.strptime(began, "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC).timestamp()


def _boot() -> float:
    line = next(
        line
        for line in (PROC / "stat").read_text(encoding="utf-8").splitlines()
        if line.startswith("btime ")
    )
    return float(line.split()[1])
