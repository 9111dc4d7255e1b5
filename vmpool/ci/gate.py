"""The gate for disks: closed until somebody has set up reviewers, and that can be seen."""

from __future__ import annotations

import os
import urllib.error
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..console import UserError, tell
from . import github

# Who approves that disks go are the reviewers of this environment.
ENVIRONMENT = "disk-loss"
# Counts only where no API tells whether there are reviewers: more people may set a variable than
# may set up reviewers.
GATE, REVIEWED = "VMPOOL_DISK_GATE", "reviewed"


@dataclass(frozen=True)
class Gate:
    """closed: why it is, and how to open it; "" if it is open. notes: what makes it weaker."""

    closed: str = ""
    notes: tuple[str, ...] = ()


def require_reviewers(environment: Mapping[str, str] = os.environ) -> None:
    """Raise UserError unless it is certain that reviewers are asked before disks go.

    environment: as of seen. What makes an open gate weaker is said.
    """
    gate = seen(environment)
    if gate.closed:
        raise UserError(gate.closed)
    for note in gate.notes:
        tell(f"note: {note}")


def seen(environment: Mapping[str, str] = os.environ) -> Gate:
    """Return the gate.

    environment: GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN of a job that may read actions,
    and GATE, which counts where those are missing or the API does not tell.
    """
    try:
        about = _environment(environment)
    except _NotToldError as reason:
        return Gate() if environment.get(GATE) == REVIEWED else _closed(str(reason))
    if about is None:
        return _closed(f'there is no environment "{ENVIRONMENT}"')
    reviewing = [
        rule
        for rule in about.get("protection_rules") or ()
        if rule.get("type") == "required_reviewers" and rule.get("reviewers")
    ]
    if not reviewing:
        return _closed(f'the environment "{ENVIRONMENT}" has no required reviewers')
    return Gate(notes=tuple(_notes(about, reviewing)))


def _notes(about: Mapping[str, Any], reviewing: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what lets disks go that only one person has looked at."""
    if about.get("can_admins_bypass"):
        yield f'administrators may bypass the reviewers of the environment "{ENVIRONMENT}"'
    if not all(rule.get("prevent_self_review") for rule in reviewing):
        yield (
            f'a reviewer of the environment "{ENVIRONMENT}" may approve what they have pushed '
            "themselves (it does not prevent self-review)"
        )


def _closed(reason: str) -> Gate:
    return Gate(
        f"the gate for disks is closed: {reason}. What takes disks is not brought up "
        f'here. To open it, give the environment "{ENVIRONMENT}" required reviewers; where no '
        f"API tells of them, let an administrator set the variable {GATE} to {REVIEWED} once "
        "they are there (docs/ci.md)"
    )


class _NotToldError(Exception):
    """Why nobody tells whether there are reviewers."""


def _environment(environment: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Return what the API tells of the environment; None if there is none."""
    if not environment.get("GITHUB_TOKEN"):
        raise _NotToldError("nothing says that somebody reviews it")
    try:
        return github.answer(f"environments/{ENVIRONMENT}", environment)
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        reason = f"{error.code} {error.reason}"
    except (OSError, ValueError) as error:
        reason = str(error)
    raise _NotToldError(f"the API does not tell about reviewers ({reason})")
