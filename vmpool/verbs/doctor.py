"""The verb doctor."""

from __future__ import annotations

import click

from .options import example


@click.command(epilog=example("vmpool doctor", "vmpool doctor --json"))
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def doctor(*, as_json: bool) -> None:
    """Say what is on this machine, what is missing, and what each missing part would give.

    Nothing is built, downloaded or started. Exit code 0 in any case.
    """
    import json

    from .. import doctor

    parts = doctor.parts()
    as_text = (
        f"{json.dumps(doctor.as_data(parts), indent=2)}\n" if as_json else doctor.as_text(parts)
    )
    click.echo(as_text, nl=False)
