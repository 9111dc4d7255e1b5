"""`python -m bench`: measure rows, and write the results down."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import click
from kubevirt_vm_pool.text.durations import seconds

from vmpool.console import UserError, say
from vmpool.stack.project import ROOT

from . import machine, record, table, workshop
from .measuring import TooNoisyError
from .row import NotRun, Result, Row
from .rows import ROWS
from .workshop import Workshop

DOCUMENT = ROOT / "docs" / "benchmarks.md"
BY_NAME = {row.name: row for row in ROWS}
FAILED = "it failed"


@click.command()
@click.argument("names", nargs=-1, type=click.Choice([*BY_NAME, "all"]))
@click.option("--pairs", type=click.IntRange(min=1), help="How many; else each row's own number.")
@click.option("--write", is_flag=True, help="Write rows that are named down, too.")
@click.option("--trial", is_flag=True, help="Of few stacks: do the rows of fleets work at all?")
def main(names: tuple[str, ...], pairs: int | None, *, write: bool, trial: bool) -> None:
    """Measure rows: those that are named, else all but those that take very long ("all": them too).

    Results are printed. Those of a run without names, of "all" and with --write are also written to
    docs/benchmarks.md, in place of what was measured before. Those of a trial say nothing.
    """
    if machine.load().busy:
        say("warning: the machine is busy; do not trust what is measured now")
    with workshop.opened(trial=trial) as place:
        results = measured(place, names, pairs)
    rows = [result.row for result in results]
    new = record.Record.of(results, machine.facts(), machine.commit(ROOT), datetime.now(UTC).date())
    click.echo(f"{table.ratios(rows, new)}\n\n{table.seconds(rows, new)}")
    for result in results:
        if isinstance(result.outcome, NotRun):
            say(f"{result.row.name} was not run: {result.outcome.reason}")
    if not trial and (write or not names or "all" in names):
        written(new)
    if any(result.outcome == NotRun(FAILED) for result in results):
        raise SystemExit(1)


def measured(place: Workshop, names: Sequence[str], pairs: int | None) -> list[Result]:
    """Measure the rows that are asked for, one after the other."""
    whole = not names or "all" in names
    chosen = ROWS if whole else [row for row in ROWS if row.name in names]
    return [result_of(row, place, names, pairs) for row in chosen]


def result_of(
    row: Row,
    place: Workshop,
    names: Sequence[str],
    pairs: int | None,
    which: Callable[[str], object] = shutil.which,
) -> Result:
    """Measure a row, or say why not; names: that were asked for, none are all."""
    if reason := why_not(row, names, which):
        return Result(row, NotRun(reason), machine.QUIET)
    before = machine.load()
    say(f"{row.name} ...")
    began = datetime.now(UTC)
    try:
        outcome = row.measure(place, pairs or row.rounds)
    except TooNoisyError as reason:
        return Result(row, NotRun(str(reason)), before)
    except UserError as error:
        say(f"{row.name} failed: {error.message}")
        return Result(row, NotRun(FAILED), before)
    say(f"{row.name}: {seconds((datetime.now(UTC) - began).total_seconds())}")
    return Result(row, outcome, before)


def why_not(row: Row, names: Sequence[str], which: Callable[[str], object]) -> str:
    """Return why a row cannot be measured or is not; "" if nothing speaks against it."""
    if missing := [program for program in row.needs if which(program) is None]:
        return f"no {', '.join(missing)}"
    if row.asked and not {row.name, "all"} & set(names):
        return f"takes many minutes; `make bench ROWS={row.name}`"
    return ""


def written(new: record.Record) -> None:
    """Write what was measured down, in place of older results of the same rows."""
    known = record.read().updated(new)
    record.write(known)
    DOCUMENT.write_text(table.document(ROWS, known), encoding="utf-8")


if __name__ == "__main__":
    main()
