"""`vmpool version`, on machines that have the engine from here or there, or not at all."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import CliRunner
from engine_stand_ins import engine_built, executable, machine

from vmpool.cli import main
from vmpool.controlplane import binaries
from vmpool.engine import build

KUBERNETES = binaries.kubernetes_version().removeprefix("v")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a machine that has nothing yet."""
    machine(tmp_path, monkeypatch)
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    return tmp_path


def told(*options: str) -> str:
    done = CliRunner().invoke(main, ["version", *options], catch_exceptions=False)
    assert done.exit_code == 0
    assert done.stderr == ""
    return done.stdout


def line(label: str) -> str:
    """Return what is told of something."""
    (found,) = [text for text in told().splitlines() if text.startswith(label)]
    return found.removeprefix(label).strip()


def test_the_versions_of_program_and_sdk_are_those_of_the_packages() -> None:
    own = [f"{name} {metadata.version(name)}" for name in ("vmpool", "kubevirt-vm-pool")]
    assert line("program") == ", ".join(own)
    assert line("SDK") == f"pulumi {metadata.version('pulumi')}"


def test_without_an_engine_it_says_how_to_get_one() -> None:
    assert line("engine") == line("provider") == "none: make engine builds one"


def test_an_engine_on_path_is_told_with_its_version(home: Path) -> None:
    program = executable(home / "bin" / "pulumi", "#!/bin/sh\necho v3.200.1\n")
    assert line("engine") == f"pulumi 3.200.1, on PATH: {program}"


def test_an_engine_of_an_unknown_version_is_told(home: Path) -> None:
    program = executable(home / "bin" / "pulumi", "#!/bin/sh\nexit 1\n")
    assert line("engine") == f"pulumi of a version that it does not tell, on PATH: {program}"


def test_what_make_engine_built_is_told() -> None:
    built = engine_built()
    by = "built by make engine"
    assert line("engine") == f"pulumi {build.cli_version()}, {by}: {built.cli}"
    assert line("provider") == f"kubernetes {build.PROVIDER_VERSION}, {by}: {built.provider}"


def test_a_control_plane_that_is_not_here_is_told() -> None:
    assert line("control plane") == f"Kubernetes {KUBERNETES}, not here yet"


def test_a_control_plane_that_is_here_in_part_is_not_here() -> None:
    executable(binaries.cache() / "etcd")
    assert line("control plane").endswith("not here yet")


def test_where_the_control_planes_programs_are_is_told() -> None:
    for name in ("etcd", "kube-apiserver"):
        executable(binaries.cache() / name)
    assert line("control plane") == f"Kubernetes {KUBERNETES}, {binaries.cache()}"


def test_the_folder_of_kubebuilder_assets_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(home / "assets"))
    for name in ("etcd", "kube-apiserver"):
        executable(home / "assets" / name)
    assert line("control plane").endswith(str(home / "assets"))


def test_nothing_is_built_downloaded_or_written(home: Path) -> None:
    told()
    assert list(home.iterdir()) == []


def test_the_same_is_told_as_json() -> None:
    built = engine_built()
    data = json.loads(told("--json"))
    assert data["engine"] == {
        "version": build.cli_version(),
        "where": "built by make engine",
        "path": str(built.cli),
    }
    assert data["controlPlane"] == {"kubernetes": KUBERNETES, "programs": None}


def test_what_there_is_not_is_null_as_json() -> None:
    data = json.loads(told("--json"))
    assert data["engine"] is data["provider"] is None
