"""Which branches may use an environment, and so what it keeps secret."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from github_environments import UNREVIEWED, Environments, environments
from workflow_runs import REPOSITORY

from vmpool.ci.environments import require_one_branch
from vmpool.console import UserError


def policy(*, selected: bool) -> dict[str, Any]:
    """Return what the API tells of an environment for selected branches, or for protected ones."""
    kinds = {"protected_branches": not selected, "custom_branch_policies": selected}
    return {"deployment_branch_policy": kinds}


@pytest.fixture(scope="module")
def api() -> Iterator[Environments]:
    """GitHub's API."""
    with environments() as server:
        yield server


def job(api: Environments, **more: str) -> dict[str, str]:
    """Return the environment of a job."""
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": api.url,
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_TOKEN": "of-the-job",
        **more,
    }


def selected(*patterns: str, kind: str = "branch") -> dict[str, Any]:
    """Return what the API has of an environment for selected branches."""
    policies = [{"id": 1, "name": pattern, "type": kind} for pattern in patterns]
    return {
        "preview": policy(selected=True),
        "preview/deployment-branch-policies": {"branch_policies": policies},
    }


def test_an_environment_for_the_default_branch_alone_is_well(
    api: Environments, capsys: pytest.CaptureFixture[str]
) -> None:
    api.found = selected("main")
    require_one_branch("preview", "main", job(api))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("found", "who"),
    [
        ({"preview": {"deployment_branch_policy": None}}, "every branch"),
        ({"preview": policy(selected=False)}, "every protected branch"),
        (selected("main", "release/*"), r"branch release/\*"),
        (selected("*"), r"branch \*"),
        (selected("main", kind="tag"), "tag main"),
    ],
    ids=["no policy", "protected branches", "one more", "all by pattern", "a tag"],
)
def test_one_that_others_may_use_is_refused_with_what_to_do(
    api: Environments, found: dict[str, Any], who: str
) -> None:
    api.found = found
    with pytest.raises(
        UserError, match=f'"preview" may be used by {who}, so .* Selected branches and tags, main'
    ):
        require_one_branch("preview", "main", job(api))


@pytest.mark.parametrize(
    ("found", "more"),
    [
        ({}, {}),
        ({"preview": UNREVIEWED}, {}),
        ({"preview": UNREVIEWED}, {"GITHUB_TOKEN": ""}),
        ({"preview": {"deployment_branch_policy": None}}, {"GITHUB_API_URL": "http://127.0.0.1:9"}),
    ],
    ids=["not found", "nothing of branches", "no token", "no answer"],
)
def test_where_the_api_does_not_tell_that_is_said(
    api: Environments,
    capsys: pytest.CaptureFixture[str],
    found: dict[str, Any],
    more: dict[str, str],
) -> None:
    api.found = found
    require_one_branch("preview", "main", job(api, **more))
    assert (
        'does not tell which branches may use the environment "preview"' in capsys.readouterr().err
    )


def test_outside_github_nothing_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    require_one_branch("preview", "main", {})
    assert capsys.readouterr().err == ""
