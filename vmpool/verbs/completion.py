"""The verb completion."""

from __future__ import annotations

import click

from .options import example

SHELLS = ("bash", "zsh", "fish")


@click.command(
    epilog=example('eval "$(vmpool completion bash)"', "vmpool completion fish | source")
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what lets a shell complete verbs, options and the names of stacks."""
    from click.shell_completion import get_completion_class

    of_shell = get_completion_class(shell)
    assert of_shell
    root = ctx.find_root().command
    click.echo(of_shell(root, {}, "vmpool", "_VMPOOL_COMPLETE").source())
