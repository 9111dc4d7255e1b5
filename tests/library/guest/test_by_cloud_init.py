"""What cloud-init itself does with the documents: who can log in, and what is refused for it.

Its own Python code runs here, on a machine that only takes notes (tests/helpers/as_cloud_init.py).
"""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import as_cloud_init
import pytest
from configurations import ED25519_KEY, problems, specification
from kubevirt_vm_pool.guest.cloud_init import HEADER, documents, merged, said_by_keys
from kubevirt_vm_pool.guest.logins import makes_default_user
from kubevirt_vm_pool.guest.per_replica import replicas
from kubevirt_vm_pool.text.yaml_documents import dumped

PASSWORD = "kubevirt"


@functools.cache
def pythons() -> str | None:
    """Return a Python that has cloud-init, None if there is none."""
    for python in ("/usr/bin/python3", sys.executable, shutil.which("python3")):
        if python and Path(python).exists():
            tried = subprocess.run([python, "-c", "import cloudinit"], capture_output=True)
            if not tried.returncode:
                return python
    return None


pytestmark = pytest.mark.skipif(pythons() is None, reason="cloud-init is not installed")


def done(**texts: str | None) -> dict[str, Any]:
    """Return what cloud-init does with userdata and networkdata."""
    answer = subprocess.run(
        [str(pythons()), as_cloud_init.__file__],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def first_boot(changes: dict[str, Any]) -> dict[str, Any]:
    """Return what the first boot of a pool's first VM does."""
    spec = specification(changes)
    for replica in replicas(spec):
        spec = replica.spec
        break
    return done(userdata=str(documents(spec)["userdata"]))


def as_it_would_be(changes: dict[str, Any]) -> dict[str, Any]:
    """Return what the first boot of a VM would do with documents that the check refuses.

    changes: of cloudInit's keys and password.
    """
    assert problems(changes) != ()
    allowed = specification({"password": changes.get("password", PASSWORD), **_sound(changes)})
    document = merged(said_by_keys(allowed), changes["cloudInit"]["config"])
    return done(userdata=dumped(document, header=HEADER))


def _sound(changes: dict[str, Any]) -> dict[str, Any]:
    return {"cloudInit": {k: v for k, v in changes["cloudInit"].items() if k != "config"}}


# --- who can log in ------------------------------------------------------------------------------


def test_the_password_is_the_default_users() -> None:
    assert first_boot({})["passwords"] == {"fedora": PASSWORD}


def test_the_password_is_that_of_the_user_who_is_named() -> None:
    config = {"users": [{"name": "ops"}]}
    found = first_boot({"cloudInit": {"user": "ann", "config": config}})
    assert found["passwords"] == {"ann": PASSWORD}


def test_keys_are_the_default_users() -> None:
    found = first_boot({"password": None, "cloudInit": {"sshAuthorizedKeys": [ED25519_KEY]}})
    assert found["keys"] == {"fedora": [ED25519_KEY]}


def test_a_replicas_own_password_wins() -> None:
    found = first_boot({"perReplica": {"password": "p{{ index }}"}})
    assert found["passwords"] == {"fedora": "p0"}


def test_a_user_that_is_an_object_with_a_password_can_log_in() -> None:
    user = {"name": "ann", "lock_passwd": False, "plain_text_passwd": "x"}
    found = first_boot({"password": None, "cloudInit": {"config": {"user": user}}})
    assert (found["passwords"], found["locked"]) == ({"ann": "x"}, [])


def test_where_nothing_lets_anybody_in_nobody_has_a_password_or_a_key() -> None:
    found = first_boot({"password": None})
    assert (found["passwords"], found["keys"]) == ({}, {})


USERS: list[Any] = [
    [{"name": "ops"}],
    ["default", {"name": "ops"}],
    [{"name": "default"}],
    [{"lock_passwd": True}],
    [["ops", "default"]],
    ["ops,default"],
    ["ops, default"],
    "ops,default",
    " default",
    "ops, default",
    {"default": True},
    {"default": "no"},
    {"default": {}},
    {"ops": {}},
    [],
]


@pytest.mark.parametrize("user", [None, "ann", {"name": "ann"}], ids=str)
@pytest.mark.parametrize("users", USERS, ids=str)
def test_cloud_init_agrees_on_whether_there_is_a_default_user(users: Any, user: Any) -> None:
    document = {"password": PASSWORD, "users": users, **({"user": user} if user else {})}
    found = done(userdata=dumped(document, header=HEADER))
    assert bool(found["passwords"]) is makes_default_user(document)


@pytest.mark.parametrize(
    ("changes", "passwords"),
    [
        ({"cloudInit": {"config": {"users": [{"name": "ops"}]}}}, {}),
        ({"cloudInit": {"config": {"chpasswd": {"list": "root:y\n"}}}}, {"root": "y"}),
        (
            {"cloudInit": {"config": {"chpasswd": {"users": [{"name": "root", "password": "y"}]}}}},
            None,
        ),
    ],
)
def test_a_password_that_is_refused_would_have_been_nobodys(
    changes: dict[str, Any], passwords: dict[str, str] | None
) -> None:
    found = as_it_would_be(changes)["passwords"]
    assert "fedora" not in found
    assert passwords is None or found == passwords


def test_keys_that_are_refused_would_have_let_nobody_in() -> None:
    config = {"users": [{"name": "ops"}]}
    changes = {
        "password": None,
        "cloudInit": {"sshAuthorizedKeys": [ED25519_KEY], "config": config},
    }
    assert as_it_would_be(changes)["keys"] == {}


def test_with_root_allowed_keys_let_in_root() -> None:
    config = {"users": [{"name": "ops"}], "disable_root": False}
    found = first_boot(
        {"password": None, "cloudInit": {"sshAuthorizedKeys": [ED25519_KEY], "config": config}}
    )
    assert found["keys"] == {"root": [ED25519_KEY]}


def test_a_text_that_means_no_would_lock_a_password() -> None:
    user = {"name": "ops", "lock_passwd": "no", "plain_text_passwd": "x"}
    assert (
        "ops" in as_it_would_be({"cloudInit": {"config": {"users": ["default", user]}}})["locked"]
    )


# --- files and networks --------------------------------------------------------------------------


def test_a_file_whose_template_is_one_number_is_written() -> None:
    files = [{"path": "/etc/index", "content": "{{ index }}"}, {"path": "/etc/b", "content": "b"}]
    found = first_boot({"perReplica": {"config": {"write_files": files}}})
    assert (found["files"], found["failed"]) == ({"/etc/index": "0", "/etc/b": "b"}, [])


def test_a_number_that_is_refused_would_have_ended_all_files() -> None:
    files = [{"path": "/etc/index", "content": 0}, {"path": "/etc/b", "content": "b"}]
    found = as_it_would_be({"cloudInit": {"config": {"write_files": files}}})
    assert (found["files"], found["failed"]) == ({}, ["cc_write_files: AttributeError"])


@pytest.mark.parametrize(("dhcp4", "types"), [(False, ["static"]), ("no", ["dhcp4", "static"])])
def test_dhcp_is_off_by_false_and_not_by_a_text(dhcp4: Any, types: list[str]) -> None:
    ethernet = {"dhcp4": dhcp4, "addresses": ["10.0.0.10/24"]}
    data = {"version": 2, "ethernets": {"enp1s0": ethernet}}
    assert done(networkdata=dumped(data))["subnets"] == {"enp1s0": types}
    refused = [one.fix for one in problems({"cloudInit": {"networkData": data}})]
    assert ("write false, without quotes" in refused) is (dhcp4 == "no")
