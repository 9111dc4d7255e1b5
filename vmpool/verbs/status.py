"""The verb status."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .errors import FailingWith3
from .options import STACKS, example

if TYPE_CHECKING:
    from ..status.facts import Report


@click.command(
    cls=FailingWith3,
    epilog=example("vmpool status", "vmpool status --format html --output status.html --watch"),
)
@STACKS
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it into a file, all at once, and not to standard output.",
)
@click.option("--watch", is_flag=True, help="Look again and again, until Ctrl-C.")
@click.option(
    "--every",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    metavar="SECONDS",
    help="Between two looks of --watch.",
)
@click.option("--exit-code", "by_state", is_flag=True, help="Let the exit code tell of the state.")
def status(
    patterns: tuple[str, ...],
    form: str,
    output: Path | None,
    *,
    watch: bool,
    every: int,
    by_state: bool,
) -> None:
    """Say how stacks are doing: VMs and why they are not ready, load, drift, disks, ways in.

    Nothing is changed, and the engine is not asked. The worst comes first. Exit code 0; with
    --exit-code 1 if a stack is not ready, not up, or not as its file says. In any case 3 if one
    could not be looked at, and for every other error.

    With --watch and --output the file is written anew after every look, and a page of --format html
    loads itself anew.
    """
    from .. import files
    from ..stack import stack_files
    from ..status import command
    from ..status.facts import exit_status

    if watch and form == "html" and output is None:
        raise click.UsageError("--watch with --format html writes a file: give --output FILE")
    if watch and by_state:
        raise click.UsageError("--watch ends by Ctrl-C, and --exit-code has nothing to tell then")

    def look() -> Report:
        # Stacks come and go while somebody watches.
        return command.report(stack_files.matching(patterns))

    written = command.form(form, every if watch else None)
    into = None if output is None else partial(files.replace, output)
    if watch:
        from ..status import watching

        watching.watch(look, written, into, every)
        return
    report = look()
    if into:
        into(written(report))
    else:
        click.echo(written(report), nl=False)
    raise SystemExit(exit_status(report, by_state=by_state))
