"""Who can log in to a VM, as its cloud-config says."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from kubevirt_vm_pool.guest.logins import users


@pytest.mark.parametrize(
    ("document", "who"),
    [
        ("{}", ["default"]),
        ("{user: student, password: x}", ["student"]),
        ("{user: {name: student}, password: x}", ["student"]),
        ("{users: [default, {name: ann, ssh_authorized_keys: [k]}]}", ["default", "ann"]),
        ("{users: [{name: ann, passwd: h}]}", ["ann"]),
        ("{users: []}", []),
        ("{users: {ann: true, bob: false}}", ["ann"]),
        ("{users: 'ann, bob'}", ["ann", "bob"]),
    ],
)
def test_users_are_those_that_the_document_makes(document: str, who: list[str]) -> None:
    parsed: dict[str, Any] = yaml.safe_load(document)
    assert users(parsed) == who


def test_a_user_without_key_and_password_only_runs_something() -> None:
    assert users({"users": ["default", {"name": "svc", "system": True}]}) == ["default"]
