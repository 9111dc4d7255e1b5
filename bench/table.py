"""Writing down what was measured: docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from statistics import median

from .measuring import Measured
from .row import NotRun, Result

HOW = """\
Every pair runs what is measured and what it is measured against one after the other, A B A B, each
in fresh processes, with compiled bytecode, after a warm-up that does not count; the measured figure
is the median of the pairs' ratios, the spread is the smallest and the largest. A machine's speed
drifts, so ratios count; the seconds below say only where they come from. The comparisons (typed
programs, overlays, charts) are generated from the dev stack's rendered objects.

Growth is what one more costs at the large end over what it costs at the small end: from s to m
things one more costs (t(m) - t(s)) / (m - s). 1 is linear. The measured figure takes the medians
of the seconds below; the spread is that of single rounds, in which there is little but noise.

"Per stack" is the time of one process for all stacks, divided by their number, against the mean of
one process for each stack, which is how the others work; the pairs share those among them.

`make bench` measures all rows again and writes this file; `make bench ROWS="program diff"` measures
some and prints them, `PAIRS=3` sets the number of pairs. What needs a program that is not on PATH
says so."""


def document(results: Sequence[Result], facts: Mapping[str, str], revision: str, day: date) -> str:
    """Return docs/benchmarks.md. facts: of the machine, by name; revision: "" if none is known."""
    at = f", revision {revision}" if revision else ""
    parts = [
        "# Benchmarks",
        f"<!-- Written by `make bench`. -->\n\nMeasured on {day.isoformat()}{at}.",
        *_warning(results),
        ratios(results),
        "## How it is measured",
        HOW,
        "## Seconds",
        seconds(results),
        "## The machine",
        markdown_table(("", ""), facts.items()),
    ]
    return "\n\n".join(parts) + "\n"


def ratios(results: Iterable[Result]) -> str:
    """Return the table of what was measured against what."""
    titles = ("what", "against", "goal", "measured", "met", "spread", "pairs")
    return markdown_table(titles, map(_ratio, results))


def seconds(results: Iterable[Result]) -> str:
    """Return the table of the absolute times."""
    lines = [
        (result.row.name, label, *(f"{value:.3g}" for value in (median(of), min(of), max(of))))
        for result in results
        if isinstance(result.outcome, Measured)
        for label, of in result.outcome.seconds.items()
    ]
    return markdown_table(("row", "what", "median", "least", "most"), lines)


def _ratio(result: Result) -> tuple[str, ...]:
    row, outcome = result.row, result.outcome
    asked = (row.what, row.against, row.wanted)
    if isinstance(outcome, NotRun):
        return (*asked, f"not run: {outcome.reason}", "", "", "")
    met = "" if row.goal is None else "yes" if row.goal.met(outcome.figure) else "no"
    spread = f"{row.shown(min(outcome.rounds))} to {row.shown(max(outcome.rounds))}"
    return (*asked, row.shown(outcome.figure), met, spread, str(len(outcome.rounds)))


def _warning(results: Iterable[Result]) -> list[str]:
    busy = [result for result in results if result.load.busy]
    if not busy:
        return []
    most = max(busy, key=lambda result: result.load.mean).load
    return [
        f"**The machine was busy**: up to {most.mean:.1f} of its {most.processors} processors were "
        f"at work when {len(busy)} rows began. Do not trust these figures."
    ]


def markdown_table(titles: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [titles, ["---"] * len(titles), *lines]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
