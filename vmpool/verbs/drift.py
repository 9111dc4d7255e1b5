"""The verb drift."""

from __future__ import annotations

import click

from .options import STACKS, example


@click.command(epilog=example("vmpool drift --stacks class-*"))
@STACKS
@click.option(
    "--expected",
    multiple=True,
    envvar="VMPOOL_EXPECTED",
    metavar="GLOB",
    help="Stacks that must be up, by name or pattern; can be repeated. Not given, none.",
)
def drift(patterns: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """Say whether the clusters still are as the stacks say; fail if one is not, or nobody knows."""
    from .. import drift
    from ..stack import stack_files

    # Without any pattern all stacks would match.
    must_be_up = stack_files.matching(expected) if expected else ()
    drift.check(stack_files.matching(patterns), must_be_up)
