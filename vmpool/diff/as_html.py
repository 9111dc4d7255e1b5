"""The report as a page."""

from __future__ import annotations

from collections.abc import Iterator

from kubevirt_vm_pool.effects import Severity

from .. import page
from .comparison import StackChange, Status
from .report import Report

# The classes of vmpool/page/style.css, by how a line of a diff begins.
MARKS = {"+": "good", "-": "bad", "@": "hunk"}


def html(report: Report) -> str:
    """Return the page."""
    return page.render(
        "diff.html",
        report=report,
        found=report.comparison,
        refresh=None,
        alerts=tuple(_alerts(report)),
        happens=_happens,
        tone=_tone,
        marks=MARKS,
    )


def _alerts(report: Report) -> Iterator[tuple[str, str]]:
    """Yield what stands out, each with its class."""
    found = report.comparison
    yield from (("bad", failure) for failure in found.failures)
    at_stake = [one.name for one in found.changes if one.severity is not None and one.loses_disks]
    if at_stake:
        yield "bad", f"Disks are at stake: {', '.join(at_stake)}"
    for status, what in ((Status.BROKEN, "Broken"), (Status.NOT_KNOWN, "Not known")):
        if names := [one.name for one in found.changes if one.status is status]:
            yield "warn", f"{what}: {', '.join(names)}"


def _happens(change: StackChange) -> Iterator[str]:
    yield from change.sentences
    if change.problems:
        yield change.problems.splitlines()[0].rstrip(":")


def _tone(change: StackChange) -> str:
    if change.loses_disks:
        return "bad"
    return "warn" if change.severity and change.severity > Severity.NEW_REPLICAS else ""
