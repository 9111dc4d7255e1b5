"""Options and arguments that several verbs have."""

from __future__ import annotations

import click

STACK = click.option(
    "--stack", "-s", "name", default="dev", show_default=True, help="Stack: Pulumi.<stack>.yaml."
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
    help="Some stacks, by name or pattern ('class-*'); can be repeated. Not given, all of them.",
)
REPORT = click.argument("report", type=click.Path())
