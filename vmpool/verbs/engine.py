"""The verb engine."""

from __future__ import annotations

import click

from .options import example


@click.group(epilog=example("vmpool engine build"))
def engine() -> None:
    """The engine, Pulumi, where it cannot be downloaded."""


@engine.command(epilog=example("vmpool engine build"))
def build() -> None:
    """Build Pulumi's CLI and its Kubernetes provider, unless they are built already."""
    from ..console import say
    from ..engine import build

    built = build.build()
    say(
        f"the engine is there: pulumi {build.cli_version()} ({built.cli}), "
        f"with the Kubernetes provider {build.PROVIDER_VERSION}"
    )
