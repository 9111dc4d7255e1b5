"""The one comment of a pull request, on a stand-in for GitHub's API."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import ROOT
from github_comments import Comments, comments
from workflow_runs import REPOSITORY

SCRIPT = ROOT / ".github" / "scripts" / "sticky_comment.py"
MARKER = "<!-- a marker -->"
FIRST, SECOND = (f"<!-- kubevirt-vm-pool: comment {number} -->" for number in (1, 2))


@pytest.fixture
def github() -> Iterator[Comments]:
    """A repository without comments."""
    with comments() as server:
        yield server


def posted(github: Comments, *files: Path) -> subprocess.CompletedProcess[str]:
    """Run the script as the workflow does, without any package but Python's own."""
    environment = {
        "PATH": os.environ["PATH"],
        "GITHUB_API_URL": github.url,
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_TOKEN": "token",
        "PULL_REQUEST": "7",
    }
    return subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), *map(str, files)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def report(folder: Path, text: str, name: str = "diff.md") -> Path:
    file = folder / name
    file.write_text(f"{MARKER}\n{text}\n", encoding="utf-8")
    return file


def test_the_first_report_is_a_new_comment_and_the_next_takes_its_place(
    github: Comments, tmp_path: Path
) -> None:
    github.add("a person's own words", author="ann")
    for text in ("first", "Zürich"):
        assert posted(github, report(tmp_path, text)).returncode == 0
    assert github.bodies == ["a person's own words", f"{FIRST}\nZürich\n"]
    assert set(github.asked) == {"GET Bearer token", "POST Bearer token", "PATCH Bearer token"}


def test_the_comment_is_found_behind_a_hundred_others(github: Comments, tmp_path: Path) -> None:
    for number in range(100):
        github.add(f"comment {number}", author="ann")
    github.add(f"{FIRST}\nold")
    assert posted(github, report(tmp_path, "new")).returncode == 0
    assert (len(github.bodies), github.bodies[-1]) == (101, f"{FIRST}\nnew\n")


@pytest.mark.parametrize(
    ("body", "author"),
    [(f"{FIRST}\nold", "ann"), (f"> {FIRST}\nold", "github-actions[bot]")],
)
def test_a_comment_that_quotes_the_marker_stays(
    github: Comments, tmp_path: Path, body: str, author: str
) -> None:
    github.add(body, author)
    assert posted(github, report(tmp_path, "new")).returncode == 0
    assert github.bodies == [body, f"{FIRST}\nnew\n"]


def test_several_reports_are_one_comment_without_what_is_no_report(
    github: Comments, tmp_path: Path
) -> None:
    offline, live = report(tmp_path, "offline"), tmp_path / "live.md"
    assert posted(github, live, offline).returncode == 0
    assert github.bodies == [f"{FIRST}\noffline\n"]
    live.write_text("half a traceback")
    assert posted(github, live, offline).returncode == 0
    assert github.bodies == [f"{FIRST}\noffline\n"]
    assert posted(github, report(tmp_path, "live", "live.md"), offline).returncode == 0
    assert github.bodies == [f"{FIRST}\nlive\n\noffline\n"]


def test_what_is_too_long_for_one_is_in_a_second_one_as_long_as_it_is(
    github: Comments, tmp_path: Path
) -> None:
    live = report(tmp_path, "live", "live.md")
    assert posted(github, live, report(tmp_path, 65_400 * "x")).returncode == 0
    first, second = github.bodies
    assert first.startswith(f"{FIRST}\nMore is in another comment below")
    assert first.endswith("\nlive\n")
    assert second == f"{SECOND}\n{65_400 * 'x'}\n"
    assert max(map(len, github.bodies)) < 65_536
    assert posted(github, live, report(tmp_path, "offline")).returncode == 0
    assert github.bodies == [f"{FIRST}\nlive\n\noffline\n"]


def test_without_a_report_nothing_is_posted(github: Comments, tmp_path: Path) -> None:
    file = tmp_path / "diff.md"
    file.write_text("a traceback\n")
    done = posted(github, file)
    assert done.stderr == (
        f"error: none of these is a report with a marker (<!-- ... -->): {file}\n"
    )
    assert (done.returncode, github.bodies, github.asked) == (1, [], [])
