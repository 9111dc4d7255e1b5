"""Who can log in: what would reach nobody is refused, and nobody at all is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from configurations import ED25519_KEY, MARKER, problems, specification
from kubevirt_vm_pool.validation.warnings import warnings

NOBODY = "nobody can log in to the VMs of lab05-webserver, unless their image lets somebody in"
USERS = {"users": [{"name": "ops"}]}
OBJECT_WITH_PASSWORD = {"name": "fedora", "lock_passwd": False, "plain_text_passwd": MARKER}


def told(changes: Mapping[str, Any]) -> list[str]:
    """Return what is said about logins to a pool without a password."""
    found = warnings(specification({"password": None, **changes}))
    return [one for one in found if one.startswith("nobody")]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"cloudInit": {"config": {"hostname": "web"}}},
        {"cloudInit": {"config": {"user": {"name": "fedora"}}}},
        {"cloudInit": {"config": {"chpasswd": {"expire": False}}}},
        {"cloudInit": {"userData": "#cloud-config\npackages: [nginx]\n"}},
    ],
)
def test_a_pool_that_nobody_can_log_in_to_renders_and_that_is_told(changes: Any) -> None:
    (said,) = told(changes)
    assert said.startswith(NOBODY)
    assert "cloudInit.config: {users: [default]}" in said


@pytest.mark.parametrize(
    "changes",
    [
        {"cloudInit": {"config": {"user": OBJECT_WITH_PASSWORD}}},
        {"cloudInit": {"config": {"user": {"ssh_authorized_keys": [ED25519_KEY]}}}},
        {"cloudInit": {"config": {"users": ["default"]}}},
        {"cloudInit": {"sshAuthorizedKeys": [ED25519_KEY]}},
        {"cloudInit": {"config": {"chpasswd": {"list": ["root:x"]}}}},
        {"cloudInit": {"userData": f"#cloud-config\nuser: {OBJECT_WITH_PASSWORD}\n"}},
        {"cloudInit": {"userData": "#!/bin/sh\n"}},
        {"cloudInit": False},
        {"cloudInit": {"existingSecret": "theirs"}},
        {"perReplica": {"password": "p{{ index }}"}},
        {"disks": {"answers": {"sysprep": {"secret": {"name": "a"}}}}},
    ],
)
def test_nothing_is_told_where_somebody_can_log_in_or_nobody_knows(changes: Any) -> None:
    assert told(changes) == []


# --- what reaches nobody -------------------------------------------------------------------------

KEYS = {"sshAuthorizedKeys": [ED25519_KEY]}
WITH_USERS = "#cloud-config\nusers: [{name: ops}]\n"
LOST: list[tuple[dict[str, Any], str, str]] = [
    ({"cloudInit": {"config": USERS}}, "password", "cloudInit.config.users"),
    ({"cloudInit": {"config": {"users": []}}}, "password", "cloudInit.config.users"),
    ({"cloudInit": {"config": {"users": ["ops, default"]}}}, "password", "cloudInit.config.users"),
    (
        {"password": None, "cloudInit": {**KEYS, "config": USERS}},
        "cloudInit.sshAuthorizedKeys",
        "cloudInit.config.users",
    ),
    (
        {"password": None, "cloudInit": {"config": {**USERS, "ssh_import_id": ["gh:ann"]}}},
        "cloudInit.config.ssh_import_id",
        "cloudInit.config.users",
    ),
    (
        {"password": None, "cloudInit": {"userData": f"{WITH_USERS}password: {MARKER}\n"}},
        "cloudInit.userData",
        "cloudInit.userData",
    ),
    (
        {
            "password": None,
            "cloudInit": {"config": USERS},
            "perReplica": {"password": "{{ name }}"},
        },
        "perReplica.password",
        "cloudInit.config.users",
    ),
    ({"perReplica": {"config": USERS}}, "password", "perReplica.config.users"),
    (
        {"password": None, "perReplica": {"userData": f"{WITH_USERS}password: '{{{{ name }}}}'\n"}},
        "perReplica.userData",
        "perReplica.userData",
    ),
]


@pytest.mark.parametrize(("changes", "key", "users"), LOST)
def test_what_is_for_the_default_user_is_refused_where_users_leave_that_out(
    changes: dict[str, Any], key: str, users: str
) -> None:
    (problem,) = problems(changes)
    assert problem.key == key
    assert f"is for the default user, whom {users} leaves out" in problem.rule
    assert MARKER not in str(problem)


@pytest.mark.parametrize(
    "changes",
    [
        {"cloudInit": {"user": "ops", "config": USERS}},
        {"cloudInit": {"config": {**USERS, "user": {"name": "fedora"}}}},
        {"cloudInit": {"config": {"users": ["default", {"name": "ops"}]}}},
        {"cloudInit": {"config": {"users": [{"name": "default"}]}}},
        {"cloudInit": {"config": {"users": {"default": True, "ops": {}}}}},
        {"cloudInit": {"config": {"users": "ops,default"}}},
        {"password": None, "cloudInit": {**KEYS, "config": {**USERS, "disable_root": False}}},
        {"password": None, "cloudInit": {"config": USERS}},
        {"cloudInit": {"config": USERS}, "perReplica": {"config": {"users": ["default"]}}},
    ],
)
def test_a_default_user_in_any_form_gets_the_password(changes: Any) -> None:
    assert problems(changes) == ()


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"cloudInit": {"config": {"chpasswd": {"list": "root:y\n"}}}}, "password"),
        ({"cloudInit": {"config": {"chpasswd": {"users": [{"name": "root"}]}}}}, "password"),
        (
            {
                "password": None,
                "perReplica": {"password": "{{ generated.a }}", "generate": {"a": {}}},
                "cloudInit": {"config": {"chpasswd": {"list": "root:y\n"}}},
            },
            "perReplica.password",
        ),
        (
            {
                "password": None,
                "cloudInit": {"userData": "#cloud-config\npassword: x\nchpasswd: {list: 'a:b'}\n"},
            },
            "cloudInit.userData",
        ),
    ],
)
def test_a_password_that_others_make_cloud_init_ignore_is_refused(changes: Any, key: str) -> None:
    (problem,) = problems(changes)
    assert problem.key == key
    assert "is ignored by cloud-init beside" in problem.rule
