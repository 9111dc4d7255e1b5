"""The verb drift."""

from __future__ import annotations

import click

from .options import STACKS, example


@click.command(epilog=example("vmpool drift --stacks class-*"))
@STACKS
def drift(patterns: tuple[str, ...]) -> None:
    """Say whether the clusters still are as the stacks say; fail if one is not."""
    from .. import drift
    from ..stack import stack_files

    drift.check(stack_files.matching(patterns))
