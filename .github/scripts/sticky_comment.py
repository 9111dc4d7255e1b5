"""Post reports as the one comment of a pull request, or update the comment that has them.

    sticky_comment.py FILE...     those that are reports are posted, in this order

A report's first line is a hidden marker (<!-- ... -->); where a command failed, its file may be
missing or hold something else, and is left out. What does not fit into one comment goes into
another, which the one before names. Comments are found again by markers of this script's own.
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
MARKER = "<!-- kubevirt-vm-pool: comment {number} -->"
# GitHub takes 65,536 characters; a report alone has 65,000 bytes at most.
LIMIT = 65_400
MORE = "More is in another comment below: this one would be too long for GitHub."


def main(files: list[str], environment: Mapping[str, str]) -> None:
    """Post all reports that there are, and remove own comments that are not needed any more."""
    texts = (Path(file).read_text(encoding="utf-8") for file in files if Path(file).is_file())
    reports = [report for report in map(content, texts) if report]
    if not reports:
        sys.exit(
            f"error: none of these is a report with a marker (<!-- ... -->): {' '.join(files)}"
        )
    github = GitHub(environment)
    of_issue = f"issues/{environment['PULL_REQUEST']}/comments"
    wanted = comments(reports)
    markers = [MARKER.format(number=number) for number in range(1, len(files) + 1)]
    there = {
        marker: comment
        for comment in github.comments(of_issue)
        for marker in markers
        if comment["body"].startswith(marker)
    }
    for marker, text in zip(markers, wanted, strict=False):
        body = {"body": f"{marker}\n{text}\n"}
        if marker in there:
            github.send("PATCH", f"issues/comments/{there[marker]['id']}", body)
        else:
            github.send("POST", of_issue, body)
    for marker in markers[len(wanted) :]:
        if marker in there:
            github.send("DELETE", f"issues/comments/{there[marker]['id']}")


def content(report: str) -> str:
    """Return a report without the hidden comment that it begins with; "" if it has none."""
    first, _, rest = report.partition("\n")
    first = first.strip()
    return rest.strip() if first.startswith("<!--") and first.endswith("-->") else ""


def comments(reports: list[str]) -> list[str]:
    """Return the texts of comments: of one, if all reports fit into it, else of one for each."""
    whole = "\n\n".join(reports)
    if len(whole.encode()) <= LIMIT:
        return [whole]
    return [*(f"{MORE}\n\n{report}" for report in reports[:-1]), reports[-1]]


class GitHub:
    """The API of one repository."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._url = f"{environment['GITHUB_API_URL']}/repos/{environment['GITHUB_REPOSITORY']}"
        self._token = environment["GITHUB_TOKEN"]

    def comments(self, path: str) -> Iterator[dict[str, Any]]:
        """Yield own comments, the oldest first."""
        page, more = 1, True
        while more:
            found = self.send("GET", f"{path}?per_page={PER_PAGE}&page={page}")
            yield from (one for one in found if one["user"]["login"] == AUTHOR)
            page, more = page + 1, len(found) == PER_PAGE

    def send(self, method: str, path: str, body: object = None) -> Any:
        """Send a request and return the answer, None for none; raises urllib.error.HTTPError."""
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
            text = answer.read()
        return json.loads(text) if text else None


if __name__ == "__main__":
    main(sys.argv[1:], os.environ)
