"""docs/scale.md: what follows from the measured rows, in the marked places of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from vmpool.generate.between import Between
from vmpool.stack.project import ROOT

from .scale_data import AGAIN, NEW, PREVIEW, REFRESH, SIZES, VERBS, Figures
from .table import markdown_table

PAGE = ROOT / "docs" / "scale.md"
# How many updates run at once where it is measured.
PARALLEL = 2
NOT_MEASURED = "not measured"

FEW, MANY = 1_000, 10_000
WORKSPACES = 50
HOUR = 3_600
# How the verbs are called where there is room.
IN_WORDS = {
    PREVIEW: "preview, nothing to change",
    AGAIN: "up, nothing to change (a preview alone)",
    NEW: "up that creates everything (new state, preview, up)",
    REFRESH: "refresh",
}


class Fleets:
    """The measured rows, and what follows from them. Every sum is None that lacks a row."""

    def __init__(self, rows: Iterable[Figures]) -> None:
        self._rows = {row.key: row for row in rows}

    def row(self, stacks: int, verb: str) -> Figures | None:
        """Return a row."""
        return self._rows.get((stacks, verb))

    @property
    def sizes(self) -> list[int]:
        """The numbers of stacks that were measured, or are to be."""
        return sorted({*SIZES, *(row.stacks for row in self._rows.values())})

    def ends(self, verb: str) -> tuple[Figures, Figures] | None:
        """Return the rows of the fewest and of the most stacks, if they are two."""
        found = [row for size in self.sizes if (row := self.row(size, verb))]
        return (found[0], found[-1]) if len(found) > 1 else None

    def one_more(self, verb: str, figure: str) -> float | None:
        """Return what one more stack of a fleet adds to a figure: to "cpu", "reads" and so on."""
        ends = self.ends(verb)
        return ends and _slope(*ends, figure)

    def fixed(self, verb: str) -> float | None:
        """Return the seconds of a fleet without any stacks."""
        ends, each = self.ends(verb), self.one_more(verb, "cpu")
        if ends is None or each is None:
            return None
        return max(0.0, ends[0].cpu - ends[0].stacks * each)

    def resident(self, size: int) -> int | None:
        """Return the most MiB of vmpool itself with so many stacks."""
        found = (self.row(size, verb) for verb in VERBS)
        return max((row.resident for row in found if row), default=None)

    def state(self) -> tuple[float, float] | None:
        """Return the KiB of a stack's state after its first up, and of each update more.

        A refresh is the second update: an up that changes nothing is none.
        """
        for size in reversed(self.sizes):
            first, second = (self.row(size, verb) for verb in (NEW, REFRESH))
            if first and second:
                return first.state / size, (second.state - first.state) / size
        return None


def _slope(fewer: Figures, more: Figures, figure: str) -> float:
    rise: float = getattr(more, figure) - getattr(fewer, figure)
    return rise / (more.stacks - fewer.stacks)


def seconds(stacks: int, fixed: float, each: float, at_once: int) -> float:
    """Return how long a fleet takes on one runner. at_once: processors, or `--parallel` if less."""
    return fixed + stacks * each / at_once


def seconds_of_workspaces(stacks: int, alone: float, workspaces: int) -> float:
    """Return how long a round of the operator takes."""
    return stacks * alone / workspaces


# --- the parts of the page -----------------------------------------------------------------------


def written(text: str, rows: Iterable[Figures]) -> str:
    """Return the page with every marked part as the rows say; raises ValueError for a lost mark."""
    for name, part in parts(Fleets(rows)).items():
        mark = Between(f"<!-- begin bench.scale {name} -->\n", f"\n<!-- end bench.scale {name} -->")
        text = mark.replaced(text, part)
    return text


def parts(of: Fleets) -> Mapping[str, str]:
    """Return the parts of the page by name."""
    return {
        "measured": markdown_table(MEASURED, _measured(of)),
        "growth": _growth(of),
        "memory": markdown_table(
            ("stacks", "resident MiB, at most", "of that of 10 stacks"), _memory(of)
        ),
        "runner": _runner(of),
        "workspaces": _workspaces(of),
        "requests": markdown_table(
            ("", "a stack", f"{FEW:,} stacks", f"{MANY:,} stacks"), _requests(of)
        ),
        "rates": _rates(of),
        "bytes": markdown_table(("", "a stack", f"{FEW:,} stacks", f"{MANY:,} stacks"), _bytes(of)),
    }


MEASURED = (
    *("stacks", "verb", "processor s", "resident MiB", "API reads", "dry runs", "API writes"),
    *("state KiB", "etcd KiB", "measured on"),
)


def as_table(rows: Iterable[Figures]) -> str:
    """Return rows as they are printed."""
    return markdown_table(MEASURED, map(_cells, rows))


def _cells(row: Figures) -> tuple[str, ...]:
    asked = (row.reads, row.dry_runs, row.writes)
    cells = (row.stacks, row.verb, f"{row.cpu:.1f}", row.resident, *asked, row.state, row.etcd)
    return (*map(str, cells), row.on)


def _measured(of: Fleets) -> Iterator[tuple[str, ...]]:
    for size in of.sizes:
        for verb in VERBS:
            row = of.row(size, verb)
            yield _cells(row) if row else (str(size), verb, NOT_MEASURED, *[""] * 7)


def _growth(of: Fleets) -> str:
    steps = list(pairwise(of.sizes))
    titles = ("one more stack, processor s", *(f"{a:,} to {b:,} stacks" for a, b in steps))
    lines = [(verb, *(_figure(_of_step(of, verb, a, b)) for a, b in steps)) for verb in VERBS]
    return markdown_table(titles, lines)


def _of_step(of: Fleets, verb: str, fewer: int, more: int) -> float | None:
    ends = of.row(fewer, verb), of.row(more, verb)
    return _slope(ends[0], ends[1], "cpu") if ends[0] and ends[1] else None


def _memory(of: Fleets) -> Iterator[tuple[str, ...]]:
    ten = of.resident(10)
    for size in of.sizes:
        most = of.resident(size)
        ratio = f"{most / ten:.2f}x" if most and ten and size > 10 else ""
        yield f"{size:,}", str(most or NOT_MEASURED), ratio


def _runner(of: Fleets) -> str:
    titles = ("verb", "fixed, s", "c, s")
    places = ((FEW, 2), (MANY, 2), (MANY, 16))
    lines = []
    for verb, words in IN_WORDS.items():
        fixed, each = of.fixed(verb), of.one_more(verb, "cpu")
        took = (
            NOT_MEASURED
            if fixed is None or each is None
            else duration(seconds(stacks, fixed, each, processors))
            for stacks, processors in places
        )
        lines.append((words, _figure(fixed), _figure(each), *took))
    return markdown_table(
        (*titles, *(f"{stacks:,} stacks on {processors} cores" for stacks, processors in places)),
        lines,
    )


def _workspaces(of: Fleets) -> str:
    titles = (
        *("verb", "c1, s", f"{MANY:,} stacks on {WORKSPACES} workspaces"),
        f"processors at work, {MANY:,} stacks once an hour",
    )
    lines: list[tuple[str, ...]] = []
    for verb, words in IN_WORDS.items():
        if alone := of.row(1, verb):
            took = duration(seconds_of_workspaces(MANY, alone.cpu, WORKSPACES))
            lines.append((words, _figure(alone.cpu), took, f"{MANY * alone.cpu / HOUR:.1f}"))
        else:
            lines.append((words, *[NOT_MEASURED] * 3))
    return markdown_table(titles, lines)


def _requests(of: Fleets) -> Iterator[tuple[str, ...]]:
    for words, verb, figure in (
        ("writes of ups that create (w)", NEW, "writes"),
        ("dry runs before them", NEW, "dry_runs"),
        ("reads of a preview, or of an up that changes nothing (r)", PREVIEW, "reads"),
        ("reads of a refresh", REFRESH, "reads"),
    ):
        each = of.one_more(verb, figure)
        if each is None:
            yield (words, *[NOT_MEASURED] * 3)
        else:
            yield (words, f"{each:.0f}", *(f"{round(each) * stacks:,}" for stacks in (FEW, MANY)))


def _rates(of: Fleets) -> str:
    lines = []
    for verb, words in IN_WORDS.items():
        alone = of.row(1, verb)
        on_runner = _rate(PARALLEL, of.one_more(verb, "requests"), of.one_more(verb, "cpu"))
        in_each = _rate(WORKSPACES, alone.requests, alone.cpu) if alone else NOT_MEASURED
        lines.append((words, on_runner, in_each))
    return markdown_table(
        (
            "requests a second",
            f"one runner, `--parallel {PARALLEL}` on {PARALLEL} processors",
            f"{WORKSPACES} workspaces",
        ),
        lines,
    )


def _rate(at_once: int, requests: float | None, cpu: float | None) -> str:
    return NOT_MEASURED if requests is None or not cpu else f"{at_once * requests / cpu:.0f}"


def _bytes(of: Fleets) -> Iterator[tuple[str, ...]]:
    state = of.state() or (None, None)
    for words, kib in (
        ("state after the first up (a)", state[0]),
        ("state, with each update more (b)", state[1]),
        ("etcd, objects of a stack and their history", of.one_more(NEW, "etcd")),
    ):
        if kib is None:
            yield (words, *[NOT_MEASURED] * 3)
        else:
            yield (words, *(amount(kib * stacks) for stacks in (1, FEW, MANY)))


# --- figures as people say them ------------------------------------------------------------------


def _figure(value: float | None) -> str:
    return NOT_MEASURED if value is None else f"{value:.2f}"


def duration(took: float) -> str:
    """Return a duration, given in seconds, in two places: "40 s", "5 min", "2 h 40 min"."""
    if took < 90:
        return f"{took:.0f} s"
    if took < 90 * 60:
        return f"{took / 60:.0f} min"
    hours, tens = divmod(round(took / 600), 6)
    return f"{hours} h {tens * 10} min" if tens else f"{hours} h"


def amount(kib: float) -> str:
    """Return a size, given in KiB: "9.1 KiB", "98 MiB", "0.5 GiB"."""
    # Half a GiB is told as such.
    for unit, length, least in (("GiB", 2**20, 0.3), ("MiB", 2**10, 1), ("KiB", 1, 0)):
        if kib >= least * length:
            return f"{kib / length:.{0 if kib >= 10 * length else 1}f} {unit}"
    raise ValueError(f"{kib} KiB are less than none")
