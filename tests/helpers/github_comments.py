"""A stand-in for GitHub's API: the comments of pull request 7, and what runs for it have left."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zipfile import ZIP_DEFLATED, ZipFile

from workflow_runs import REPOSITORY, SERVER

COMMENTS = f"/repos/{REPOSITORY}/issues/7/comments"
COMMENT = f"/repos/{REPOSITORY}/issues/comments/"
ACTIONS = f"/repos/{REPOSITORY}/actions"
RUNS = f"{ACTIONS}/workflows/preview.yml/runs"
STORE = "/store"
RUN = 12


class Comments(ThreadingHTTPServer):
    """Keeps the comments of pull request 7, and who asked how.

    runs: what has run with the pull request's code, by its commit. archives: what the run RUN has
    left, by name; GitHub lets it be fetched from another place, without the token.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.comments: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.runs: dict[str, dict[str, Any]] = {}
        self.archives: dict[str, bytes] = {}
        self.at_the_store: list[str | None] = []
        self._added = 0

    def add(self, body: str, author: str = "github-actions[bot]") -> None:
        """Add a comment."""
        self._added += 1
        number = self._added
        self.comments.append({"id": number, "body": body, "user": {"login": author}})

    def ran(
        self,
        head: str,
        files: Mapping[str, str] | None = None,
        *,
        name: str = "diff",
        status: str = "completed",
        conclusion: str | None = "success",
    ) -> None:
        """Let the pull request's own workflow have run, and have left an archive of files."""
        url = f"{SERVER}/{REPOSITORY}/actions/runs/{RUN}"
        run = {"id": RUN, "status": status, "conclusion": conclusion, "html_url": url}
        self.runs[head] = run
        if files is not None:
            stream = BytesIO()
            with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
                for file, text in files.items():
                    archive.writestr(file, text)
            self.archives[name] = stream.getvalue()

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
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        if url.path == COMMENTS:
            size = int(query["per_page"])
            start = size * (int(query["page"]) - 1)
            self._answer(self.server.comments[start : start + size])
        elif url.path == RUNS:
            assert query["event"] == "pull_request"
            run = self.server.runs.get(query["head_sha"])
            self._answer({"workflow_runs": [run] if run else []})
        elif url.path == f"{ACTIONS}/runs/{RUN}/artifacts":
            self._answer({"artifacts": self._artifacts(query["name"])})
        elif url.path.startswith(f"{ACTIONS}/artifacts/"):
            self.send_response(302)
            place = url.path.removeprefix(f"{ACTIONS}/artifacts/").removesuffix("/zip")
            self.send_header("Location", f"{self.server.url}{STORE}/{place}")
            self.end_headers()
        elif url.path.startswith(STORE):
            self.server.at_the_store.append(self.headers["Authorization"])
            self.send_response(200)
            self.end_headers()
            number = int(url.path.rpartition("/")[2])
            self.wfile.write(list(self.server.archives.values())[number])
        else:
            self.send_error(404)

    def _artifacts(self, name: str) -> list[dict[str, Any]]:
        return [
            {"id": number, "name": one, "size_in_bytes": len(archive)}
            for number, (one, archive) in enumerate(self.server.archives.items())
            if one == name
        ]

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
