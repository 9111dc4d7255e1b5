"""The verb up."""

from __future__ import annotations

import click

from .options import STACK, example


@click.command(epilog=example("vmpool up --stack alice"))
@STACK
def up(name: str) -> None:
    """Bring a stack up, on the embedded control plane if no cluster is named."""
    from .. import lifecycle
    from ..stack import stack_files

    lifecycle.up(stack_files.read(name))
