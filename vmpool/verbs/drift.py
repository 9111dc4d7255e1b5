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
@click.option(
    "--main",
    metavar="REF",
    help="Say of what differs whether REF has something newer than the stack's last up.",
)
def drift(patterns: tuple[str, ...], expected: tuple[str, ...], main: str | None) -> None:
    """Say whether the clusters still are as the stacks say; fail if one is not, or nobody knows."""
    from functools import partial

    from .. import drift
    from ..ci import order
    from ..stack import stack_files

    why = partial(order.missed, main) if main else drift.nobody_knows
    drift.check(stack_files.matching(patterns), expected, why)
