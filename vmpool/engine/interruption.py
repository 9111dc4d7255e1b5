"""Ctrl-C and SIGTERM while the engine works: it finishes its step, and leaves state without a lock.

The engine's processes are in groups of their own, so that a terminal's Ctrl-C does not reach them
beside what they are told here: a second one would end them at once.
"""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from ..console import say

SIGNALS = (signal.SIGINT, signal.SIGTERM)

Process = subprocess.Popen[str]


class _Received:
    """The signals of this process, and the engine's processes that they are passed on to."""

    def __init__(self) -> None:
        # How many signals go by before the engine's processes hear of one, and what is said then.
        self._spared, self._words = 0, ""
        # A handler may come while its own thread holds the lock.
        self._lock = threading.RLock()
        self._running: set[Process] = set()
        self._numbers: list[int] = []

    def begin(self, spared: int, words: str) -> None:
        self._spared, self._words = spared, words

    def forget(self) -> None:
        self._numbers.clear()
        self._spared = 0

    @property
    def status(self) -> int:
        return 128 + self._numbers[0] if self._numbers else 0

    def require_none(self) -> None:
        if self._passed_on:
            raise SystemExit(self.status)

    @property
    def _passed_on(self) -> int:
        return max(0, len(self._numbers) - self._spared)

    def start(self, process: Process) -> None:
        with self._lock:
            self._running.add(process)
            missed = bool(self._passed_on)
        if missed:
            _send(process, signal.SIGINT)

    def end(self, process: Process) -> None:
        with self._lock:
            self._running.discard(process)

    def handle(self, number: int, _: FrameType | None) -> None:
        self._numbers.append(number)
        times = self._passed_on
        if not times:
            say(f"interrupted: {self._words}")
            return
        with self._lock:
            running = list(self._running)
        if not running and not self._spared:
            raise SystemExit(128 + number)
        if times == 1:
            say("interrupted: the engine finishes its step; once more ends it at once")
        for process in running:
            # The engine takes a second one for "at once", and hears no third.
            _send(process, signal.SIGINT if times < 3 else signal.SIGKILL)

    def handle_at_once(self, number: int, _: FrameType | None) -> None:
        self._numbers.append(number)
        raise KeyboardInterrupt


_received = _Received()


@contextmanager
def in_order() -> Iterator[None]:
    """Pass on to the engine what this process is told; then exit with status 130 or 143.

    Where the engine does not run, the exit is at once. Of use in the main thread, which is the one
    that gets signals; in others it does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    try:
        with _handled_by(_received.handle):
            yield
    finally:
        _received.forget()


@contextmanager
def told(process: Process) -> Iterator[None]:
    """Let a process of the engine hear of signals until it has ended."""
    _received.start(process)
    try:
        yield
    finally:
        _received.end(process)


@contextmanager
def sparing(words: str) -> Iterator[None]:
    """Do the same, but let the engine's processes work on after a first signal.

    words: what is said then. Who begins them asks for `status`, and begins no more.
    """
    _received.begin(1, words)
    with in_order():
        yield


@contextmanager
def at_once() -> Iterator[None]:
    """Let a signal raise KeyboardInterrupt for a while, where somebody is asked something.

    `status` tells of it as of any other.
    """
    with _handled_by(_received.handle_at_once):
        yield


@contextmanager
def _handled_by(handle: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Let a function take the signals for a while, in place of who takes them now."""
    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def require_none() -> None:
    """Raise SystemExit, with status 130 or 143, if the engine is told of an interruption."""
    _received.require_none()


def status() -> int:
    """Return 130 or 143 if this process was interrupted, else 0."""
    return _received.status


def _send(process: Process, number: int) -> None:
    if process.poll() is None:
        process.send_signal(number)
