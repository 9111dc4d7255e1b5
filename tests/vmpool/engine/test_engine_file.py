"""The stack file that the engine is given, and that no secret in it is plain text."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from checkout import needs
from configurations import MARKER
from kubevirt_vm_pool import stack_config

from vmpool.console import UserError
from vmpool.engine import stack_file
from vmpool.stack import decryption, stack_files

PLAIN = f"""\
# A comment.
config:
  name: web
  replicas: 2
  password: "{MARKER}"
  kubernetes:kubeconfig: '{{"token": "{MARKER}"}}'
  cloudInit:
    timezone: Europe/Zurich
    sshAuthorizedKeys: ["{MARKER}"]
    runCommands: [[echo, "{MARKER} ü: 'x'"]]
    config:
      chpasswd: {{expire: false}}
      "odd.key[0]": "  {MARKER}\\n"
      users: [{{name: a, passwd: "true", uid: 1000}}]
  disk: {{source: {{pvc: {{name: golden}}}}}}
"""
TYPED = f"""\
config:
  name: web
  replicas: 2
  cloudInit:
    timezone: Europe/Zurich
    config:
      chpasswd: {{expire: false, users: [{{name: a, password: 48291377}}]}}
  perReplica:
    spare: 2
    values: [{{pin: 482913, share: 0.8125, on: true}}, {{pin: -1, name: "{MARKER}"}}]
