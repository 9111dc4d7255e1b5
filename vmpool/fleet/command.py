"""The verbs of fleet: steps over all stacks, a question between them, and the report."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import click

from .. import files, lifecycle
from ..console import UserError, tell
from ..engine import interruption
from . import disks, forms, one_stack, running
from .board import board
from .known import Known
from .one_stack import Work
from .queue import Queue
from .report import Report
from .result import INTERRUPTED, Outcome, Result, merged

Steps = Callable[["Fleet"], list[Result]]
# What is said at a first Ctrl-C.
WORDS = "no more stacks are begun, those that run finish; once more cancels them"


@dataclass
class Fleet:
    """Stacks that are worked on by one command.

    error: the first that no person can mend, of one of the stacks.
    """

    verb: str
    names: list[str]
    parallel: int
    fail_fast: bool
    error: Exception | None = None

    def step(
        self, verb: str, names: Iterable[str], work: Work, *, asks: bool = False
    ) -> dict[str, Result]:
        """Work on some stacks, and return what became of each.

        asks: whether somebody is asked for the disks at stake before the next step.
        """
        queue = Queue(names, fail_fast=self.fail_fast, asks=asks)
        error = running.run(queue, work, self.parallel, board(verb, queue.total))
        self.error = self.error or error
        return queue.results()

    def stops(self, results: Iterable[Result]) -> str:
        """Return why no further step is begun, "" if it is."""
        bad = next((one for one in results if one.outcome.bad), None)
        if interruption.status():
            return INTERRUPTED
        return f"stack {bad.stack} {bad.outcome.value}" if self.fail_fast and bad else ""


def run(verb: str, names: list[str], parallel: int, *, fail_fast: bool, report: Path | None) -> int:
    """Work on stacks, say what became of them, and return the exit code.

    report: the file of the report, JSON or Markdown by its ending.
    """
    form = forms.form_of(report) if report else None
    if report:
        forms.require_writable(report)
    if not names:
        raise UserError("there are no stacks here: a stack is a file Pulumi.<stack>.yaml")
    if verb != "refresh":
        disks.require_named(names, os.environ)
    lifecycle.require_engine()
    fleet = Fleet(verb, names, parallel, fail_fast)
    began = time.monotonic()
    with interruption.sparing(WORDS):
        results = STEPS[verb](fleet)
        told = Report(verb, tuple(results), time.monotonic() - began, interruption.status())
        click.echo(forms.as_text(told), nl=False)
        if report and form:
            files.replace(report, form(told))
        if fleet.error:
            # It is told as a bug, with all the others' ends told and kept.
            raise fleet.error
        if verb == "down" and not told.interrupted:
            lifecycle.stop_embedded_if_empty()
    return told.status


def _preview(fleet: Fleet) -> list[Result]:
    return list(fleet.step("preview", fleet.names, one_stack.preview(Known())).values())


def _refresh(fleet: Fleet) -> list[Result]:
    return list(fleet.step("refresh", fleet.names, one_stack.refresh(Known())).values())


def _up(fleet: Fleet) -> list[Result]:
    """Preview all, ask what disks may go, bring up what is not as it should be."""
    known = Known()
    with known.held():
        work = one_stack.preview(known, before_up=True)
        previewed = fleet.step("preview", fleet.names, work, asks=True)
    before, allowed = _with_permission(fleet, previewed)
    again = {result.stack for result in allowed}
    todo = [
        name
        for name, result in before.items()
        if name in again
        or result.outcome is Outcome.CHANGED
        or (result.outcome is Outcome.UNCHANGED and name in known.waiting)
    ]
    return _further(fleet, before, todo, one_stack.up(known, allowed), again)


def _down(fleet: Fleet) -> list[Result]:
    """See what is up, ask whether all its disks may go, and take it down."""
    known = Known()
    looked = fleet.step("look", fleet.names, one_stack.look(known), asks=True)
    before, allowed = _with_permission(fleet, looked)
    again = {result.stack for result in allowed}
    todo = [
        name
        for name, result in before.items()
        if name in again or result.outcome is Outcome.CHANGED
    ]
    return _further(fleet, before, todo, one_stack.down(known), again)


def _with_permission(
    fleet: Fleet, found: Mapping[str, Result]
) -> tuple[dict[str, Result], list[Result]]:
    """Ask for the disks that are at stake; return the results, and those that may go on.

    Nobody is asked where nothing would be done then.
    """
    asked = [one for one in found.values() if disks.not_named(one, os.environ)]
    others = [one for one in found.values() if one not in asked]
    if not asked or fleet.stops(others):
        return dict(found), []
    if _given_away(asked):
        return dict(found), asked
    return {**found, **{one.stack: disks.refused(one) for one in asked}}, []


def _given_away(asked: list[Result]) -> bool:
    if not sys.stdin.isatty():
        return False
    try:
        with interruption.at_once():
            tell(disks.question(asked))
            click.echo("> ", err=True, nl=False)
            return disks.answered(sys.stdin.readline())
    except KeyboardInterrupt:
        tell("\ninterrupted: nothing was touched")
        return False


def _further(
    fleet: Fleet, before: dict[str, Result], todo: list[str], work: Work, again: set[str]
) -> list[Result]:
    """Do the second step where it is to be done; what was asked for is no refusal any more."""
    kept = {**before, **{name: disks.given_away(before[name]) for name in again}}
    if why := fleet.stops(kept.values()):
        left = {name: replace(kept[name], outcome=Outcome.NOT_BEGUN, reason=why) for name in todo}
        return list({**kept, **left}.values())
    return merged(kept, fleet.step(fleet.verb, todo, work) if todo else {})


STEPS: dict[str, Steps] = {"preview": _preview, "up": _up, "refresh": _refresh, "down": _down}
