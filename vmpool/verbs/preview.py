"""The verb preview."""

from __future__ import annotations

import click

from .options import STACK, example


@click.command(epilog=example("vmpool preview --stack alice"))
@STACK
@click.option("--diff", is_flag=True, help="Show the engine's own diff, with all that it looks at.")
def preview(name: str, *, diff: bool) -> None:
    """Say what an up would change, and what that does to running VMs."""
    from .. import lifecycle
    from ..stack import stack_files

    lifecycle.preview(stack_files.read(name), diff=diff)