"""
PUBLIC = "config:\n  name: web\n  disk: {source: {pvc: {name: golden}}}\n"


# --- what is sealed ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "texts"),
    [
        ({"password": "x"}, ["x"]),
        ({"kubevirt-vm-pool:password": "x"}, ["x"]),
        ({"password": 12345}, ["12345"]),
        ({"password": ""}, []),
        ({"password": {"secure": "x"}}, []),
        ({"name": "x", "disk": {"source": {"http": {"url": "x"}}}}, []),
        ({"disk": {"source": {"http": {"url": "x", "extraHeaders": ["y"]}}}}, ["y"]),
        ({"disks": {"a": {"source": {"http": {"extraHeaders": ["x"]}}}}}, ["x"]),
        ({"livenessProbe": {"httpGet": {"httpHeaders": [{"name": "x", "value": "y"}]}}}, ["y"]),
        ({"readinessProbe": {"httpGet": {"httpHeaders": [{"name": "x", "value": "y"}]}}}, ["y"]),
        ({"accessCredentials": [{"sshPublicKey": {"source": {"secret": "x"}}}]}, []),
        ({"cloudInit": {"userData": "x", "networkData": "y"}}, ["x", "y"]),
        ({"cloudInit": {"config": {"users": [{"passwd": "x"}]}}}, ["x"]),
        ({"cloudInit": {"sshAuthorizedKeys": ["x", {"secure": "y"}]}}, ["x"]),
        ({"cloudInit": {"runCommands": ["x", ["y"]]}}, ["x", "y"]),
        ({"cloudInit": {"config": {"none": None, "empty": [], "blank": ""}}}, []),
        ({"cloudInit": {"config": {"pin": 5, "b": False}}}, ["[5]", "[false]"]),
        ({"cloudInit": {"config": [{"b": "x", "a": {"secure": "y"}}, 5.5]}}, ["x", "[5.5]"]),
        ({"perReplica": {"values": [{"pin": 0}, True]}}, ["[0]", "[true]"]),
        ({"perReplica": {"spare": 5, "values": ["x"]}}, ["x"]),
        ({"autoscaling": {"maxReplicas": 5}, "protect": True}, []),
        ({"cloudInit": {"timezone": "x", "user": "x", "packages": ["x"]}}, []),
        ({"cloudInit": {"secretName": "x"}}, []),
        ({"kubernetes:kubeconfig": "x", "kubernetes:context": "y"}, ["x"]),
        ({"kubernetes:kubeconfig": {"users": [{"token": "x"}]}}, ["x"]),
        ({"kubernetes:kubeconfig": {"insecure-skip-tls-verify": True, "token": "x"}}, ["x"]),
        ({"kubernetes:qps": 5}, []),
        ({"elsewhere:password": "x"}, []),
    ],
    ids=str,
)
def test_everything_that_may_be_secret_is_sealed(config: dict[str, Any], texts: list[str]) -> None:
    found: list[str] = []

    def seal(text: str) -> str:
        found.append(text)
        return "ciphertext"

    stack_file.sealed(config, seal)
    assert found == texts


def test_what_is_sealed_stays_where_it_was() -> None:
    user = {"passwd": "x", "uid": 5, "gecos": {"secure": "y"}, "groups": None}
    public = {"replicas": 2, "password": None}
    config = {"cloudInit": {"config": {"users": [user]}, "timezone": "z"}, **public}
    number = {"kubevirt-vm-pool/json": {"secure": "[5]"}}
    sealed = {"passwd": {"secure": "X"}, "uid": number, "gecos": {"secure": "y"}, "groups": None}
    assert stack_file.sealed(config, str.upper) == {
        "cloudInit": {"config": {"users": [sealed]}, "timezone": "z"},
        **public,
    }


# --- by the engine itself ------------------------------------------------------------------------


class Engine:
    """The CLI on a backend of its own, which a stack "lab" is in; counts how often it starts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.backend = (folder / "backend").as_uri()
        self.starts = 0
        own = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI_CONF")}
        self.environment = {
            **own, "PULUMI_BACKEND_URL": self.backend, "PULUMI_CONFIG_PASSPHRASE": "one"
        }  # fmt: skip

    def __call__(self, *args: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        self.starts += 1
        return subprocess.run(
            ["pulumi", *args],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    def given(self, text: str) -> Path:
        """Return the file that the engine is given for a stack file's text."""
        file = self.folder / "Pulumi.lab.yaml"
        file.write_text(text, encoding="utf-8")
        path = stack_file.given(stack_files.parsed("lab", text, file), self, self.backend)
        assert file.read_text(encoding="utf-8") == text
        return path

    def values(self, file: Path) -> dict[str, Any]:
        """Return the configuration that a program is handed, decrypted."""
        place = ["--stack", "lab", "--cwd", str(stack_file.FOLDER), "--config-file", str(file)]
        done = self("config", "--json", "--show-secrets", *place)
        assert done.returncode == 0, done.stderr
        return {key: shown["value"] for key, shown in json.loads(done.stdout).items()}


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The real engine, and folders of the test's own."""
    monkeypatch.setattr(stack_file, "FOLDER", tmp_path / "engine")
    monkeypatch.setattr(decryption, "PASSPHRASE", tmp_path / "no-passphrase")
    (tmp_path / "backend").mkdir()
    engine = Engine(tmp_path)
    done = engine("stack", "init", "lab", "--no-select", "--cwd", str(stack_file.project()))
    assert done.returncode == 0, done.stderr
    engine.starts = 0
    return engine


def decoded(values: dict[str, Any]) -> dict[str, Any]:
    """Return what the program makes of the configuration that it is handed."""
    keys = {key: key.rpartition(":")[2] for key in values}
    return {
        name: stack_config.unwrapped(stack_config.decoded(name, values[key]))
        for key, name in keys.items()
    }


def everything_in(folder: Path) -> str:
    """Return the text of all files in a folder."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return "".join(file.read_text(encoding="utf-8") for file in files)


@needs("pulumi")
def test_the_engine_is_given_the_same_values_and_none_in_plain_text(engine: Engine) -> None:
    file = engine.given(PLAIN)
    original = engine.folder / "original.yaml"
    shutil.copyfile(engine.folder / "Pulumi.lab.yaml", original)
    assert decoded(engine.values(file)) == decoded(engine.values(original))
    assert MARKER in original.read_text(encoding="utf-8")
    assert MARKER not in everything_in(stack_file.FOLDER)


@needs("pulumi")
def test_numbers_and_truth_values_are_the_programs_as_they_were_and_none_in_plain_text(
    engine: Engine,
) -> None:
    original = engine.folder / "original.yaml"
    original.write_text(TYPED, encoding="utf-8")
    file = engine.given(TYPED)
    values = engine.values(file)
    assert decoded(values) == decoded(engine.values(original))
    assert decoded(values)["perReplica"] == {
        "spare": 2,
        "values": [{"pin": 482913, "share": 0.8125, "on": True}, {"pin": -1, "name": MARKER}],
    }
    assert decoded(values) == stack_files.parsed("lab", TYPED, original).given
    written = everything_in(stack_file.FOLDER)
    for secret in ("48291377", "482913", "8125", "false", MARKER):
        assert secret not in written


@needs("pulumi")
def test_what_the_person_has_encrypted_beside_a_number_reaches_the_program(engine: Engine) -> None:
    original = engine.folder / "Pulumi.person.yaml"
    original.write_text(TYPED, encoding="utf-8")
    for path, secret in (
        ("cloudInit.config.chpasswd.users[0].password", "73310948"),
        ("perReplica.values[1].name", "of the person"),
    ):
        done = engine(
            "config", "set", "--secret", "--path", f"kubevirt-vm-pool:{path}", secret,
            "--stack", "lab", "--cwd", str(stack_file.project()), "--config-file", str(original),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    text = original.read_text(encoding="utf-8")
    assert text.count("secure:") == 2

    values = decoded(engine.values(engine.given(text)))
    assert values == decoded(engine.values(original))
    assert values["cloudInit"]["config"]["chpasswd"] == {
        "expire": False,
        "users": [{"name": "a", "password": "73310948"}],
    }
    assert values["perReplica"]["values"][1] == {"pin": -1, "name": "of the person"}
    written = everything_in(stack_file.FOLDER)
    for secret in ("73310948", "of the person", "482913", "false", MARKER):
        assert secret not in written


@needs("pulumi")
def test_what_stays_is_not_encrypted_again(engine: Engine) -> None:
    before = engine.given(PLAIN).read_bytes()
    engine.starts = 0
    assert engine.given(PLAIN).read_bytes() == before
    assert engine.starts == 1


@needs("pulumi")
def test_with_the_passphrase_at_hand_a_thousand_texts_need_no_start(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "one")
    values = [{"token": f"{MARKER}-{index}"} for index in range(1000)]
    file = engine.given(json.dumps({"config": {"perReplica": {"values": values}}}))
    assert engine.starts == 0
    assert MARKER not in everything_in(stack_file.FOLDER)
    found = json.loads(engine.values(file)["kubevirt-vm-pool:perReplica"])
    assert found == {"values": values}


@needs("pulumi")
def test_only_what_is_new_is_encrypted(engine: Engine) -> None:
    text = "config: {password: one, cloudInit: {userData: two}}\n"
    before = json.loads(engine.given(text).read_text(encoding="utf-8"))["config"]
    engine.starts = 0
    after = json.loads(engine.given(text.replace("two", "three")).read_text(encoding="utf-8"))
    assert after["config"]["password"] == before["password"]
    assert after["config"]["cloudInit"] != before["cloudInit"]
    assert engine.starts == 2


@needs("pulumi")
def test_no_file_is_ever_half_written(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A run may be killed at any moment: what is written over stays whole beside it."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "one")
    engine.given("config: {password: one}\n")
    whole = {file: file.read_bytes() for file in stack_file.FOLDER.glob("*.yaml")}
    kept = {file: tmp_path / f"{file.name}.kept" for file in whole}
    for file, link in kept.items():
        link.hardlink_to(file)
    engine.given("config: {password: two}\n")
    assert {file: link.read_bytes() for file, link in kept.items()} == whole


@needs("pulumi")
def test_another_passphrase_encrypts_anew(engine: Engine) -> None:
    engine.given(PLAIN)
    engine.environment["PULUMI_CONFIG_PASSPHRASE"] = "two"
    file = engine.given(PLAIN)
    assert engine.values(file)["kubevirt-vm-pool:password"] == MARKER


@needs("pulumi")
def test_a_file_that_has_a_salt_is_encrypted_with_that(engine: Engine) -> None:
    salt = json.loads(engine.given(PLAIN).read_text(encoding="utf-8"))["encryptionsalt"]
    shutil.rmtree(stack_file.FOLDER)
    file = engine.given(f"encryptionsalt: {salt}\n{PLAIN}")
    assert json.loads(file.read_text(encoding="utf-8"))["encryptionsalt"] == salt
    assert engine.values(file)["kubevirt-vm-pool:password"] == MARKER


@needs("pulumi")
def test_what_the_engine_cannot_encrypt_is_told_without_the_text(engine: Engine) -> None:
    del engine.environment["PULUMI_CONFIG_PASSPHRASE"]
    with pytest.raises(UserError, match="passphrase") as caught:
        engine.given(PLAIN)
    assert MARKER not in str(caught.value)


def test_a_file_without_plain_secrets_is_copied_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack_file, "FOLDER", tmp_path / "engine")
    engine = Engine(tmp_path)
    copy = engine.given(PUBLIC)
    assert copy.parent == stack_file.FOLDER
    assert copy.read_text(encoding="utf-8") == PUBLIC
    own = engine.given(f"encryptionsalt: v1:x\n{PUBLIC}")
    assert own.parent == tmp_path
    assert engine.starts == 0
