"""The verbs of fleet: steps over all stacks, a question between them, and the report."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import click

from .. import lifecycle, target
from ..console import UserError, say
from . import disks, forms, one_stack, running
from .board import board
from .known import Known
from .one_stack import Work
from .queue import Queue
from .report import Report
from .result import Outcome, Result, merged

Steps = Callable[["Fleet"], list[Result]]


@dataclass
class Fleet:
    """Stacks that are worked on by one command.

    interrupted: the exit code that an interruption asks for.
    """

    verb: str
    names: list[str]
    parallel: int
    fail_fast: bool
    interrupted: int = 0

    def step(self, verb: str, names: Iterable[str], work: Work) -> dict[str, Result]:
        """Work on some stacks, and return what became of each."""
        queue = Queue(names, fail_fast=self.fail_fast)
        self.interrupted = running.run(queue, work, self.parallel, board(verb, queue.total))
        return queue.results()

    def stops(self, results: Mapping[str, Result]) -> str:
        """Return why no further step is begun, "" if it is."""
        bad = next((one for one in results.values() if one.outcome.bad), None)
        if self.interrupted:
            return running.INTERRUPTED
        return f"stack {bad.stack} {bad.outcome.value}" if self.fail_fast and bad else ""


def run(verb: str, names: list[str], parallel: int, *, fail_fast: bool, report: Path | None) -> int:
    """Work on stacks, say what became of them, and return the exit code.

    report: the file of the report, JSON or Markdown by its ending.
    """
    form = forms.form_of(report) if report else None
    if not names:
        raise UserError("there are no stacks here: a stack is a file Pulumi.<stack>.yaml")
    if verb in {"up", "down"}:
        disks.require_stacks_named(names, os.environ)
    lifecycle.require_engine()
    fleet = Fleet(verb, names, parallel, fail_fast)
    began = time.monotonic()
    results = STEPS[verb](fleet)
    told = Report(verb, tuple(results), time.monotonic() - began, fleet.interrupted)
    click.echo(forms.as_text(told), nl=False)
    if report and form:
        report.write_text(form(told), encoding="utf-8")
    return told.status


def _preview(fleet: Fleet) -> list[Result]:
    return list(fleet.step("preview", fleet.names, one_stack.preview(Known())).values())


def _refresh(fleet: Fleet) -> list[Result]:
    return list(fleet.step("refresh", fleet.names, one_stack.refresh(Known())).values())


def _up(fleet: Fleet) -> list[Result]:
    """Preview all, ask what disks may go, bring up what is not as it should be."""
    known = Known()
    before, allowed = _with_permission(
        fleet, fleet.step("preview", fleet.names, one_stack.preview(known, before_up=True))
    )
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
    looked = fleet.step("look", fleet.names, one_stack.look(known))
    before, allowed = _with_permission(fleet, looked)
    again = {result.stack for result in allowed}
    todo = [
        name
        for name, result in before.items()
        if name in again or result.outcome is Outcome.CHANGED
    ]
    results = _further(fleet, before, todo, one_stack.down(known), again)
    if todo and not fleet.interrupted and target.CLUSTER.is_dir():
        lifecycle.stop_embedded_if_empty()
    return results


def _with_permission(
    fleet: Fleet, found: Mapping[str, Result]
) -> tuple[dict[str, Result], list[Result]]:
    """Ask for the disks that are at stake; return the results, and those that may go on."""
    asked = [one for one in found.values() if disks.not_named(one, os.environ)]
    if not asked or fleet.interrupted:
        return dict(found), []
    if _given_away(fleet, asked):
        return dict(found), asked
    return {**found, **{one.stack: disks.refused(one) for one in asked}}, []


def _given_away(fleet: Fleet, asked: list[Result]) -> bool:
    if not sys.stdin.isatty():
        return False
    try:
        say(disks.question(asked))
        click.echo("> ", err=True, nl=False)
        return disks.answered(sys.stdin.readline())
    except KeyboardInterrupt:
        say("\ninterrupted: nothing was touched")
        fleet.interrupted = 128 + signal.SIGINT
        return False


def _further(
    fleet: Fleet, before: dict[str, Result], todo: list[str], work: Work, again: set[str]
) -> list[Result]:
    """Do the second step where it is to be done; what was asked for is no refusal any more."""
    kept = {**before, **{name: disks.given_away(before[name]) for name in again}}
    if why := fleet.stops(kept):
        left = {name: replace(kept[name], outcome=Outcome.NOT_BEGUN, reason=why) for name in todo}
        return list({**kept, **left}.values())
    return merged(kept, fleet.step(fleet.verb, todo, work) if todo else {})


STEPS: dict[str, Steps] = {"preview": _preview, "up": _up, "refresh": _refresh, "down": _down}
