"""What is shown while a fleet is worked on: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

from kubevirt_vm_pool.text.durations import seconds

from ..console import SECONDS_BETWEEN_SIGNS_OF_LIFE, say
from .report import line_of, short, what_happens, word
from .result import Result, worst_first

if TYPE_CHECKING:
    from rich.table import Table

# Rows of the live table for stacks that have ended, beside those that run.
ENDED_SHOWN = 12
REFRESHES_A_SECOND = 4


class Board(Protocol):
    """Shows what goes on; its methods are called by several threads."""

    def __enter__(self) -> Board: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def begun(self, name: str) -> None:
        """Show that a stack is begun."""

    def said(self, name: str, line: str) -> None:
        """Show what is going on with a stack."""

    def ended(self, result: Result, number: int) -> None:
        """Show what became of a stack; number: how many have ended with it."""


def board(verb: str, total: int) -> Board:
    """Return the board that fits where standard error goes to."""
    terminal = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    return _Live(verb, total) if terminal else _Plain(verb, total)


class _Running:
    """The stacks that run: since when, and what was said last."""

    def __init__(self, verb: str, total: int) -> None:
        self.verb, self.total = verb, total
        self._since: dict[str, float] = {}
        self._line: dict[str, str] = {}
        self._lock = threading.Lock()

    def begun(self, name: str) -> None:
        with self._lock:
            self._since[name], self._line[name] = time.monotonic(), "begins"

    def said(self, name: str, line: str) -> None:
        with self._lock:
            if name in self._line:
                # The name is beside it.
                self._line[name] = line.removeprefix(f"stack {name}: ")

    def _over(self, name: str) -> None:
        with self._lock:
            self._since.pop(name, None)
            self._line.pop(name, None)

    def running(self) -> list[tuple[str, float, str]]:
        """Return name, seconds and last line of each, the oldest first."""
        now = time.monotonic()
        with self._lock:
            return [(name, now - since, self._line[name]) for name, since in self._since.items()]


class _Plain(_Running):
    """A line for each stack that has ended; and now and then, which run."""

    def __init__(self, verb: str, total: int) -> None:
        super().__init__(verb, total)
        self._end = threading.Event()

    def __enter__(self) -> Board:
        threading.Thread(target=self._show_signs_of_life, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()

    def ended(self, result: Result, number: int) -> None:
        self._over(result.stack)
        say(f"[{number}/{self.total}] {self.verb} {line_of(result, self.verb)}")

    def _show_signs_of_life(self) -> None:
        while not self._end.wait(SECONDS_BETWEEN_SIGNS_OF_LIFE):
            for name, since, line in self.running():
                say(f"{name}: {line} ... {seconds(since)}")


class _Live(_Running):
    """A table of what runs and what has just ended, with what was worst."""

    def __init__(self, verb: str, total: int) -> None:
        super().__init__(verb, total)
        self._recent: deque[Result] = deque(maxlen=ENDED_SHOWN)
        self._counts: Counter[str] = Counter()

    def __enter__(self) -> Board:
        from rich.console import Console
        from rich.live import Live

        self._live = Live(
            get_renderable=self._table,
            console=Console(stderr=True),
            refresh_per_second=REFRESHES_A_SECOND,
            transient=True,
        )
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def ended(self, result: Result, number: int) -> None:
        self._over(result.stack)
        with self._lock:
            self._recent.append(result)
            self._counts[word(result.outcome, self.verb)] += 1

    def _table(self) -> Table:
        with self._lock:
            recent, counts = list(self._recent), dict(self._counts)
        return table(self.verb, self.total, self.running(), recent, counts)


def table(
    verb: str,
    total: int,
    running: list[tuple[str, float, str]],
    recent: list[Result],
    counts: Mapping[str, int],
) -> Table:
    """Return the live table.

    running: as _Running tells it. recent: the last that have ended. counts: of all that have, by
    how they did.
    """
    from rich.markup import escape
    from rich.table import Table

    done = sum(counts.values())
    some = ", ".join(f"{number} {what}" for what, number in counts.items())
    made = Table(
        title=f"{verb}: {done} of {total} stacks{f' ({some})' if some else ''}",
        title_justify="left",
        expand=True,
        box=None,
    )
    made.add_column("stack", no_wrap=True, max_width=30)
    made.add_column("what happens", no_wrap=True, ratio=1)
    made.add_column("seconds", justify="right")
    made.add_column("worst effect", no_wrap=True)
    for name, since, line in running:
        made.add_row(escape(name), escape(line), f"{since:.0f}", "")
    for one in worst_first(recent):
        made.add_row(escape(one.stack), *map(escape, _cells(one, verb)), style="dim")
    return made


def _cells(result: Result, verb: str) -> tuple[str, str, str]:
    parts = (word(result.outcome, verb), what_happens(result), short(result.reason))
    what = ", ".join(filter(None, parts))
    return what, f"{result.seconds:.0f}", result.worst.label if result.worst else ""
