"""The verb check."""

from __future__ import annotations

import click

from .errors import FailingWith3
from .options import STACKS, example


@click.command(cls=FailingWith3, epilog=example("vmpool check --stack 'class-*'"))
@STACKS
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--strict", is_flag=True, help="Let the exit code tell of warnings, too.")
def check(patterns: tuple[str, ...], form: str, *, strict: bool) -> None:
    """Say whether the clusters are fit for stacks, and what to do; nothing is changed.

    Looks at KubeVirt, CDI, golden images, quotas, nodes, rights and whatever else a stack needs and
    does not make. Exit code 0; 2 if there are errors, else 3 if something could not be looked at,
    else with --strict 1 if there are warnings. 3 for every other error.
    """
    from ..check import command
    from ..check.report import exit_status
    from ..stack import stack_files

    report = command.checked(stack_files.matching(patterns))
    click.echo(command.FORMS[form](report), nl=False)
    raise SystemExit(exit_status(report, strict=strict))
