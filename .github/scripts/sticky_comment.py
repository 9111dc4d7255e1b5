"""Post a report as the one comment of a pull request, or update the comment that has it.

    sticky_comment.py FILE...     the first that is a report is posted

A report's first line is a hidden marker (<!-- ... -->), by which the comment is found again; where
a command failed, its file may be missing or hold something else.
Needs nothing but Python, since it runs where the token may write. Environment: GITHUB_TOKEN,
GITHUB_REPOSITORY, GITHUB_API_URL and PULL_REQUEST (the number).
"""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

# Whose comments GITHUB_TOKEN writes; somebody else's may quote the marker.
AUTHOR = "github-actions[bot]"
PER_PAGE = 100


def main(files: list[str], environment: Mapping[str, str]) -> None:
    """Post the first report that there is."""
    reports = (Path(file).read_text(encoding="utf-8") for file in files if Path(file).is_file())
    body = next((report for report in reports if marker_of(report)), None)
    if body is None:
        sys.exit(
            f"error: none of these is a report with a marker (<!-- ... -->): {' '.join(files)}"
        )
    marker = marker_of(body)
    github = GitHub(environment)
    of_issue = f"issues/{environment['PULL_REQUEST']}/comments"
    comment = next(github.comments(of_issue, marker), None)
    if comment is None:
        github.send("POST", of_issue, {"body": body})
    else:
        github.send("PATCH", f"issues/comments/{comment['id']}", {"body": body})


def marker_of(report: str) -> str:
    """Return the hidden comment that a report begins with; "" if there is none."""
    first = report.partition("\n")[0].strip()
    return first if first.startswith("<!--") and first.endswith("-->") else ""


class GitHub:
    """The API of one repository."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._url = f"{environment['GITHUB_API_URL']}/repos/{environment['GITHUB_REPOSITORY']}"
        self._token = environment["GITHUB_TOKEN"]

    def comments(self, path: str, marker: str) -> Iterator[dict[str, Any]]:
        """Yield own comments that begin with a marker, the oldest first."""
        page, more = 1, True
        while more:
            found = self.send("GET", f"{path}?per_page={PER_PAGE}&page={page}")
            for comment in found:
                if comment["user"]["login"] == AUTHOR and comment["body"].startswith(marker):
                    yield comment
            page, more = page + 1, len(found) == PER_PAGE

    def send(self, method: str, path: str, body: object = None) -> Any:
        """Send a request and return the answer; raises urllib.error.HTTPError."""
        request = urllib.request.Request(
            f"{self._url}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self._token}",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


if __name__ == "__main__":
    main(sys.argv[1:], os.environ)
