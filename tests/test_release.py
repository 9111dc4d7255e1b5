"""Versions and what a release says of itself."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest
from checkout import ROOT
from kubevirt_vm_pool.version import VERSION

SCRIPT = ROOT / ".github" / "scripts" / "release_notes.py"
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?")
# Keep a Changelog's kinds of changes.
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def notes(tag: str) -> subprocess.CompletedProcess[str]:
    """Ask for what the release of a tag says."""
    return subprocess.run(
        [sys.executable, SCRIPT, tag],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_version_is_semantic() -> None:
    assert SEMANTIC.fullmatch(VERSION)


def test_vmpool_has_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION


def test_the_changelog_begins_with_what_is_not_released_and_goes_on_with_this_version() -> None:
    headings = re.findall(r"^## (.*)$", CHANGELOG, re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    assert re.fullmatch(rf"\[{re.escape(VERSION)}\] - \d{{4}}-\d{{2}}-\d{{2}}", headings[1])


def test_the_changelog_knows_the_kinds_of_changes_that_there_are() -> None:
    assert set(re.findall(r"^### (.*)$", CHANGELOG, re.MULTILINE)) <= KINDS


def test_a_release_says_what_the_changelog_says_of_its_version() -> None:
    told = notes(f"v{VERSION}")
    assert told.returncode == 0
    assert told.stdout.startswith("### Added\n")
    assert told.stdout.strip() in CHANGELOG
    assert "## [" not in told.stdout


@pytest.mark.parametrize("tag", ["v999.0.0", VERSION, "v"])
def test_a_tag_of_another_version_is_refused(tag: str) -> None:
    told = notes(tag)
    assert told.returncode == 1
    assert told.stderr == f"error: the tag is {tag}, and version.py says {VERSION}\n"
