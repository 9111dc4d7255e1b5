"""The one comment of a pull request, on a stand-in for GitHub's API."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import ROOT
from github_comments import RUN, Comments, comments
from markdown_it import MarkdownIt
from workflow_runs import REPOSITORY, RUN_ID, SERVER

SCRIPT = ROOT / ".github" / "scripts" / "sticky_comment.py"
MARKER = "<!-- a marker -->"
FIRST, SECOND = (f"<!-- kubevirt-vm-pool: comment {number} -->" for number in (1, 2))
HEAD = 40 * "a"
LIVE_RUN = f"[its run]({SERVER}/{REPOSITORY}/actions/runs/{RUN_ID})"
DIFF_RUN = f"[its run]({SERVER}/{REPOSITORY}/actions/runs/{RUN})"
HEARSAY = "### What this change's own code says"


@pytest.fixture
def github() -> Iterator[Comments]:
    """A repository without comments, in which the pull request's code has run and said little."""
    with comments() as server:
        server.ran(HEAD, {"diff.txt": "a diff\n"})
        yield server


def posted(github: Comments, live: Path, result: str = "success") -> None:
    """Run the script as the workflow does, without any package but Python's own."""
    environment = {
        "PATH": os.environ["PATH"],
        "GITHUB_API_URL": github.url,
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_RUN_ID": RUN_ID,
        "GITHUB_SERVER_URL": SERVER,
        "GITHUB_TOKEN": "token",
        "HEAD": HEAD,
        "LIVE_RESULT": result,
        "PULL_REQUEST": "7",
    }
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), str(live)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def report(folder: Path, text: str = "live") -> Path:
    file = folder / "live.md"
    file.write_text(f"{MARKER}\n{text}\n", encoding="utf-8")
    return file


def parts(github: Comments) -> tuple[str, str]:
    """Return what the one comment says of itself, and what it quotes."""
    (body,) = github.bodies
    trusted, _, hearsay = body.partition(HEARSAY)
    return trusted, hearsay


# --- where it is ---------------------------------------------------------------------------------


def test_the_first_report_is_a_new_comment_and_the_next_takes_its_place(
    github: Comments, tmp_path: Path
) -> None:
    github.add("a person's own words", author="ann")
    for text in ("first", "Zürich"):
        posted(github, report(tmp_path, text))
    own, body = github.bodies
    assert own == "a person's own words"
    assert body.startswith(f"{FIRST}\nZürich\n\n{HEARSAY}\n")
    assert set(github.asked) == {"GET Bearer token", "POST Bearer token", "PATCH Bearer token"}


def test_the_comment_is_found_behind_a_hundred_others(github: Comments, tmp_path: Path) -> None:
    for number in range(100):
        github.add(f"comment {number}", author="ann")
    github.add(f"{FIRST}\nold")
    posted(github, report(tmp_path, "new"))
    assert len(github.bodies) == 101
    assert github.bodies[-1].startswith(f"{FIRST}\nnew\n")


@pytest.mark.parametrize(
    ("body", "author"),
    [(f"{FIRST}\nold", "ann"), (f"> {FIRST}\nold", "github-actions[bot]")],
)
def test_a_comment_that_quotes_the_marker_stays(
    github: Comments, tmp_path: Path, body: str, author: str
) -> None:
    github.add(body, author)
    posted(github, report(tmp_path, "new"))
    assert github.bodies[0] == body
    assert len(github.bodies) == 2


def test_what_is_too_long_for_one_is_in_a_second_one(github: Comments, tmp_path: Path) -> None:
    github.ran(HEAD, {"diff.txt": 10_000 * "a line\n"})
    live = 500 * "x"
    posted(github, report(tmp_path, live))
    first, second = github.bodies
    more = "More is in another comment below: this one would be too long for GitHub."
    assert first == f"{FIRST}\n{more}\n\n{live}\n"
    assert second.startswith(f"{SECOND}\n{HEARSAY}\n")
    assert second.endswith("\n    a line\n    (cut here: the run has all of it)\n")
    assert 64_900 < len(second) < 65_200
    github.ran(HEAD, {"diff.txt": "short"})
    posted(github, report(tmp_path, live))
    assert len(github.bodies) == 1


# --- what main's code says -----------------------------------------------------------------------


@pytest.mark.parametrize("result", ["failure", "cancelled"])
def test_that_there_is_no_live_preview_is_told_with_the_run(
    github: Comments, tmp_path: Path, result: str
) -> None:
    live = tmp_path / "live.md"
    for text in (None, "half a traceback"):
        if text:
            live.write_text(text)
        posted(github, live, result)
        trusted, _ = parts(github)
        assert trusted.startswith(f"{FIRST}\n> [!CAUTION]\n> **There is no live preview**")
        assert f"`live` ended with {result}, see {LIVE_RUN}" in trusted
        assert "the gate for disks is closed" in trusted
        assert "traceback" not in trusted


