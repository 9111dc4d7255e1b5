"""Writing down what was measured: docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .record import Entry, Record, Spread
from .row import Row

HOW = """\
Every pair runs what is measured and what it is measured against one after the other, A B A B, each
in fresh processes, with compiled bytecode, after a warm-up that does not count; the measured figure
is the median of the pairs' ratios, the spread is the smallest and the largest. A machine's speed
drifts, so ratios count; the seconds below say only where they come from. The comparisons (typed
programs, overlays, charts) are generated from the dev stack's rendered objects.

Growth is what one more costs at the large end over what it costs at the small end: from s to m
things one more costs (t(m) - t(s)) / (m - s). 1 is linear. The measured figure takes the medians
of the seconds below; the spread is that of single rounds, in which there is little but noise.

Fleets have no warm-up of their own: previews are of the stacks that the ups have made just before.
How fleets grow, and their memory, comes from the runs of [scale.md](scale.md).

"Per stack" is the time of one process for all stacks, divided by their number, against the mean of
one process for each stack, which is how the others work; the pairs share those among them.

`make bench` measures again and writes this file, all but the rows that take very long;
`make bench ROWS="program diff"` measures some and prints them, and with `WRITE=1` it writes them
here, too. `PAIRS=3` sets the number of pairs. What needs a program that is not on PATH says so, and
keeps what was measured before."""


def document(rows: Iterable[Row], record: Record) -> str:
    """Return docs/benchmarks.md."""
    known = list(rows)
    parts = [
        "# Benchmarks",
        "<!-- Written by `make bench`. -->",
        *_warning(known, record),
        ratios(known, record),
        "## How it is measured",
        HOW,
        "## Seconds",
        seconds(known, record),
        "## The machine",
        "That of the rows measured last:",
        markdown_table(("", ""), record.facts.items()),
    ]
    return "\n\n".join(parts) + "\n"


def ratios(rows: Iterable[Row], record: Record) -> str:
    """Return the table of what was measured against what."""
    titles = ("what", "against", "goal", "measured", "met", "spread", "pairs", "on", "revision")
    return markdown_table(titles, (_ratio(row, record.entries.get(row.name)) for row in rows))


def seconds(rows: Iterable[Row], record: Record) -> str:
    """Return the table of the absolute times."""
    lines = [
        (row.name, label, *(f"{value:.3g}" for value in (of.median, of.least, of.most)))
        for row in rows
        if (entry := record.entries.get(row.name))
        for label, of in entry.seconds.items()
    ]
    return markdown_table(("row", "what", "median", "least", "most"), lines)


def _ratio(row: Row, entry: Entry | None) -> tuple[str, ...]:
    asked = (row.what, row.against, row.wanted)
    if entry is None:
        return (*asked, "not measured", "", "", "", "", "")
    met = "" if row.goal is None else "yes" if row.goal.met(entry.figure) else "no"
    figures = (row.shown(entry.figure), met, _ends(row, entry.rounds), str(entry.pairs))
    return (*asked, *figures, entry.day.isoformat(), entry.revision)


def _ends(row: Row, rounds: Spread) -> str:
    return f"{row.shown(rounds.least)} to {row.shown(rounds.most)}"


def _warning(rows: Iterable[Row], record: Record) -> list[str]:
    known = [row.name for row in rows if row.name in record.entries]
    busy = [name for name in known if record.entries[name].busy]
    if not busy:
        return []
    most = max((record.entries[name] for name in busy), key=lambda one: one.at_work)
    return [
        f"**The machine was busy**: up to {most.at_work:.1f} of its {most.processors} processors "
        f"were at work when {', '.join(busy)} began. Do not trust these figures."
    ]


def markdown_table(titles: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [titles, ["---"] * len(titles), *lines]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
