"""A stand-in for GitHub's API that tells about environments and their reviewers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from workflow_runs import REPOSITORY

REVIEWED = {
    "protection_rules": [
        {"type": "branch_policy"},
        {"type": "required_reviewers", "reviewers": [{"type": "User"}]},
    ]
}
UNREVIEWED: dict[str, Any] = {"protection_rules": [{"type": "branch_policy"}]}


class Environments(ThreadingHTTPServer):
    """Answers what found has for an environment, 404 if nothing.

    refused: a status that every question is answered with; 200 is none.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.found: dict[str, Any] = {}
        self.refused = 200

    @property
    def url(self) -> str:
        """What GITHUB_API_URL is to be."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Environments

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server wants
        assert self.headers["Authorization"] == "Bearer of-the-job"
        beginning = f"/repos/{REPOSITORY}/environments/"
        body = self.server.found.get(self.path.removeprefix(beginning))
        refused = self.server.refused
        self.send_response(refused if refused != 200 else 200 if body else 404)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def environments() -> Iterator[Environments]:
    """Give a stand-in that runs."""
    with Environments() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
