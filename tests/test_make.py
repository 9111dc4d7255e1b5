"""The README's commands on a machine that has nothing but Python, git, make, uv and caches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import Checkout, copied, made, needs, path_without, without_engine

pytestmark = needs("make")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout without pulumi and without a way out but the package registries."""
    yield from made(
        tmp_path_factory.mktemp("project") / "p",
        **without_engine(tmp_path_factory.mktemp("home")),
        PYTHONPATH="",
    )


def test_make_up_twice_and_make_down_leave_nothing_behind(checkout: Checkout) -> None:
    first = checkout.make("up")
    assert "starting the embedded control plane" in first
    assert "virtualmachinepool.pool.kubevirt.io/lab05-webserver serverside-applied" in first
    assert "a demonstration, by kubectl (pulumi is not on PATH" in first
    assert "make engine brings the real thing" in first
    assert "pool      lab05-webserver in namespace dev" in first
    assert not (checkout.folder / ".venv" / "bin" / "pytest").exists()

    second = checkout.make("up")
    assert "installing" not in second
    assert "starting" not in second
    assert "pool      lab05-webserver in namespace dev" in second

    assert "Three ways out" in checkout.make("preview", code=2)
    assert "the embedded control plane has stopped" in checkout.make("down")
    assert checkout.run("pgrep", "-f", str(checkout.folder / ".vmpool")).stdout == ""

    checkout.make("clean")
    assert not (checkout.folder / ".vmpool").exists()
    assert not (checkout.folder / ".venv").exists()


def test_make_without_a_target_says_what_there_is(checkout: Checkout) -> None:
    said = checkout.make()
    verbs = ("up", "preview", "down", "engine", "test", "clean")
    assert all(f"make {verb}" in said for verb in verbs)


def test_make_up_of_an_unknown_stack_names_those_that_exist(checkout: Checkout) -> None:
    said = checkout.make("up", "STACK=nobody", code=2)
    assert "there is no stack nobody: Pulumi.nobody.yaml does not exist (stacks here: dev, " in said


def test_make_works_a_second_time_in_a_folder_with_a_blank(tmp_path: Path) -> None:
    checkout = copied(tmp_path / "my pools" / "p", PATH=path_without("uv"))
    installs = "-m pip install --quiet --disable-pip-version-check --require-hashes"
    assert installs in checkout.make("-n", "setup")
    # As the first make leaves it.
    uv = checkout.folder / ".tools" / "uv" / "bin" / "uv"
    uv.parent.mkdir(parents=True)
    uv.write_text("#!/bin/sh\necho this uv was asked to $1\nexit 1\n")
    uv.chmod(0o755)
    assert installs not in checkout.make("-n", "setup")
    assert "this uv was asked to sync" in checkout.make("setup", code=2)


def test_make_takes_a_uv_that_stands_in_a_folder_with_a_blank(tmp_path: Path) -> None:
    uv = tmp_path / "my programs" / "uv"
    uv.parent.mkdir()
    uv.write_text("#!/bin/sh\necho the uv on PATH was asked to $1\nexit 1\n")
    uv.chmod(0o755)
    checkout = copied(tmp_path / "p", PATH=f"{uv.parent}:{path_without('uv')}")
    assert "the uv on PATH was asked to sync" in checkout.make("setup", code=2)
