"""The verb preview."""

from __future__ import annotations

import click

from .options import STACK, example


@click.command(epilog=example("vmpool preview --stack alice"))
@STACK
def preview(name: str) -> None:
    """Show what an up would change."""
    from .. import lifecycle
    from ..stack import stack_files

    lifecycle.preview(stack_files.read(name))
