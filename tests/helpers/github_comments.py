"""A stand-in for GitHub's API that keeps the comments of a pull request, number 7."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from workflow_runs import REPOSITORY

COMMENTS = f"/repos/{REPOSITORY}/issues/7/comments"
COMMENT = f"/repos/{REPOSITORY}/issues/comments/"


class Comments(ThreadingHTTPServer):
    """Keeps the comments of pull request 7, and who asked how."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.comments: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self._added = 0

    def add(self, body: str, author: str = "github-actions[bot]") -> None:
        """Add a comment."""
        self._added += 1
        number = self._added
        self.comments.append({"id": number, "body": body, "user": {"login": author}})

    def comment(self, number: int) -> dict[str, Any]:
        """Return the comment of a number."""
        return next(one for one in self.comments if one["id"] == number)

    @property
    def url(self) -> str:
        """What GITHUB_API_URL is to be."""
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def bodies(self) -> list[str]:
        """The comments' texts."""
        return [comment["body"] for comment in self.comments]


class _Handler(BaseHTTPRequestHandler):
    """Answers as GitHub's API does."""

    server: Comments

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server wants
        url = urlsplit(self.path)
        if url.path != COMMENTS:
            self.send_error(404)
            return
        query = {key: int(values[0]) for key, values in parse_qs(url.query).items()}
        start = query["per_page"] * (query["page"] - 1)
        self._answer(self.server.comments[start : start + query["per_page"]])

    def do_POST(self) -> None:  # noqa: N802
        assert self.path == COMMENTS
        self.server.add(self._body())
        self._answer({})

    def do_PATCH(self) -> None:  # noqa: N802
        number = int(self.path.removeprefix(COMMENT))
        self.server.comment(number)["body"] = self._body()
        self._answer({})

    def do_DELETE(self) -> None:  # noqa: N802
        number = int(self.path.removeprefix(COMMENT))
        self.server.comments.remove(self.server.comment(number))
        self._answer(None)

    def _body(self) -> str:
        body: str = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
        return body

    def _answer(self, document: object) -> None:
        self.server.asked.append(f"{self.command} {self.headers['Authorization']}")
        self.send_response(204 if document is None else 200)
        self.end_headers()
        if document is not None:
            self.wfile.write(json.dumps(document).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def comments() -> Iterator[Comments]:
    """Give a stand-in that runs."""
    with Comments() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
