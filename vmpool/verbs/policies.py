"""The verb policies."""

from __future__ import annotations

import click

from .options import STACKS, example


@click.command(epilog=example("vmpool policies --stack alice"))
@STACKS
def policies(patterns: tuple[str, ...]) -> None:
    """Check stacks by the rules of policies.yaml, without engine, cluster or network."""
    from .. import policy_check
    from ..stack import stack_files

    policy_check.check(stack_files.matching(patterns))
