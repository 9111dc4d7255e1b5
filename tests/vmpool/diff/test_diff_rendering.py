"""What a revision's own process tells of its stacks."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from configurations import MARKER
from encrypted import BY_PULUMI
from kubevirt_vm_pool.effects import pool_effects
from repository import stack_file

from vmpool import render
from vmpool.diff import rendering
from vmpool.stack import decryption

KEY = b"one key"


@pytest.fixture(autouse=True)
def _no_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As vmpool.diff.revision_stacks starts the process."""
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    monkeypatch.setattr(decryption, "PASSPHRASE", tmp_path / "no-passphrase")


def rendered(folder: Path, text: str, key: bytes = KEY) -> dict[str, Any]:
    """Return what is told of a stack with some file."""
    (folder / "Pulumi.alice.yaml").write_text(text)
    stack: dict[str, Any] = rendering.rendered(key, folder)["stacks"]["alice"]
    return stack


def test_every_stack_is_in_one_document(tmp_path: Path) -> None:
    for name in ("alice", "bob.test"):
        (tmp_path / f"Pulumi.{name}.yaml").write_text(stack_file())
    (tmp_path / "Pulumi.yaml").touch()
    document = rendering.rendered(KEY, tmp_path)
    assert (document["format"], list(document["stacks"])) == (1, ["alice", "bob.test"])


def test_objects_come_by_role_with_hashes_for_secret_values(tmp_path: Path) -> None:
    objects = rendered(tmp_path, stack_file(password=MARKER))["objects"]
    assert list(objects) == ["cloud-init", "pool", "service"]
    (value,) = objects["cloud-init"]["data"].values()
    assert (len(value), int(value, 16) > 0) == (64, True)


def test_hashes_tell_whether_values_are_equal(tmp_path: Path) -> None:
    one = rendered(tmp_path, stack_file(password="one"))["objects"]["cloud-init"]
    assert rendered(tmp_path, stack_file(password="one"))["objects"]["cloud-init"] == one
    assert rendered(tmp_path, stack_file(password="two"))["objects"]["cloud-init"] != one


def test_without_the_key_nobody_can_try_passwords(tmp_path: Path) -> None:
    one = rendered(tmp_path, stack_file(password="one"))["objects"]["cloud-init"]
    assert rendered(tmp_path, stack_file(password="one"), b"other")["objects"]["cloud-init"] != one


def test_what_is_encrypted_is_told_by_its_ciphertext(tmp_path: Path) -> None:
    one, again = rendered(tmp_path, BY_PULUMI), rendered(tmp_path, BY_PULUMI)
    other = rendered(tmp_path, BY_PULUMI.replace("mOhhWd1N", "mOhhWd1M"))
    assert one == again
    assert list(one["sealed"]) == ["password", "cloudInit.sshAuthorizedKeys[0]"]
    assert one["sealed"]["password"] != other["sealed"]["password"]
    assert one["objects"]["cloud-init"]["data"] != other["objects"]["cloud-init"]["data"]
    assert one["objects"]["pool"] == other["objects"]["pool"]


def test_a_ciphertext_is_in_the_document_that_it_goes_into(tmp_path: Path) -> None:
    more = "cloudInit: {networkData: {secure: AA}}"
    one = rendered(tmp_path, stack_file(more))["objects"]["cloud-init"]["data"]
    other = rendered(tmp_path, stack_file(more.replace("AA", "BB")))["objects"]["cloud-init"][
        "data"
    ]
    assert one["userdata"] == other["userdata"]
    assert one["networkdata"] != other["networkdata"]


IN_A_VOLUME = (
    "template: {template: {spec: {domain: {cpu: {model: mine}}, volumes: [{name: more,"
    " cloudInitNoCloud: {userData: TEXT}}]}}}"
)


@pytest.mark.parametrize(
    ("one", "other"),
    [(MARKER, "another"), ("{secure: AA}", "{secure: BB}")],
    ids=["plain", "sealed"],
)
def test_a_document_inside_of_the_pool_is_hidden_and_its_change_told(
    tmp_path: Path, one: str, other: str
) -> None:
    before, after = (
        rendered(tmp_path, stack_file(IN_A_VOLUME.replace("TEXT", text)))["objects"]
        for text in (one, other)
    )
    assert MARKER not in json.dumps(before)
    found = pool_effects(before["pool"], after["pool"])
    assert [effect.changed for effect in found] == [
        ("spec.virtualMachineTemplate.spec.template.spec.volumes[2].cloudInitNoCloud.userData",)
    ]
    cpu = before["pool"]["spec"]["virtualMachineTemplate"]["spec"]["template"]["spec"]["domain"]
    assert cpu["cpu"]["model"] == "mine"
    assert before["cloud-init"] == after["cloud-init"]


def test_settings_that_no_object_shows_are_told(tmp_path: Path) -> None:
    text = f"{stack_file('protect: true')}  kubernetes:context: prod\n"
    settings = rendered(tmp_path, text)["settings"]
    assert (settings["protect"], settings["adopt"]) == (True, False)
    assert "prod" not in settings["kubernetes:context"]


@pytest.mark.parametrize("text", ["config: [\n", "", stack_file("memory: 2GB")])
def test_a_stack_that_cannot_be_rendered_is_told_with_the_reason(tmp_path: Path, text: str) -> None:
    assert rendered(tmp_path, text)["problems"].startswith("Pulumi.alice.yaml ")


def test_nothing_but_the_document_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Pulumi.alice.yaml").write_text(stack_file())
    monkeypatch.setattr(rendering.rendered, "__defaults__", (tmp_path,))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(KEY)))
    monkeypatch.setattr(render, "objects_of", lambda stack: print("noise") or {})
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    rendering.main()
    assert list(json.loads(capsys.readouterr().out)["stacks"]) == ["alice"]


def test_guard_rails_are_checked_where_the_values_are_known(tmp_path: Path) -> None:
    (tmp_path / "policies.yaml").write_text("replica-ceiling: {maximum: 1}\n")
    stack = rendered(tmp_path, stack_file(password=MARKER))
    (mandatory,) = [one for one in stack["findings"] if one.startswith("mandatory: ")]
    assert "(replica-ceiling)" in mandatory
    assert any("(hashed-password)" in one for one in stack["findings"])
    assert MARKER not in json.dumps(stack)


def test_guard_rails_that_cannot_be_read_are_told_of_every_stack(tmp_path: Path) -> None:
    (tmp_path / "policies.yaml").write_text("replica-celing: {maximum: 1}\n")
    assert "replica-celing" in rendered(tmp_path, stack_file())["problems"]


def test_a_stack_with_an_environment_is_not_known_and_tells_that_its_file_changed(
    tmp_path: Path,
) -> None:
    one = rendered(tmp_path, f"environment: [team]\n{stack_file()}")
    other = rendered(tmp_path, f"environment: [other]\n{stack_file()}")
    assert one["unknown"] == "its file takes values from Pulumi ESC (environment: team)"
    assert one["settings"]["file"] != other["settings"]["file"]
    assert "objects" not in one
