"""The verb down."""

from __future__ import annotations

import click

from .options import STACK, example


@click.command(epilog=example("vmpool down --stack alice"))
@STACK
def down(name: str) -> None:
    """Delete what an up made; the VMs' disks go with them."""
    from .. import lifecycle
    from ..stack import stack_files

    lifecycle.down(stack_files.read(name))
