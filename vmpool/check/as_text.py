"""The report as text of 80 columns: a line for each check, and below findings what to do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from kubevirt_vm_pool.text.listing import first_of

from .finding import Category, Severity
from .report import ClusterReport, Report, Told

WIDTH = 80
MOST_NAMES = 3
MARKS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.UNSEEN: "not seen"}
OK = "ok"
MARGIN = 2 + len(MARKS[Severity.UNSEEN]) + 2
WAY_OUT = "-> "


def as_text(report: Report) -> str:
    """Return the whole report."""
    lines = [line for one in report.clusters for line in (*_cluster(one), "")]
    for stack, reason in report.unread:
        lines += _marked(MARKS[Severity.UNSEEN], f"stack {stack}: {reason}")
    return "\n".join([*lines, *([""] if report.unread else []), summary(report)]) + "\n"


def summary(report: Report) -> str:
    """Return the last line."""
    counted = report.counted()
    number = sum(len(one.namespaces) for one in report.clusters) + len(report.unread)
    stacks = f"{number} stack{'s' * (number != 1)}"
    if not counted.total():
        return f"{stacks}: nothing found"
    parts = [
        f"{count} {word}{'s' * (count != 1 and word != MARKS[Severity.UNSEEN])}"
        for severity, word in MARKS.items()
        if (count := counted[severity])
    ]
    return f"{stacks}: {', '.join(parts)}"


def _cluster(one: ClusterReport) -> Iterator[str]:
    versions = [f"Kubernetes {one.kubernetes}"] * bool(one.kubernetes)
    versions += [f"KubeVirt {one.kubevirt}"] * bool(one.kubevirt)
    yield from _wrapped(": ".join(filter(None, (one.name, ", ".join(versions)))), "", "  ")
    if len(one.namespaces) == 1:
        yield from (f"stack {name}, namespace {place}" for name, place in one.namespaces.items())
    if one.unseen:
        yield from _marked(MARKS[Severity.UNSEEN], one.unseen)
        return
    for category in Category:
        checks = [check for check in one.checks if check.category == category]
        if not checks:
            continue
        yield str(category)
        for check in checks:
            told = one.of(check)
            if not told:
                yield from _marked(OK, check.title)
            yield from told_in_lines(told, len(one.namespaces))


def told_in_lines(told: Sequence[Told], stacks: int) -> Iterator[str]:
    """Yield findings with their ways out. stacks: how many there are in all."""
    for _check, finding, names in told:
        about = f"{_named(names, stacks)}: " if stacks > 1 else ""
        yield from _marked(MARKS[finding.severity], f"{about}{finding.sentence}")
        yield from _wrapped(finding.way_out, " " * MARGIN + WAY_OUT, " " * (MARGIN + len(WAY_OUT)))


def _named(names: Sequence[str], stacks: int) -> str:
    if len(names) == stacks:
        return f"all {stacks} stacks" if stacks > 2 else "both stacks"
    return first_of(names, MOST_NAMES)


def _marked(mark: str, text: str) -> Iterator[str]:
    yield from _wrapped(text, f"  {mark.ljust(MARGIN - 2)}", " " * MARGIN)


def _wrapped(text: str, first: str, others: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )
