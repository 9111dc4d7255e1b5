"""Daemons of a folder: started detached, found again by later runs, stopped only if really ours.

Of a daemon NAME the folder has NAME.log, what it prints, and NAME.pid: its process id and, on the
further lines, its command, so that a process id that the system gave to somebody else since is
never taken for ours.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .console import Trouble, say

LOG_LINES_SHOWN = 8
SECONDS_TO_STOP_BY_THEMSELVES = 5
SECONDS_TO_BE_SEEN = 5
SECONDS_BETWEEN_LOOKS = 0.05

# Children of this very process stay zombies, and look alive, until somebody asks for their end.
_children: dict[int, subprocess.Popen[bytes]] = {}


def spawn(folder: Path, name: str, command: Sequence[str], cwd: Path) -> int:
    """Start a daemon in a session of its own and return its process id.

    The command's arguments must tell it from all others: by them it is found again. It gets none
    of this process' environment: etcd and kwok read settings from theirs, and from files in the
    home folder. Raises Trouble if the program cannot be run.
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
            raise Trouble(f"{command[0]} cannot be run: {reason.strerror}") from None
    _children[process.pid] = process
    with private(folder / f"{name}.pid") as record:
        record.write("\n".join([str(process.pid), *command]).encode())
    # For a moment after it began to run a process has no command line yet.
    if not wait_until(
        lambda: process.poll() is not None or ours(folder, name) is not None, SECONDS_TO_BE_SEEN
    ):
        process.kill()
        raise Trouble(f"{command[0]} hides behind another command line, so it could not be stopped")
    return process.pid


def ours(folder: Path, name: str) -> int | None:
    """Return the process id of the folder's daemon, or None if it does not run."""
    try:
        pid, _, *arguments = (folder / f"{name}.pid").read_text().split("\n")
        number = int(pid)
    except (FileNotFoundError, ValueError):
        return None
    # A zombie has no command line; a wrapper's may begin with something else.
    line = command_line(number) or ""
    return number if line.endswith(" ".join(["", *arguments])) and arguments else None


def stop(folder: Path, names: Iterable[str]) -> list[str]:
    """End the folder's daemons, one after the other, and return which of them ran.

    Raises Trouble if one outlives even SIGKILL.
    """
    ran = []
    for name in names:
        pid = ours(folder, name)
        if pid is not None:
            ran.append(name)
            _end(folder, name, pid)
        (folder / f"{name}.pid").unlink(missing_ok=True)
    return ran


def command_line(pid: int) -> str | None:
    """Return a process' command line, or None if it does not run."""
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]
    if Path("/proc/self/cmdline").exists():
        try:
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return None
        return arguments.decode(errors="replace").rstrip("\0").replace("\0", " ") or None
    shown = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return shown.stdout.strip() or None


def last_lines(log: Path) -> str:
    """Return the last lines of a log, each indented."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(f"  {line}" for line in lines[-LOG_LINES_SHOWN:])


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


def _end(folder: Path, name: str, pid: int) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if wait_until(lambda: ours(folder, name) is None, SECONDS_TO_STOP_BY_THEMSELVES):
            return
    raise Trouble(f"{name} (process {pid}) does not stop; see {folder / name}.log")
