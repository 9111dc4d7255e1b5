"""The verb render."""

from __future__ import annotations

import click

from .options import STACK, example


@click.command(epilog=example("vmpool render --stack alice"))
@STACK
@click.option("--show-secrets", is_flag=True, help="Print secret values too.")
@click.option("--policies", is_flag=True, help="Fail if they break a mandatory rule.")
def render(name: str, *, show_secrets: bool, policies: bool) -> None:
    """Print a stack's objects as YAML, without engine, cluster or network."""
    from .. import manifest_yaml, render
    from ..stack import stack_files

    stack = stack_files.read(name)
    manifests = render.objects_of(stack, show_secrets=show_secrets).values()
    click.echo(manifest_yaml.as_yaml(manifests, show_secrets=show_secrets), nl=False)
    if policies:
        from .. import policy_check

        policy_check.require(stack, manifests)
