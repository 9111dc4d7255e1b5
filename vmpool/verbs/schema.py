"""The verb schema."""

from __future__ import annotations

import click

from .options import example


@click.command(epilog=example("vmpool schema > stack.json"))
def schema() -> None:
    """Print the JSON Schema of a stack's file."""
    from ..generate import json_schema

    click.echo(json_schema.as_json(), nl=False)
