"""Building programs of a pinned Go module, with a stand-in for Go, and with Go itself."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from vmpool import console, go_build
from vmpool.console import UserError

# Tells where the module "other" is, as `go mod download -json` does; as a program it "builds" the
# files of the folder in which it is called.
GO = """#!/bin/sh
case "$1" in
version) echo "go version go1.26.8 linux/amd64";;
mod)
    echo "go: downloading $4" >&2
    if [ ! -d "{other}" ]; then echo '{{"Error": "no such module"}}'; exit 1; fi
    echo '{{"Path": "'$4'", "Dir": "{other}"}}';;
list) echo "example.invalid/tool true stale dependency";;
build)
    echo example.invalid/tool
    while [ "$1" != -o ]; do echo "$1" >> "{flags}"; shift; done
    cat data.json main.go > "$2/program";;
esac
"""
PROGRAM = go_build.Program(
    ".",
    "a moment, once",
    variables=("example.invalid/version.Version=1.2.3",),
    embedded=(("example.invalid/other", "cmd/data.json"),),
    place="plugins/tool-v1.2.3",
)


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A module whose main package embeds a file that it does not have."""
    folder = tmp_path / "module"
    folder.mkdir()
    (folder / "go.mod").write_text("module example.invalid/tool\n\ngo 1.26.0\n")
    (folder / "go.sum").write_text("sums\n")
    (folder / "main.go").write_text("package main\n")
    return folder


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The module that has it, read-only as Go's module cache is."""
    folder = tmp_path / "other"
    (folder / "cmd").mkdir(parents=True)
    (folder / "cmd" / "data.json").write_text("data\n")
    (folder / "cmd" / "data.json").chmod(0o444)
    return folder


@pytest.fixture
def environment(tmp_path: Path, other: Path) -> dict[str, str]:
    """The environment of a build: the stand-in for Go, and an empty cache."""
    go = tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.write_text(GO.format(other=other, flags=tmp_path / "flags"))
    go.chmod(0o755)
    return {"PATH": f"{go.parent}:/usr/bin:/bin", "XDG_CACHE_HOME": str(tmp_path / "cache")}


def test_a_file_of_another_module_is_embedded(module: Path, environment: dict[str, str]) -> None:
    assert go_build.built("tool", PROGRAM, module, environment).read_text() == (
        "data\npackage main\n"
    )


def test_the_module_itself_is_left_as_it_is(module: Path, environment: dict[str, str]) -> None:
    before = sorted(module.iterdir())
    go_build.built("tool", PROGRAM, module, environment)
    assert sorted(module.iterdir()) == before


def test_a_program_is_put_where_it_is_looked_for(module: Path, environment: dict[str, str]) -> None:
    path = go_build.built("tool", PROGRAM, module, environment)
    assert path == go_build.place("tool", PROGRAM, module, environment)
    assert path.parent == go_build.cache(module, environment, PROGRAM) / "plugins" / "tool-v1.2.3"


def test_a_build_leaves_nothing_but_the_program_and_its_lock(
    module: Path, environment: dict[str, str]
) -> None:
    go_build.built("tool", PROGRAM, module, environment)
    folder = go_build.cache(module, environment, PROGRAM)
    left = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert left == {"tool.lock", "plugins/tool-v1.2.3/tool"}


def test_the_linker_sets_the_variables(
    module: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    go_build.built("tool", PROGRAM, module, environment)
    flags = (tmp_path / "flags").read_text()
    assert "-ldflags=-s -w -X example.invalid/version.Version=1.2.3\n" in flags


@pytest.fixture
def two_programs(module: Path) -> dict[str, go_build.Program]:
    """Two programs of the module that share a package; Go's cache has none of the three."""
    (module / "main.go").unlink()
    (module / "go.sum").write_text("")
    (module / "shared").mkdir()
    text = f'package shared\n\nconst Text = "{uuid4()}"\n'
    (module / "shared" / "shared.go").write_text(text)
    for name in ("one", "two"):
        (module / "cmd" / name / "v2").mkdir(parents=True)
        (module / "cmd" / name / "v2" / "main.go").write_text(
            'package main\n\nimport "example.invalid/tool/shared"\n\n'
            f'func main() {{ println("{name}", shared.Text) }}\n'
        )
    return {
        name: go_build.Program(f"example.invalid/tool/cmd/{name}/v2", "a moment, once")
        for name in ("one", "two")
    }


@pytest.mark.skipif(not shutil.which("go"), reason="no Go on PATH")
def test_go_itself_builds_two_programs_in_one_go_and_names_what_is_compiled(
    module: Path,
    two_programs: dict[str, go_build.Program],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps: list[console.Step] = []

    @contextmanager
    def step(doing: str) -> Iterator[console.Step]:
        steps.append(console.Step())
        yield steps[0]

    monkeypatch.setattr(go_build, "step", step)
    # Only the standard library is in Go's cache, or not even that.
    own = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "GOCACHE": _go_cache()}
    found = go_build.all_built(two_programs, module, own)
    for name, path in found.items():
        told = subprocess.run([path], capture_output=True, text=True, check=True).stderr
        assert told.startswith(f"{name} ")
    (under_way,) = steps
    done, _, due = under_way.how_far.removesuffix(" packages").split()
    assert int(done) == int(due) >= 3


def _go_cache() -> str:
    """Return where the Go of this machine keeps what it has compiled."""
    told = subprocess.run(["go", "env", "GOCACHE"], capture_output=True, text=True, check=True)
    return told.stdout.strip()


def test_a_module_that_cannot_be_had_is_trouble_with_its_reason(
    module: Path, other: Path, environment: dict[str, str]
) -> None:
    other.rename(other.with_name("gone"))
    with pytest.raises(UserError, match="no such module"):
        go_build.built("tool", PROGRAM, module, environment)


def test_a_module_without_the_file_is_trouble_that_names_it(
    module: Path, other: Path, environment: dict[str, str]
) -> None:
    (other / "cmd" / "data.json").unlink()
    with pytest.raises(
        UserError, match=r"(?s)tool cannot be built; see .*No such file.*data\.json"
    ):
        go_build.built("tool", PROGRAM, module, environment)


def test_other_variables_are_another_key(module: Path) -> None:
    assert go_build.key(module, PROGRAM) != go_build.key(module)


def test_another_text_of_the_program_is_another_key(module: Path) -> None:
    before = go_build.key(module)
    (module / "main.go").write_text("package main // changed\n")
    assert go_build.key(module) != before


def test_only_its_owner_can_look_into_a_new_cache(
    module: Path, environment: dict[str, str]
) -> None:
    go_build.built("tool", PROGRAM, module, environment)
    folder = go_build.place("tool", PROGRAM, module, environment).parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
