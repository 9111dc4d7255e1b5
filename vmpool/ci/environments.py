"""Who may use an environment of GitHub, and with it what is secret there."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..console import UserError, tell
from . import github


def require_one_branch(name: str, branch: str, environment: Mapping[str, str] = os.environ) -> None:
    """Raise UserError if other branches than one may use an environment.

    Whoever may push a branch may push a workflow in it, which prints what an environment that is
    open to that branch keeps secret. Where the API does not tell, that is said on standard error;
    outside GitHub there is nothing to ask.

    environment: of a job that may read actions.
    """
    if not environment.get("GITHUB_ACTIONS"):
        return
    try:
        others = _others(name, branch, environment)
    except (OSError, ValueError) as error:
        tell(
            f'note: the API does not tell which branches may use the environment "{name}" '
            f"({error}); it is to be for {branch} alone (docs/ci.md)"
        )
        return
    if others:
        raise UserError(
            f'the environment "{name}" may be used by {others}, so that a workflow there can print '
            f"its secrets. Limit it: Settings, Environments, {name}, Deployment branches and tags, "
            f"Selected branches and tags, {branch} and nothing else (docs/ci.md)"
        )


def _others(name: str, branch: str, environment: Mapping[str, str]) -> str:
    """Return who else may use an environment; "" if nobody may.

    Raises OSError or ValueError if the API does not tell.
    """
    about = github.answer(f"environments/{name}", environment)
    if "deployment_branch_policy" not in about:
        raise ValueError("it says nothing of branches")
    policy = about["deployment_branch_policy"]
    if policy is None:
        return "every branch"
    if not policy["custom_branch_policies"]:
        # Of those there may be more than one, and where no branch is protected they are all.
        return "every protected branch"
    allowed = github.answer(f"environments/{name}/deployment-branch-policies", environment)[
        "branch_policies"
    ]
    kinds = {(one["name"], one.get("type") or "branch") for one in allowed}
    others = sorted(f"{kind} {pattern}" for pattern, kind in kinds - {(branch, "branch")})
    return ", ".join(others)
