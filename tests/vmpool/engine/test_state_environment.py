"""Where the engine keeps its state and the passphrase of it, unless the person says so."""

from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from configurations import MARKER

from vmpool import target
from vmpool.console import UserError
from vmpool.controlplane.client import Cluster
from vmpool.engine import install, pulumi_cli
from vmpool.engine.pulumi_cli import state_environment
from vmpool.stack import decryption
from vmpool.target import Target

VARIABLES = (
    "PULUMI_BACKEND_URL",
    "PULUMI_CONFIG_PASSPHRASE",
    "PULUMI_CONFIG_PASSPHRASE_FILE",
)
REAL = Target(None, None)


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder .vmpool of a project of the test's own, with a blank and a sign in its path."""
    folder = tmp_path / "a project ü" / ".vmpool"
    folder.mkdir(parents=True)
    monkeypatch.setattr(target, "CLUSTER", folder / "cluster")
    monkeypatch.setattr(decryption, "PASSPHRASE", folder / "passphrase")
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def embedded(own: Path) -> Target:
    """The project's embedded control plane."""
    return Target(Cluster(own / "cluster", "https://127.0.0.1:1"), None)


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test fail if it comes to looking for an engine."""

    def fail() -> Path:
        raise AssertionError("the engine was looked for")

    monkeypatch.setattr(install, "engine", fail)


# --- the passphrase ------------------------------------------------------------------------------


def test_state_on_a_real_cluster_is_the_projects_with_a_passphrase_of_its_own(own: Path) -> None:
    assert state_environment(REAL, {}) == {
        "PULUMI_BACKEND_URL": (own / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(own / "passphrase"),
    }
    assert len((own / "passphrase").read_text()) > 40


def test_a_passphrase_that_is_there_stays(own: Path) -> None:
    (own / "passphrase").write_text("of old")
    state_environment(REAL, {})
    assert (own / "passphrase").read_text() == "of old"


def test_runs_at_once_agree_on_one_passphrase(own: Path) -> None:
    together = Barrier(8)

    def phrase(_: int) -> str | None:
        together.wait()
        return decryption.passphrase(state_environment(REAL, {}))

    with ThreadPoolExecutor(8) as threads:
        (one,) = set(threads.map(phrase, range(8)))
    assert one == (own / "passphrase").read_text()


def test_a_full_disk_leaves_no_empty_passphrase(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            state_environment(REAL, {})
    assert os.listdir(own) == ["state"]
    assert state_environment(REAL, {})
    assert decryption.passphrase({})


@pytest.mark.parametrize("content", ["", "\n", "  \n"])
def test_an_empty_passphrase_is_never_handed_to_the_engine(
    own: Path, embedded: Target, no_engine: None, content: str
) -> None:
    (own / "passphrase").write_text(content)
    for place in (REAL, embedded):
        with pytest.raises(UserError) as caught:
            pulumi_cli.find(place)
        assert str(caught.value).startswith(f"{own / 'passphrase'} holds no passphrase")
        assert "restore it from a backup" in str(caught.value)
    assert (own / "passphrase").read_text() == content


def test_an_empty_file_of_the_persons_is_refused_with_any_backend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_engine: None
) -> None:
    (tmp_path / "empty").touch()
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://company-state")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(tmp_path / "empty"))
    with pytest.raises(UserError, match="PULUMI_CONFIG_PASSPHRASE_FILE names it"):
        pulumi_cli.find(REAL)


def test_a_passphrase_that_is_said_to_be_empty_is_taken(own: Path) -> None:
    (own / "passphrase").touch()
    said = state_environment(REAL, {"PULUMI_CONFIG_PASSPHRASE": ""})
    assert said == {"PULUMI_BACKEND_URL": (own / "state").as_uri()}


# --- the backend ---------------------------------------------------------------------------------


def test_the_persons_backend_is_taken(capsys: pytest.CaptureFixture[str], own: Path) -> None:
    beside = (own / "cluster-state").as_uri()
    for backend in ("s3://company-state", "https://api.pulumi.com", "file://~", beside, "["):
        assert state_environment(REAL, {"PULUMI_BACKEND_URL": backend}) == {}
    assert capsys.readouterr().err == ""


def test_the_embedded_control_planes_backend_is_not_taken_for_another_cluster(
    own: Path, embedded: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    exported = state_environment(embedded, {})
    assert exported["PULUMI_BACKEND_URL"] == (own / "cluster" / "state").as_uri()

    found = state_environment(REAL, exported)
    assert found == {"PULUMI_BACKEND_URL": (own / "state").as_uri()}
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("PULUMI_BACKEND_URL is ignored: ")
    assert exported["PULUMI_BACKEND_URL"] in said
    assert str(own / "state") in said


def test_the_embedded_control_plane_keeps_the_backend_that_is_exported(
    embedded: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    exported = state_environment(embedded, {})
    assert state_environment(embedded, exported) == {}
    assert capsys.readouterr().err == ""


def test_with_the_backend_ignored_the_passphrase_is_the_projects_too(
    own: Path, embedded: Target
) -> None:
    backend = state_environment(embedded, {})["PULUMI_BACKEND_URL"]
    (own / "passphrase").unlink()
    found = state_environment(REAL, {"PULUMI_BACKEND_URL": backend})
    assert found["PULUMI_CONFIG_PASSPHRASE_FILE"] == str(own / "passphrase")
    assert decryption.passphrase(found)


def test_the_engine_is_not_given_the_backend_that_is_ignored(
    own: Path, embedded: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pulumi"
    monkeypatch.setattr(install, "engine", lambda: program)
    monkeypatch.setattr(install, "provider", lambda environment: {})
    monkeypatch.setattr(pulumi_cli, "put_kubectl_on_path", lambda environment: None)
    for name, value in state_environment(embedded, {}).items():
        monkeypatch.setenv(name, value)
    real = pulumi_cli.find(REAL).environment
    assert str(own / "cluster") not in str(
        {key: value for key, value in real.items() if key.startswith("PULUMI")}
    )
    assert real["PULUMI_BACKEND_URL"] == (own / "state").as_uri()
    there = pulumi_cli.find(embedded).environment
    assert there["PULUMI_BACKEND_URL"] == (own / "cluster" / "state").as_uri()


def test_a_backend_that_is_no_url_is_refused_without_its_password() -> None:
    """The engine would ask for a token of Pulumi Cloud."""
    with pytest.raises(UserError, match="/ is %2F") as refused:
        state_environment(REAL, {"PULUMI_BACKEND_URL": f"postgres://me:a/{MARKER}@db/pulumi"})
    assert MARKER not in refused.value.message
    backend = f"postgres://me:a%2F{MARKER}@db:5432/pulumi"
    assert state_environment(REAL, {"PULUMI_BACKEND_URL": backend}) == {}
