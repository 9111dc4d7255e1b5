"""Which stack is begun next, and why none is any more."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable

from .result import Outcome, Result


class Queue:
    """The stacks of one step, in their order; for any number of threads.

    fail_fast: whether the first that ends badly closes it. asks: whether disks at stake are asked
    for when all have ended, so that they are no bad end yet.
    """

    def __init__(
        self, names: Iterable[str], *, fail_fast: bool = False, asks: bool = False
    ) -> None:
        self._waiting = deque(names)
        self.total = len(self._waiting)
        self._fail_fast, self._asks = fail_fast, asks
        self._closed = ""
        self._results: dict[str, Result] = {}
        self._lock = threading.Lock()

    def take(self) -> str | None:
        """Return the next stack to begin, None if there is none or no more may be begun."""
        with self._lock:
            if self._closed or not self._waiting:
                return None
            return self._waiting.popleft()

    def ended(self, result: Result) -> int:
        """Take note of what became of a stack; return how many have ended."""
        with self._lock:
            self._results[result.stack] = result
            is_asked = self._asks and result.at_stake
            if self._fail_fast and result.outcome.bad and not is_asked:
                self._closed = self._closed or f"stack {result.stack} {result.outcome.value}"
            return len(self._results)

    def close(self, why: str) -> None:
        """Let no more stacks be begun."""
        with self._lock:
            self._closed = self._closed or why

    @property
    def waiting(self) -> int:
        """How many are not begun."""
        return len(self._waiting)

    @property
    def closed(self) -> str:
        """Why no more are begun; "" while they are."""
        return self._closed

    def results(self) -> dict[str, Result]:
        """Return what became of each, those that were not begun too."""
        with self._lock:
            why = self._closed
            left = {name: Result(name, Outcome.NOT_BEGUN, reason=why) for name in self._waiting}
            return {**self._results, **left}
