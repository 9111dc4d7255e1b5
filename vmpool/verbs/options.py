"""Options and arguments that several verbs have."""

from __future__ import annotations

import click


def example(*commands: str) -> str:
    """Return the epilog of a verb's help: how the verb is called, a line each."""
    return "\b\n" + "\n".join(["Example:", *(f"  {command}" for command in commands)])


def stack_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the stacks whose name begins so, for the completion of shells."""
    from ..stack import stack_files

    return [name for name in stack_files.names() if name.startswith(incomplete)]


STACK = click.option(
    "--stack",
    "-s",
    "name",
    default="dev",
    show_default=True,
    help="Stack: Pulumi.<stack>.yaml.",
    shell_complete=stack_names,
)
STACKS_VARIABLE = "VMPOOL_STACKS"
# What is given goes to stack_files.matching.
STACKS = click.option(
    "--stack",
    "--stacks",
    "-s",
    "patterns",
    multiple=True,
    envvar=STACKS_VARIABLE,
    metavar="GLOB",
    shell_complete=stack_names,
    help="Some stacks, by name or pattern ('class-*'); can be repeated. Not given, all of them.",
)
REPORT = click.argument("report", type=click.Path())
