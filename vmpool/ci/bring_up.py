"""An up in a pipeline: of the commit and with the losses that were planned, and of nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from .. import lifecycle
from ..console import UserError, say
from ..diff.revisions import SHORT
from ..lifecycle import Begun
from ..stack.project import ROOT
from ..stack.stack_files import Stack
from . import gate, main_branch
from .order import commit_to_bring_up
from .plan import Plan

if TYPE_CHECKING:
    from ..engine.inline import Engine


def up(
    stack: Stack, plan: Plan, main: str, environment: Mapping[str, str], root: Path = ROOT
) -> None:
    """Bring a stack up as planned; it tells its commit afterwards. Raises UserError.

    What main has, and what the stack was last brought up with, is looked at before the preview and
    again when that has ended. environment: what main_branch.fetch needs, and
    gate.require_reviewers, where the plan takes disks.
    """

    def require_still_planned(last: str | None) -> str:
        main_branch.fetch(main, environment, root)
        commit = commit_to_bring_up(stack.name, last, main, root)
        require_as_planned(plan, stack.name, commit, last)
        return commit

    def prepared(begun: Begun) -> Engine:
        commit = require_still_planned(begun.revision)
        if plan.losses:
            gate.require_reviewers(environment)
            say(f"disks go as plan {plan.digest} says")

        def look_again() -> None:
            require_still_planned(lifecycle.revision(begun.engine.outputs(stack.name)))

        return (
            begun.engine.with_revision(commit).judged(plan.judge).asking_before_updates(look_again)
        )

    lifecycle.up(stack, prepared)


def require_as_planned(plan: Plan, stack: str, commit: str, last: str | None) -> None:
    """Raise UserError if a plan is about something else than what is about to happen."""
    if (plan.stack, plan.commit) != (stack, commit):
        raise UserError(
            f"refused: the plan is for stack {plan.stack} with commit {plan.commit[:SHORT]}, and "
            f"this is stack {stack} with {commit[:SHORT]}"
        )
    if last not in {plan.last, commit}:
        with_ = f" with commit {last[:SHORT]}" if last else ""
        raise UserError(
            f"refused: stack {stack} was brought up{with_} since "
            f"plan {plan.digest} was made, and what it does may be something else now; plan it anew"
        )
