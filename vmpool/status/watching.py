"""Looking again and again: a terminal is redrawn, a file written anew, else changes are printed."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import click

from .facts import Report

Write = Callable[[str], object]


def watch(
    look: Callable[[], Report],
    form: Callable[[Report], str],
    write: Write | None,
    seconds: float,
) -> None:
    """Show reports until Ctrl-C, which ends it in silence.

    write: takes each report written; None is standard output. seconds: between two looks.
    """
    try:
        with _shown(write) as show:
            while True:
                report = look()
                show(report, form(report))
                time.sleep(seconds)
    except KeyboardInterrupt:
        return


@contextmanager
def _shown(write: Write | None) -> Iterator[Callable[[Report, str], object]]:
    if write is not None:
        yield lambda report, text: write(text)
    elif sys.stdout.isatty():
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        with Live(console=Console(), auto_refresh=False, screen=True) as live:
            yield lambda report, text: live.update(Text(text), refresh=True)
    else:
        yield _Changes().print


class _Changes:
    """Prints a report when it says something else than the last one."""

    def __init__(self) -> None:
        self._before: object = None

    def print(self, report: Report, text: str) -> None:
        lasting = _lasting(report)
        if lasting != self._before:
            # A blank line parts it from the one before.
            click.echo(("" if self._before is None else "\n") + text, nl=False)
            sys.stdout.flush()
        self._before = lasting


def _lasting(report: Report) -> Any:
    """Return a report without what is another at every look: the load, and when it was made."""
    return [
        replace(stack, scaling=stack.scaling and replace(stack.scaling, load=()))
        for stack in report.stacks
    ]
