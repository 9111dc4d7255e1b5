"""What is done with one stack of a fleet; each function runs in a thread, beside others."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field, replace

from .. import demonstration, lifecycle, namespaces, target
from ..check import command as check
from ..console import Say, UserError
from ..engine import file_backend, stack_file
from ..lifecycle import Begun
from ..stack import stack_files
from ..stack.stack_files import Stack
from ..target import Target
from . import disks
from .hearing import Hearing
from .result import Outcome, Result

# Shorter ones would take words out of sentences.
SHORTEST_SECRET = 4
HIDDEN = "[secret]"
NOT_UP = "it is not up"

Work = Callable[[str, Say], Result]


@dataclass
class Known:
    """What the stacks of a fleet share, and what a later step must know of an earlier one.

    files: the digest of each stack file at its preview. waiting: stacks whose up waits for VMs.
    """

    files: dict[str, str] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    _namespaces: dict[Target, Container[str]] = field(default_factory=dict)
    _shown: Container[str] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def place(self, stack: Stack) -> Target:
        """Return the cluster of a stack; the embedded one is started by the first."""
        with self._lock:
            return target.started(stack, apart=True)

    def namespaces(self, place: Target) -> Container[str]:
        """Return the namespaces of a cluster as they were at first, () if nobody may list them."""
        with self._lock:
            if place not in self._namespaces:
                self._namespaces[place] = namespaces.names(place.kubectl())
            return self._namespaces[place]

    def is_shown(self, begun: Begun, stack: Stack) -> bool:
        """Tell whether kubectl has shown a stack on the embedded control plane, without engine."""
        if not begun.place.embedded or begun.outputs:
            return False
        with self._lock:
            if self._shown is None:
                self._shown = demonstration.stacks(begun.kubectl)
            return stack.name in self._shown


def preview(known: Known, *, before_up: bool = False) -> Work:
    """Return what compares a stack with its cluster.

    before_up: whether the cluster must be fit for it, as for an up.
    """

    def work(name: str, say: Say) -> Result:
        stack = stack_files.read(name)
        place = known.place(stack)
        begun = lifecycle.prepared(stack, place, say, known.namespaces(place))
        if before_up and not place.embedded:
            check.require(stack, place, begun.kubectl, say)
        known.files[name] = _fingerprint(stack)
        if begun.spec.wait_for_ready:
            known.waiting.add(name)
        return _run(begun, stack, say, lambda one, hear: one.engine.previewed(stack, hear))

    return work


def up(known: Known, allowed: Iterable[Result]) -> Work:
    """Return what brings a stack up that was previewed.

    allowed: previews of the stacks whose disks were given away; they were refused there, and must
    be previewed again.
    """
    given = {result.stack: result.at_stake for result in allowed}

    def work(name: str, say: Say) -> Result:
        stack = stack_files.read(name)
        if _fingerprint(stack) != known.files[name]:
            raise UserError(f"{stack.file.name} was changed after its preview: run it again")
        begun = lifecycle.begin(stack, known.place(stack), say)
        if name in given:
            begun = replace(begun, engine=begun.engine.giving_away(given[name]))
            again = _run(begun, stack, say, lambda one, hear: one.engine.previewed(stack, hear))
            if again.outcome.bad:
                return again
        if known.is_shown(begun, stack):
            demonstration.down(begun.kubectl, stack)
        return _run(begun, stack, say, lambda one, hear: one.engine.update(stack, hear))

    return work


def refresh(known: Known) -> Work:
    """Return what takes a stack's live objects into its state."""

    def work(begun: Begun, stack: Stack, say: Say) -> Result:
        return _run(begun, stack, say, lambda one, hear: one.engine.refresh(stack, hear))

    return _on_what_is_up(work)


def look(known: Known) -> Work:
    """Return what tells which pools a stack has, whose disks a down would lose."""

    def work(begun: Begun, stack: Stack, say: Say) -> Result:
        known.files[stack.name] = _fingerprint(stack)
        asked = Result(stack.name, Outcome.CHANGED, at_stake=tuple(sorted(begun.pools)))
        left = disks.not_named(asked, os.environ)
        return replace(asked, at_stake=left)

    return _on_what_is_up(work)


def down(known: Known) -> Work:
    """Return what takes a stack down, whose disks were given away."""

    def work(begun: Begun, stack: Stack, say: Say) -> Result:
        result = _run(
            begun, stack, say, lambda one, hear: one.engine.destroy(stack, one.pools, hear)
        )
        if not result.outcome.bad and begun.spec.create_namespace:
            lifecycle.remove_namespace(begun, say)
        return result

    return _on_what_is_there(work)


def _on_what_is_up(work: Callable[[Begun, Stack, Say], Result]) -> Work:
    """Let work be done on a stack that has resources; one without is told to be not up."""

    def on_resources(begun: Begun, stack: Stack, say: Say) -> Result:
        if not _is_up(begun, stack):
            return Result(stack.name, Outcome.UNCHANGED, reason=NOT_UP)
        return work(begun, stack, say)

    return _on_what_is_there(on_resources)


def _on_what_is_there(work: Callable[[Begun, Stack, Say], Result]) -> Work:
    """Let work be done on a stack whose cluster is there; else it is told to be not up."""

    def on_cluster(name: str, say: Say) -> Result:
        stack = stack_files.read(name)
        place = target.existing(stack, apart=True)
        if place is None:
            return Result(name, Outcome.UNCHANGED, reason=NOT_UP)
        return work(lifecycle.begin(stack, place, say), stack, say)

    return on_cluster


def _is_up(begun: Begun, stack: Stack) -> bool:
    if begun.outputs is None:
        return False
    return not file_backend.is_empty(begun.engine.environment, stack.name)


def _run(begun: Begun, stack: Stack, say: Say, operation: Callable[..., int]) -> Result:
    """Let the engine work on a stack, and return what was heard of it."""
    hearing = Hearing(say, _hiding(stack))
    began = time.monotonic()
    engine = replace(begun.engine, say=hearing.say, judge=hearing.judge)
    code = operation(replace(begun, engine=engine), hearing.heard)
    return hearing.result(stack.name, code, time.monotonic() - began)


def _hiding(stack: Stack) -> Callable[[str], str]:
    """Return what takes a stack's secret texts out of a line."""
    secrets: set[str] = set()

    def note(text: str) -> str:
        secrets.add(text)
        return text

    stack_file.sealed(stack.given, note)
    long_first = sorted((one for one in secrets if len(one) >= SHORTEST_SECRET), key=len)[::-1]

    def hide(line: str) -> str:
        for secret in long_first:
            line = line.replace(secret, HIDDEN)
        return line

    return hide


def _fingerprint(stack: Stack) -> str:
    return hashlib.sha256(stack.file.read_bytes()).hexdigest()
