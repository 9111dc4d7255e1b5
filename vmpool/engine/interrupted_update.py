"""What an update that was killed has left: a lock, and operations that nobody saw the end of."""

from __future__ import annotations

import getpass
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kubevirt_vm_pool.stack_config import PROJECT

from ..console import Say
from ..controlplane import processes
from . import file_backend

if TYPE_CHECKING:
    from .inline import Engine

# An engine whose vmpool was killed ends by itself; so long an update waits for that.
SECONDS_TO_WAIT = 60

# Of the Kubernetes provider: an object that is there already is updated.
UPSERT = "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"


def told(engine: Engine, stack: str) -> Engine:
    """Say what an update holds or has left, and leave all of it to the next update.

    Return the engine that previews a stack all the same.
    """
    state = file_backend.folder(engine.environment)
    for lock in _locks(state, stack) if state else ():
        engine.say(f"stack {stack} is locked by {lock}")
    pending = _pending(engine, stack)
    if not pending:
        return engine
    engine.say(f"an update was killed at {pending}; the next up takes it up again")
    return _upserting(engine)


def unlock(engine: Engine, stack: str) -> None:
    """Remove what keeps everybody from a stack, if the update that left it is gone; say so."""
    state = file_backend.folder(engine.environment)
    if state is None:
        return
    held = [lock for lock in _locks(state, stack) if not lock.removed(engine.say)]
    if not held:
        _mend(state / "stacks" / PROJECT, stack)


def settle(engine: Engine, stack: str) -> Engine:
    """Forget operations that an update had begun when it was killed; say so.

    Return the engine that takes up what was made all the same: by default its provider refuses to
    make what is there.
    """
    pending = _pending(engine, stack)
    if not pending:
        return engine
    engine.without_pending_operations(stack)
    engine.say(f"an update was killed at {pending}; it is taken up again")
    return _upserting(engine)


def _pending(engine: Engine, stack: str) -> str:
    """Return the names of what an update had begun; "" if there is none."""
    latest = file_backend.latest(engine.environment, stack) or {}
    begun = latest.get("pending_operations") or ()
    return ", ".join(one["resource"]["urn"].rpartition("::")[2] for one in begun)


def _upserting(engine: Engine) -> Engine:
    return replace(engine, environment={**engine.environment, UPSERT: "true"})


def _mend(stacks: Path, stack: str) -> None:
    """Remove files that were being written when the engine was killed.

    With a stack's state the backend keeps notes on its file (gocloud.dev's fileblob), which it
    writes in place: where they are cut off it cannot read the state, which needs none of them.
    """
    for notes in stacks.glob(f"{stack}.json*.attrs"):
        try:
            json.loads(notes.read_text(encoding="utf-8"))
        except ValueError:
            notes.unlink(missing_ok=True)
    for begun in stacks.glob(f"{stack}.json.*.tmp"):
        begun.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Lock:
    """A lock of a file backend."""

    file: Path
    pid: int
    user: str
    host: str
    since: float

    def __str__(self) -> str:
        began = datetime.fromtimestamp(self.since, UTC).strftime("%Y-%m-%d %H:%M UTC")
        return f"an update of {self.user} on {self.host} (process {self.pid}, since {began})"

    def removed(self, say: Say) -> bool:
        """Remove it if its process is gone, after waiting for one that may end soon."""
        if (self.user, self.host) != (getpass.getuser(), socket.gethostname()):
            return False
        if self._held():
            say(f"process {self.pid} works on the stack; waiting for its end")
            processes.wait_until(lambda: not self._held(), SECONDS_TO_WAIT)
        if self._held():
            return False
        if self.file.exists():
            self.file.unlink(missing_ok=True)
            say(f"the lock of an update that was killed (process {self.pid}) is removed")
        return True

    def _held(self) -> bool:
        """Tell whether its process runs: a number may be another process's by now."""
        began = processes.began_at(self.pid)
        # A process began at a whole second, a lock at a part of one.
        return self.file.exists() and began is not None and began <= self.since + 1


def _locks(state: Path, stack: str) -> Iterator[_Lock]:
    for file in (state / "locks" / "organization" / PROJECT / stack).glob("*.json"):
        try:
            said = json.loads(file.read_text(encoding="utf-8"))
            since = datetime.fromisoformat(said["timestamp"]).timestamp()
            yield _Lock(file, said["pid"], said["username"], said["hostname"], since)
        except (OSError, ValueError, KeyError, TypeError):
            # Its update has ended meanwhile, or it is none of ours to judge.
            continue
