"""The cloud-init documents: what stands in them, and what cloud-init itself says of them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from configurations import ED25519_KEY, problems, specification
from kubevirt_vm_pool.guest import cloud_init
from kubevirt_vm_pool.guest.per_replica import replicas
from kubevirt_vm_pool.manifests import secret
from kubevirt_vm_pool.spec import placeholders
from kubevirt_vm_pool.text import yaml_documents
from kubevirt_vm_pool.validation.cloud_init import LONGEST_SECRET

from vmpool.stack import stack_files

CLOUD_INIT = shutil.which("cloud-init")


def document(changes: dict[str, Any]) -> Any:
    """Return the user data of a pool as cloud-init reads it."""
    return yaml.safe_load(cloud_init.user_data(specification(changes)))


# --- what stands in user data --------------------------------------------------------------------


def test_user_data_begins_with_the_header_of_cloud_config() -> None:
    assert cloud_init.user_data(specification()).splitlines()[0] == "#cloud-config"


def test_every_key_of_the_configuration_has_its_place_in_user_data() -> None:
    changes = {
        "password": "kubevirt",
        "cloudInit": {
            "timezone": "Europe/Zurich",
            "user": "fedora",
            "sshAuthorizedKeys": [ED25519_KEY],
            "packages": ["nginx"],
            "runCommands": ["systemctl enable --now nginx", ["echo", "ready"]],
        },
    }
    assert document(changes) == {
        "password": "kubevirt",
        "chpasswd": {"expire": False},
        "timezone": "Europe/Zurich",
        "user": "fedora",
        "ssh_authorized_keys": [ED25519_KEY],
        "packages": ["nginx"],
        "runcmd": ["systemctl enable --now nginx", ["echo", "ready"]],
    }


def test_without_a_password_nothing_is_said_of_its_expiry() -> None:
    changes = {"password": None, "cloudInit": {"sshAuthorizedKeys": [ED25519_KEY]}}
    assert document(changes) == {"ssh_authorized_keys": [ED25519_KEY]}


@pytest.mark.parametrize(
    "password", ["12345", "0123", "true", "null", "a: b", "#x", "*x", "!x", "ü'\"\\", "1e3", "~"]
)
def test_a_password_comes_out_as_it_was_written(password: str) -> None:
    assert document({"password": password})["password"] == password


def test_a_long_command_stays_on_one_line() -> None:
    command = "echo " + "word " * 200 + "end"
    text = cloud_init.user_data(specification({"cloudInit": {"runCommands": [command]}}))
    assert f"- {command}" in text.splitlines()


def test_user_data_of_its_own_is_taken_as_it_is() -> None:
    text = "#cloud-config\n# as it is\npassword:   x\n"
    spec = specification({"password": None, "cloudInit": {"userData": text}})
    assert cloud_init.user_data(spec) == text


# --- merging -------------------------------------------------------------------------------------


def test_config_adds_keys_that_the_configuration_has_no_word_for() -> None:
    assert document({"cloudInit": {"config": {"package_update": True}}})["package_update"] is True


def test_config_is_merged_into_objects_member_by_member() -> None:
    changes: dict[str, Any] = {"cloudInit": {"config": {"chpasswd": {"users": []}}}}
    assert document(changes)["chpasswd"] == {"expire": False, "users": []}


def test_config_wins_over_what_the_configuration_implies() -> None:
    changes = {"cloudInit": {"config": {"chpasswd": {"expire": True}}}}
    assert document(changes)["chpasswd"] == {"expire": True}


def test_merging_replaces_lists() -> None:
    assert cloud_init.merged({"a": [1]}, {"a": [2]}) == {"a": [2]}


def test_merging_changes_neither_document() -> None:
    below, above = {"a": {"b": 1}}, {"a": {"c": 2}}
    cloud_init.merged(below, above)
    assert (below, above) == ({"a": {"b": 1}}, {"a": {"c": 2}})


# --- network data --------------------------------------------------------------------------------


def test_without_network_data_there_is_none() -> None:
    assert cloud_init.network_data(specification()) is None


def test_network_data_that_is_an_object_becomes_yaml() -> None:
    data = {"version": 2, "ethernets": {"enp1s0": {"dhcp4": True}}}
    text = cloud_init.network_data(specification({"cloudInit": {"networkData": data}}))
    assert text is not None
    assert yaml.safe_load(text) == data


def test_network_data_that_is_text_is_taken_as_it_is() -> None:
    text = "# as it is\nversion: 1\nconfig: []\n"
    assert cloud_init.network_data(specification({"cloudInit": {"networkData": text}})) == text


# --- the Secret ----------------------------------------------------------------------------------


def test_the_documents_stand_under_the_keys_that_kubevirt_reads() -> None:
    spec = specification({"cloudInit": {"networkData": {"version": 2}}})
    assert secret.cloud_init_secret(spec)["data"].keys() == {"userdata", "networkdata"}


def test_documents_that_just_fit_into_a_secret_are_accepted() -> None:
    empty = len(cloud_init.user_data(specification({"cloudInit": {"runCommands": ["x"]}})))
    command = "x" * (LONGEST_SECRET - empty + 1)
    assert problems({"cloudInit": {"runCommands": [command]}}) == ()


def test_network_data_counts_for_the_size_of_the_secret() -> None:
    empty = len(cloud_init.user_data(specification({"cloudInit": {"runCommands": ["x"]}})))
    command = "x" * (LONGEST_SECRET - empty + 1)
    (problem,) = problems({"cloudInit": {"runCommands": [command], "networkData": {"version": 2}}})
    assert problem.rule == "makes 1048587 bytes, and a Secret holds 1048576"


def test_characters_of_several_bytes_count_as_such() -> None:
    (problem,) = problems({"cloudInit": {"runCommands": ["ü" * (600 * 1024)]}})
    assert problem.key == "cloudInit"


@pytest.mark.parametrize("path", placeholders.PLACEHOLDERS, ids=".".join)
def test_what_stands_in_for_an_encrypted_value_is_sound(path: tuple[str, ...]) -> None:
    changes: Any = placeholders.PLACEHOLDERS[path]
    for key in reversed(path):
        changes = {key: changes}
    # What lets nobody in by itself goes with a password; user data goes with none.
    whole = {("cloudInit", "userData"), ("cloudInit", "userDataBase64")}
    password = None if path in whole else "kubevirt"
    assert problems({"password": password, **changes}) == ()


# --- cloud-init's own word -----------------------------------------------------------------------

VALID: dict[str, dict[str, Any]] = {
    "the lab": {},
    "all keys": {
        "cloudInit": {
            "timezone": "Europe/Zurich",
            "user": "fedora",
            "sshAuthorizedKeys": [ED25519_KEY],
            "packages": ["nginx", "vim"],
            "runCommands": ["systemctl enable --now nginx", ["echo", "a: b"], "echo 'ü' > /tmp/x"],
            "config": {
                "package_update": True,
                "write_files": [{"path": "/etc/motd", "content": "hello\n"}],
                "chpasswd": {"expire": True},
            },
        }
    },
    "a number as password": {"password": "0123"},
    "user data as text": {
        "password": None,
        "cloudInit": {"userData": "#cloud-config\npassword: x\nruncmd: [ls]\n"},
    },
}


@pytest.mark.skipif(CLOUD_INIT is None, reason="cloud-init is not installed")
@pytest.mark.parametrize("changes", VALID.values(), ids=VALID)
def test_cloud_init_finds_user_data_valid(changes: dict[str, Any], tmp_path: Path) -> None:
    answer = _schema(cloud_init.user_data(specification(changes)), tmp_path)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.skipif(CLOUD_INIT is None, reason="cloud-init is not installed")
def test_cloud_init_finds_a_wrong_document_invalid(tmp_path: Path) -> None:
    answer = _schema("#cloud-config\npackages: {nginx: true}\n", tmp_path)
    assert answer.returncode != 0


@pytest.mark.skipif(CLOUD_INIT is None, reason="cloud-init is not installed")
def test_cloud_init_lets_a_misspelt_key_through_which_is_why_it_is_named_here(
    tmp_path: Path,
) -> None:
    misspelt = {"pakages": ["nginx"]}
    answer = _schema(yaml_documents.dumped(misspelt, header=cloud_init.HEADER), tmp_path)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    (problem,) = problems({"cloudInit": {"config": misspelt}})
    assert (problem.key, problem.fix) == ("cloudInit.config.pakages", "did you mean packages?")


def of_every_replica() -> Iterator[Any]:
    """Yield the user data of every replica that the project's stacks have."""
    for stack in stack_files.all_stacks():
        for replica in replicas(stack.specification()):
            text = cloud_init.documents(replica.spec)["userdata"]
            yield pytest.param(text, id=f"{stack.name}-{replica.index}")


@pytest.mark.skipif(CLOUD_INIT is None, reason="cloud-init is not installed")
@pytest.mark.parametrize("text", of_every_replica())
def test_cloud_init_finds_the_user_data_of_every_replica_valid(text: str, tmp_path: Path) -> None:
    answer = _schema(text, tmp_path)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def _schema(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `cloud-init schema` on a document, as one that nobody installed (no root needed)."""
    file = folder / "user-data"
    file.write_text(text, encoding="utf-8")
    return subprocess.run(
        [str(CLOUD_INIT), "schema", "--config-file", str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
