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


@pytest.mark.parametrize("more", [{}, {GATE: "reviewed"}], ids=["not set", "set"])
@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({}, 'there is no environment "disk-loss"'),
        ({"disk-loss": UNREVIEWED}, 'the environment "disk-loss" has no required reviewers'),
        (
            {"disk-loss": {"protection_rules": [{"type": "required_reviewers", "reviewers": []}]}},
            'the environment "disk-loss" has no required reviewers',
        ),
    ],
)
def test_it_is_closed_where_the_api_says_so_whatever_a_variable_says(
    api: Environments, found: dict[str, Any], why: str, more: dict[str, str]
) -> None:
    api.found = found
    with pytest.raises(UserError, match=f"the gate for disks is closed: {why}.*VMPOOL_DISK_GATE"):
        require_reviewers(job(api, **more))


@pytest.fixture(
    params=[
        (401, {}, r"the API does not tell about reviewers \(401 Unauthorized\)"),
        (403, {}, r"the API does not tell about reviewers \(403 Forbidden\)"),
        (200, {"GITHUB_API_URL": "http://127.0.0.1:9"}, "the API does not tell about reviewers"),
        (200, {"GITHUB_TOKEN": ""}, "nothing says that somebody reviews it"),
    ],
    ids=["unknown", "not allowed", "nobody answers", "no API"],
)
def nobody_tells(
    api: Environments, request: pytest.FixtureRequest
) -> Iterator[tuple[dict[str, str], str]]:
    """A job that nobody tells whether there are reviewers, and what it is told in their place."""
    api.refused, more, why = request.param
    yield job(api, **more), why
    api.refused = 200


def test_it_is_closed_where_nobody_tells(nobody_tells: tuple[dict[str, str], str]) -> None:
    environment, why = nobody_tells
    for given in ({}, {GATE: "true"}):
        with pytest.raises(UserError, match=why):
            require_reviewers({**environment, **given})


def test_it_is_open_where_nobody_tells_and_an_administrator_says_so(
    nobody_tells: tuple[dict[str, str], str],
) -> None:
    require_reviewers({**nobody_tells[0], GATE: "reviewed"})


@pytest.mark.parametrize(
    ("about", "rule", "said"),
    [
        ({}, {"prevent_self_review": True}, ""),
        (
            {"can_admins_bypass": True},
            {"prevent_self_review": True},
            'note: administrators may bypass the reviewers of the environment "disk-loss"\n',
        ),
        (
            {},
            {},
            'note: a reviewer of the environment "disk-loss" may approve what they have pushed '
            "themselves (it does not prevent self-review)\n",
        ),
    ],
    ids=["strict", "administrators bypass", "self-review"],
)
def test_what_makes_an_open_gate_weaker_is_said(
    api: Environments,
    capsys: pytest.CaptureFixture[str],
    about: dict[str, Any],
    rule: dict[str, Any],
    said: str,
) -> None:
    reviewing = {"type": "required_reviewers", "reviewers": [{"type": "User"}], **rule}
    api.found = {"disk-loss": {**about, "protection_rules": [reviewing]}}
    require_reviewers(job(api))
    assert capsys.readouterr().err == said