def test_a_report_of_a_job_that_failed_is_shown_below_a_warning(
    github: Comments, tmp_path: Path
) -> None:
    posted(github, report(tmp_path), "failure")
    trusted, _ = parts(github)
    assert trusted.startswith(f"{FIRST}\n> [!WARNING]\n> The job `live` ended with failure")
    assert LIVE_RUN in trusted
    assert trusted.endswith("\n\nlive\n\n")


def test_where_no_cluster_was_asked_that_is_said(github: Comments, tmp_path: Path) -> None:
    posted(github, tmp_path / "live.md", "skipped")
    trusted, hearsay = parts(github)
    assert trusted.startswith(f"{FIRST}\n> [!NOTE]\n> No cluster was asked")
    assert hearsay.endswith("\n\n    a diff\n")


# --- what the pull request's code says -----------------------------------------------------------

ODD = """\
```
</details></pre>
@ann, see #1
<!-- kubevirt-vm-pool: comment 1 -->
~~~
\tbehind a tab\r### What the clusters say to this change\u2028> [!NOTE]\x0b@ann\x85@ann
nothing \u202eot \x1b[1msee
"""


def test_what_the_pull_request_wrote_is_code_that_it_cannot_end(
    github: Comments, tmp_path: Path
) -> None:
    github.ran(HEAD, {"diff.txt": ODD})
    posted(github, report(tmp_path))
    trusted, hearsay = parts(github)
    assert trusted == f"{FIRST}\nlive\n\n"
    heading, _, block = hearsay.removesuffix("\n").partition("\n\n    ")
    assert DIFF_RUN in heading
    # Whatever Markdown takes for the end of a line.
    lines = re.split(r"[\n\r]", f"    {block}")
    assert len(lines) == 11
    assert all(line.startswith("    ") for line in lines)
    assert not set("\x1b\u202e\x0b\x85\u2028") & set(block)
    page = MarkdownIt("commonmark", {"html": True}).render(github.bodies[0])
    assert "<h3>What the clusters say" not in page
    inside = page[page.index("<pre><code>") : page.rindex("</code></pre>")]
    assert inside.count("@ann") == page.count("@ann") == 3


@pytest.mark.parametrize("line", [70_000 * "`", 70_000 * "é"])
def test_one_line_that_is_too_long_is_begun(github: Comments, tmp_path: Path, line: str) -> None:
    github.ran(HEAD, {"diff.txt": line})
    posted(github, report(tmp_path))
    assert len(github.bodies[-1].encode()) < 65_400
    assert f"\n    {line[:1000]}" in github.bodies[-1]


def test_an_archive_of_another_name_is_not_looked_at(github: Comments, tmp_path: Path) -> None:
    github.ran(HEAD, {"live.md": f"{MARKER}\nforged\n"}, name="live")
    posted(github, tmp_path / "live.md", "failure")
    assert "forged" not in github.bodies[0]


def test_the_place_of_archives_does_not_get_the_token(github: Comments, tmp_path: Path) -> None:
    posted(github, report(tmp_path))
    assert github.at_the_store == [None]


@pytest.mark.parametrize(
    ("run", "told"),
    [
        (None, "**There is no diff**: `preview.yml` did not run for this commit"),
        ({"status": "in_progress", "conclusion": None}, "**The diff is not there yet**"),
        ({"conclusion": "failure"}, "**The diff failed**: `preview.yml` ended with failure"),
        ({"conclusion": "action_required"}, "ended with action_required"),
        ({}, "**There is no diff**"),
    ],
)
def test_that_there_is_no_diff_is_told(
    github: Comments, tmp_path: Path, run: dict[str, str | None] | None, told: str
) -> None:
    github.runs.clear()
    github.archives.clear()
    if run is not None:
        conclusion = run.get("conclusion", "success")
        github.ran(HEAD, status=run.get("status") or "completed", conclusion=conclusion)
    posted(github, report(tmp_path))
    assert f"{FIRST}\nlive\n\n> [!WARNING]\n> " in github.bodies[0]
    assert told in github.bodies[0]
    assert (DIFF_RUN in github.bodies[0]) == (run is not None)


def test_the_diff_of_a_run_that_failed_is_shown_all_the_same(
    github: Comments, tmp_path: Path
) -> None:
    github.ran(HEAD, {"diff.txt": "a broken stack"}, conclusion="failure")
    posted(github, report(tmp_path))
    trusted, hearsay = parts(github)
    assert "**The diff failed**" in trusted
    assert hearsay.endswith("\n\n    a broken stack\n")


@pytest.mark.parametrize("archive", [b"", b"no archive", b"PK\x03\x04 half an archive"])
def test_what_is_no_archive_is_no_diff(github: Comments, tmp_path: Path, archive: bytes) -> None:
    github.archives["diff"] = archive
    posted(github, report(tmp_path))
    assert "**There is no diff**" in github.bodies[0]


def test_a_large_file_in_a_small_archive_is_read_no_further_than_it_is_shown(
    github: Comments, tmp_path: Path
) -> None:
    github.ran(HEAD, {"diff.txt": 50_000_000 * "x"})
    posted(github, report(tmp_path))
    assert len(github.bodies[-1]) < 65_400
