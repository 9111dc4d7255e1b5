"""The gate for disks: closed until somebody has set up reviewers, and that can be seen."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping

from ..console import UserError

# Who approves that disks go are the reviewers of this environment.
ENVIRONMENT = "disk-loss"
# An administrator sets it where no API tells whether there are reviewers.
GATE, REVIEWED = "VMPOOL_DISK_GATE", "reviewed"
SECONDS_TO_ANSWER = 30


def require_reviewers(environment: Mapping[str, str] = os.environ) -> None:
    """Raise UserError unless it is certain that reviewers are asked before disks go.

    environment: GATE, or GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN of a job that may read
    actions.
    """
    if told := closed(environment):
        raise UserError(told)


def closed(environment: Mapping[str, str] = os.environ) -> str:
    """Return that the gate is closed, why, and how to open it; "" if it is open.

    environment: as of require_reviewers.
    """
    if environment.get(GATE) == REVIEWED or not (reason := _reason(environment)):
        return ""
    return (
        f"the gate for disks is closed: {reason}. What takes disks is not brought up "
        f'here. To open it, give the environment "{ENVIRONMENT}" required reviewers; where no '
        f"API tells of them, let an administrator set the variable {GATE} to {REVIEWED} once "
        "they are there (docs/ci.md)"
    )


def _reason(environment: Mapping[str, str]) -> str:
    """Return why it is not certain; "" if it is."""
    if not all(environment.get(name) for name in ("GITHUB_TOKEN", "GITHUB_API_URL")):
        return "nothing says that somebody reviews it"
    try:
        rules = _environment(environment).get("protection_rules", ())
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return f'there is no environment "{ENVIRONMENT}"'
        return f"the API does not tell about reviewers ({error.code} {error.reason})"
    except (OSError, ValueError) as error:
        return f"the API does not tell about reviewers ({error})"
    asked = any(
        rule.get("type") == "required_reviewers" and rule.get("reviewers") for rule in rules
    )
    return "" if asked else f'the environment "{ENVIRONMENT}" has no required reviewers'


def _environment(environment: Mapping[str, str]) -> Mapping[str, list[Mapping[str, object]]]:
    url = (
        f"{environment['GITHUB_API_URL']}/repos/{environment['GITHUB_REPOSITORY']}"
        f"/environments/{ENVIRONMENT}"
    )
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {environment['GITHUB_TOKEN']}",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=SECONDS_TO_ANSWER) as answer:
        found: Mapping[str, list[Mapping[str, object]]] = json.load(answer)
        return found
