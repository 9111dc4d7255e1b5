"""Looking again and again: a terminal is redrawn, a file written anew, else changes are printed."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import click

from ..console import UserError, of_the_system
from .facts import Report, StackStatus, State

Write = Callable[[str], object]


def watch(
    look: Callable[[], Report],
    form: Callable[[Report], str],
    write: Write | None,
    seconds: float,
) -> None:
    """Show reports until Ctrl-C, which ends it in silence.

    write: takes each report written; None is standard output. seconds: between two looks. Raises
    what the first look raises; when a later one fails the last report stays, and says why.
    """
    try:
        with _shown(write) as show:
            for report in _reports(look):
                show(report, form(report))
                time.sleep(seconds)
    except KeyboardInterrupt:
        return


def _reports(look: Callable[[], Report]) -> Iterator[Report]:
    """Yield what each look finds; of one that fails, what was found before."""
    found = shown = look()
    yield shown
    while True:
        try:
            again = look()
        except (UserError, OSError) as error:
            yield replace(shown, old=_as_it_was(shown, _said(error)))
        else:
            shown, found = bridged(again, found), again
            yield shown


def bridged(report: Report, before: Report) -> Report:
    """Return a report in which a stack that is not seen any more is as it was, for this once.

    A file that is being written, or a cluster that is slow to answer, is no news yet. before: the
    report of the look before, not bridged.
    """
    seen = {one.name: one for one in before.stacks if one.state is not State.UNSEEN}

    def of(stack: StackStatus) -> StackStatus:
        if stack.state is not State.UNSEEN or stack.name not in seen:
            return stack
        return replace(seen[stack.name], old=_as_it_was(before, "\n".join(stack.why)))

    return Report.of(map(of, report.stacks), report.at)


def _as_it_was(report: Report, why: str) -> str:
    return f"as it was at {report.time}: {why}"


def _said(error: UserError | OSError) -> str:
    return of_the_system(error) if isinstance(error, OSError) else error.message


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
    stacks = [
        replace(stack, scaling=stack.scaling and replace(stack.scaling, load=()))
        for stack in report.stacks
    ]
    return stacks, report.old
