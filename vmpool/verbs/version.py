"""The verb version."""

from __future__ import annotations

import click

from .options import example


@click.command(epilog=example("vmpool version --json"))
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def version(*, as_json: bool) -> None:
    """Print what is here and where: program, SDK, engine, provider, control plane."""
    import json

    from .. import versions

    found = versions.versions()
    click.echo(f"{json.dumps(found, indent=2)}\n" if as_json else versions.as_text(found), nl=False)
