"""The verb diff."""

from __future__ import annotations

import click

from .errors import FailingWith3
from .options import example, stack_names


@click.command(cls=FailingWith3, epilog=example("vmpool diff --base main --format markdown"))
@click.option("--base", required=True, metavar="REF", help="Revision to compare with.")
@click.option("--head", metavar="REF", help="Revision that is compared; else the working tree.")
@click.option(
    "--stack",
    "-s",
    "names",
    multiple=True,
    help="Only this stack; can be repeated.",
    shell_complete=stack_names,
)
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "json", "html"]), default="text"
)
@click.option("--live", is_flag=True, help="Add previews by the engine, on the stacks' clusters.")
@click.option("--exit-code", "by_change", is_flag=True, help="Let the exit code tell of changes.")
def diff(
    base: str, head: str | None, names: tuple[str, ...], form: str, live: bool, by_change: bool
) -> None:
    """Say what a change does to the VMs of every stack, without engine, cluster or secrets.

    Every stack is rendered at both revisions, by the code of each. Exit code 0; with --exit-code 1
    if a stack changes, 2 if disks are lost or a pool is replaced, or if that cannot be ruled out.
    In any case 3 if a stack broke, and for every other error.

    With --live the stacks that change, or those that are named, are also previewed by Pulumi, each
    on its cluster, so that live numbers count and drift is seen.
    """
    from ..diff import command
    from ..diff.report import exit_status

    if live and head is not None:
        raise click.UsageError("--live previews the working tree: leave out --head")
    report = command.compared(base, head, names)
    if live:
        report = command.with_previews(report, unchanged=bool(names))
    click.echo(command.FORMS[form](report), nl=False)
    raise SystemExit(exit_status(report, by_change=by_change))
