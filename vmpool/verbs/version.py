"""The verb version."""

from __future__ import annotations

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def version(*, as_json: bool) -> None:
    """Print what is here and where: program, SDK, engine, provider, control plane."""
    import json

    from .. import versions

    found = versions.versions()
    click.echo(f"{json.dumps(found, indent=2)}\n" if as_json else versions.as_text(found), nl=False)
