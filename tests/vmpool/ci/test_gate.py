"""When the gate for disks is open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from github_environments import REVIEWED, UNREVIEWED, Environments, environments
from workflow_runs import REPOSITORY

from vmpool.ci.gate import GATE, require_reviewers
from vmpool.console import UserError


@pytest.fixture(scope="module")
def api() -> Iterator[Environments]:
    """GitHub's API."""
    with environments() as server:
        yield server


def job(api: Environments, **more: str) -> dict[str, str]:
    """Return the environment of a job."""
    own = {"GITHUB_API_URL": api.url, "GITHUB_REPOSITORY": REPOSITORY}
    return {**own, "GITHUB_TOKEN": "of-the-job", **more}


def test_it_is_open_where_reviewers_are_required(api: Environments) -> None:
    api.found = {"disk-loss": REVIEWED}
    require_reviewers(job(api))


def test_it_is_open_where_an_administrator_says_so() -> None:
    require_reviewers({GATE: "reviewed"})


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({}, 'there is no environment "disk-loss"'),
        ({"disk-loss": UNREVIEWED}, 'the environment "disk-loss" has no required reviewers'),
        (
            {"disk-loss": {"protection_rules": [{"type": "required_reviewers", "reviewers": []}]}},
            'the environment "disk-loss" has no required reviewers',
        ),
        (None, r"the API does not tell about reviewers \(403 Forbidden\)"),
    ],
)
def test_it_is_closed_otherwise_and_says_how_to_open_it(
    api: Environments, found: dict[str, Any] | None, why: str
) -> None:
    api.found = found
    with pytest.raises(UserError, match=f"the gate for disks is closed: {why}.*VMPOOL_DISK_GATE"):
        require_reviewers(job(api, **{GATE: "true"}))


def test_it_is_closed_where_nothing_can_be_asked() -> None:
    with pytest.raises(UserError, match="nothing says that somebody reviews it"):
        require_reviewers({})


def test_it_is_closed_where_nobody_answers(api: Environments) -> None:
    nowhere = job(api, GITHUB_API_URL="http://127.0.0.1:9")
    with pytest.raises(UserError, match="the API does not tell about reviewers"):
        require_reviewers(nowhere)
