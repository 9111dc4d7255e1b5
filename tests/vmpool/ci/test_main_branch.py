"""What a remote's branch has by now, on real repositories."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from vmpool.ci.main_branch import fetch
from vmpool.console import UserError


def git(folder: Path, *args: str) -> str:
    who = ["-c", "user.name=A Test", "-c", "user.email=test@example.com"]
    command = ["git", *who, "-C", str(folder), *args]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def commit(folder: Path) -> str:
    """Make a commit; return its name."""
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "a state")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A repository with a branch whose name has a slash."""
    folder = tmp_path / "remote"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=team/main")
    commit(folder)
    return folder


@pytest.fixture
def clone(remote: Path, tmp_path: Path) -> Path:
    """A clone of it, in which the branch is nobody's."""
    git(tmp_path, "clone", "--quiet", remote.as_uri(), "clone")
    folder = tmp_path / "clone"
    git(folder, "checkout", "--quiet", "--detach")
    return folder


def test_a_remotes_branch_is_as_it_is_there_by_now(remote: Path, clone: Path) -> None:
    newest = commit(remote)
    assert git(clone, "rev-parse", "origin/team/main") != newest
    fetch("origin/team/main", os.environ, clone)
    assert git(clone, "rev-parse", "origin/team/main") == newest
    # Also where it was taken back.
    git(remote, "reset", "--quiet", "--hard", "HEAD~1")
    fetch("origin/team/main", os.environ, clone)
    assert git(clone, "rev-parse", "origin/team/main") == git(remote, "rev-parse", "HEAD")


@pytest.mark.parametrize("own", ["team/main", "HEAD", "nothing"])
def test_for_what_is_no_remotes_branch_nobody_is_asked(clone: Path, own: str) -> None:
    git(clone, "remote", "set-url", "origin", "file:///nowhere")
    fetch(own, os.environ, clone)


def test_where_nobody_answers_nobody_can_tell_and_no_login_is_shown(clone: Path) -> None:
    git(clone, "remote", "set-url", "origin", "http://ci:secret@127.0.0.1:9/pools.git")
    with pytest.raises(UserError) as error:
        fetch("origin/team/main", os.environ, clone)
    assert error.value.message.startswith("refused: nobody can tell what origin/team/main has now:")
    assert "127.0.0.1" in error.value.message
    assert "secret" not in error.value.message


class _Server(HTTPServer):
    """Has nothing, and writes down by what it is asked for it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.logins: list[str | None] = []


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server wants
        self.server.logins.append(self.headers["Authorization"])
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[_Server]:
    with _Server() as made:
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def test_a_job_logs_in_by_its_token_to_its_own_server_alone(clone: Path, server: _Server) -> None:
    url = f"http://127.0.0.1:{server.server_port}"
    git(clone, "remote", "set-url", "origin", f"{url}/ann/pools")
    for job_server in (url, "https://github.example"):
        job = {**os.environ, "GITHUB_TOKEN": "of-the-job", "GITHUB_SERVER_URL": job_server}
        with pytest.raises(UserError):
            fetch("origin/team/main", job, clone)
    login = base64.b64encode(b"x-access-token:of-the-job").decode()
    assert server.logins == [f"Basic {login}", None]
