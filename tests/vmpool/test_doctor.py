"""`vmpool doctor`, on machines that have this and that, or next to nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from checkout import ROOT
from click.testing import CliRunner
from engine_stand_ins import engine_built, executable, machine

from vmpool import doctor
from vmpool.cli import main
from vmpool.controlplane import binaries
from vmpool.engine import build

PAGE = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a machine that has Python only."""
    machine(tmp_path, monkeypatch)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    return tmp_path


def told(*options: str) -> str:
    done = CliRunner().invoke(main, ["doctor", *options], catch_exceptions=False)
    assert done.exit_code == 0
    assert done.stderr == ""
    return done.stdout


def here() -> dict[str, str]:
    """Return what is told to be here, by name."""
    lines = told().partition("here\n")[2].partition("missing\n")[0].splitlines()
    # Names are parted from what is told of them by two blanks or more.
    return {name: text.strip() for name, _, text in (line[2:].partition("  ") for line in lines)}


def test_with_python_alone_all_the_rest_is_missing(home: Path) -> None:
    assert list(here()) == ["Python"]
    assert here()["Python"].endswith(sys.executable)


def test_what_each_missing_part_would_give_is_as_the_documentation_shows_it(home: Path) -> None:
    executable(home / "bin" / "git", "#!/bin/sh\necho git version 2.39.5\n")
    shown = PAGE.partition("git                     2.39.5, /usr/bin/git\n")[2].partition("```")[0]
    assert told().endswith(f"git                     2.39.5, {home}/bin/git\n{shown}")


def test_a_program_on_path_is_told_with_its_version(home: Path) -> None:
    path = executable(home / "bin" / "cloud-init", "#!/bin/sh\necho /usr/bin/cloud-init 25.1.4\n")
    assert here()["cloud-init"] == f"25.1.4, {path}"


@pytest.mark.parametrize("script", ["exit 1", "echo no number", "printf '\\377'"])
def test_a_program_that_tells_no_version_is_here_all_the_same(home: Path, script: str) -> None:
    path = executable(home / "bin" / "git", f"#!/bin/sh\n{script}\n")
    assert here()["git"] == str(path)


def test_the_uv_that_make_installs_is_found(home: Path) -> None:
    path = executable(home / ".tools" / "uv" / "bin" / "uv", "#!/bin/sh\necho uv 0.13.9\n")
    assert here()["uv"] == f"0.13.9, {path}"


def test_the_built_engine_is_told(home: Path) -> None:
    built = engine_built()
    found = here()
    assert found["pulumi"] == f"{build.cli_version()}, {built.cli}"
    assert found["Kubernetes provider"] == f"{build.PROVIDER_VERSION}, {built.provider}"


def test_the_built_control_plane_is_told(home: Path) -> None:
    for name in ("etcd", "kube-apiserver"):
        executable(binaries.cache() / name)
    version = binaries.kubernetes_version().removeprefix("v")
    assert here()["kube-apiserver"] == f"{version}, {binaries.cache()}/kube-apiserver"
    assert here()["etcd"] == f"{binaries.cache()}/etcd"


@pytest.mark.parametrize(("version", "fits"), [("1.20.1", False), ("9.1.0", True)])
def test_a_go_that_is_too_old_for_a_build_is_missing(home: Path, version: str, fits: bool) -> None:
    executable(home / "bin" / "go", f"#!/bin/sh\necho go version go{version} linux/amd64\n")
    assert ("Go" in here()) == fits


def test_the_same_is_told_as_json(home: Path) -> None:
    path = executable(home / "bin" / "git", "#!/bin/sh\necho git version 2.39.5\n")
    data = json.loads(told("--json"))
    parts = {part["name"]: part for part in data["parts"]}
    assert parts["git"] == {
        "name": "git",
        "path": str(path),
        "version": "2.39.5",
        "gives": "vmpool diff, which compares revisions",
        "how": "install git",
    }
    assert parts["etcd"]["path"] is None
    assert data["notNeeded"] == ["Docker", "root", "a cluster", "a Pulumi account"]


def test_nothing_is_built_downloaded_or_written(home: Path) -> None:
    told()
    assert list(home.iterdir()) == []
