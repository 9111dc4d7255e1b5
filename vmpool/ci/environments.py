"""Who may use an environment of GitHub, and with it what is secret there."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from ..console import UserError, tell

SECONDS_TO_ANSWER = 30


def require_one_branch(name: str, branch: str, environment: Mapping[str, str] = os.environ) -> None:
    """Raise UserError if other branches than one may use an environment.

    Whoever may push a branch may push a workflow in it, which prints what an environment that is
    open to that branch keeps secret. Where the API does not tell, that is said on standard error;
    outside GitHub there is nothing to ask.

    environment: GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN of a job that may read actions.
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
    about = _answer(name, environment)
    if "deployment_branch_policy" not in about:
        raise ValueError("it says nothing of branches")
    policy = about["deployment_branch_policy"]
    if policy is None:
        return "every branch"
    if not policy["custom_branch_policies"]:
        # Of those there may be more than one, and where no branch is protected they are all.
        return "every protected branch"
    allowed = _answer(f"{name}/deployment-branch-policies", environment)["branch_policies"]
    kinds = {(one["name"], one.get("type") or "branch") for one in allowed}
    others = sorted(f"{kind} {pattern}" for pattern, kind in kinds - {(branch, "branch")})
    return ", ".join(others)


def _answer(path: str, environment: Mapping[str, str]) -> Mapping[str, Any]:
    """Return what the API tells below environments/; raises OSError or ValueError."""
    known = ("GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN")
    if missing := [name for name in known if not environment.get(name)]:
        raise ValueError(f"{', '.join(missing)} not set")
    url, repository, token = (environment[name] for name in known)
    request = urllib.request.Request(
        f"{url}/repos/{repository}/environments/{path}",
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token}",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
    with urllib.request.urlopen(request, timeout=SECONDS_TO_ANSWER) as answer:
        found: Mapping[str, Any] = json.load(answer)
    return found
