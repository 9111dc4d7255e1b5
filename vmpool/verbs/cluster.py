"""The verb cluster."""

from __future__ import annotations

import click

from .options import example


@click.group(epilog=example("vmpool cluster start"))
def cluster() -> None:
    """The embedded control plane: a real API server without nodes."""


@cluster.command(epilog=example("vmpool cluster start"))
def start() -> None:
    """Start it, and build it first if need be."""
    from ..console import say
    from ..controlplane import plane
    from ..target import CLUSTER

    say(f"the embedded control plane runs at {plane.start(CLUSTER).server}")


@cluster.command(epilog=example("vmpool cluster stop"))
def stop() -> None:
    """Stop it; what it holds stays."""
    from ..controlplane import plane
    from ..target import CLUSTER

    plane.stop(CLUSTER)


@cluster.command(epilog=example('eval "$(vmpool cluster env)"'))
def env() -> None:
    """Print the shell variables with which kubectl and pulumi reach it."""
    import shlex

    from ..console import UserError
    from ..controlplane import plane
    from ..engine import pulumi_cli
    from ..target import CLUSTER, Target

    running = plane.running(CLUSTER)
    if running is None:
        raise UserError("the embedded control plane does not run; start it: vmpool cluster start")
    place = Target(running, None)
    for key, value in {**place.environment, **pulumi_cli.state_environment(place)}.items():
        click.echo(f"export {key}={shlex.quote(value)}")
