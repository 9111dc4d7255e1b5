"""The one comment of a pull request, on a stand-in for GitHub's API."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from checkout import ROOT

SCRIPT = ROOT / ".github" / "scripts" / "sticky_comment.py"
MARKER = "<!-- a marker -->"
COMMENTS = "/repos/ann/pools/issues/7/comments"


class GitHub(ThreadingHTTPServer):
    """Keeps the comments of pull request 7, and who asked how."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.comments: list[dict[str, Any]] = []
        self.asked: list[str] = []

    def add(self, body: str, author: str = "github-actions[bot]") -> None:
        """Add a comment."""
        number = len(self.comments) + 1
        self.comments.append({"id": number, "body": body, "user": {"login": author}})

    @property
    def bodies(self) -> list[str]:
        """The comments' texts."""
        return [comment["body"] for comment in self.comments]


class Handler(BaseHTTPRequestHandler):
    """Answers as GitHub's API does."""

    server: GitHub

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server wants
        url = urlsplit(self.path)
        assert url.path == COMMENTS
        query = {key: int(values[0]) for key, values in parse_qs(url.query).items()}
        start = query["per_page"] * (query["page"] - 1)
        self._answer(self.server.comments[start : start + query["per_page"]])

    def do_POST(self) -> None:  # noqa: N802
        assert self.path == COMMENTS
        self.server.add(self._body())
        self._answer({})

    def do_PATCH(self) -> None:  # noqa: N802
        number = int(self.path.removeprefix("/repos/ann/pools/issues/comments/"))
        self.server.comments[number - 1]["body"] = self._body()
        self._answer({})

    def _body(self) -> str:
        body: str = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
        return body

    def _answer(self, document: object) -> None:
        self.server.asked.append(f"{self.command} {self.headers['Authorization']}")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(document).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def github() -> Iterator[GitHub]:
    """A repository without comments."""
    with GitHub() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def posted(github: GitHub, *files: Path) -> subprocess.CompletedProcess[str]:
    """Run the script as the workflow does, without any package but Python's own."""
    environment = {
        "PATH": os.environ["PATH"],
        "GITHUB_API_URL": f"http://127.0.0.1:{github.server_port}",
        "GITHUB_REPOSITORY": "ann/pools",
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
    github: GitHub, tmp_path: Path
) -> None:
    github.add("a person's own words", author="ann")
    for text in ("first", "Zürich"):
        assert posted(github, report(tmp_path, text)).returncode == 0
    assert github.bodies == ["a person's own words", f"{MARKER}\nZürich\n"]
    assert set(github.asked) == {"GET Bearer token", "POST Bearer token", "PATCH Bearer token"}


def test_the_comment_is_found_behind_a_hundred_others(github: GitHub, tmp_path: Path) -> None:
    for number in range(100):
        github.add(f"comment {number}", author="ann")
    github.add(f"{MARKER}\nold")
    assert posted(github, report(tmp_path, "new")).returncode == 0
    assert (len(github.bodies), github.bodies[-1]) == (101, f"{MARKER}\nnew\n")


@pytest.mark.parametrize(
    ("body", "author"),
    [(f"{MARKER}\nold", "ann"), (f"> {MARKER}\nold", "github-actions[bot]")],
)
def test_a_comment_that_quotes_the_marker_stays(
    github: GitHub, tmp_path: Path, body: str, author: str
) -> None:
    github.add(body, author)
    assert posted(github, report(tmp_path, "new")).returncode == 0
    assert github.bodies == [body, f"{MARKER}\nnew\n"]


def test_of_several_files_the_first_report_is_posted(github: GitHub, tmp_path: Path) -> None:
    offline, live = report(tmp_path, "offline"), tmp_path / "live.md"
    assert posted(github, live, offline).returncode == 0
    assert github.bodies == [f"{MARKER}\noffline\n"]
    live.write_text("half a traceback")
    assert posted(github, live, offline).returncode == 0
    assert github.bodies == [f"{MARKER}\noffline\n"]
    assert posted(github, report(tmp_path, "live", "live.md"), offline).returncode == 0
    assert github.bodies == [f"{MARKER}\nlive\n"]


def test_without_a_report_nothing_is_posted(github: GitHub, tmp_path: Path) -> None:
    file = tmp_path / "diff.md"
    file.write_text("a traceback\n")
    done = posted(github, file)
    assert done.stderr == (
        f"error: none of these is a report with a marker (<!-- ... -->): {file}\n"
    )
    assert (done.returncode, github.bodies, github.asked) == (1, [], [])
