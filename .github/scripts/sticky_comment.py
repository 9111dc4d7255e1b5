"""Write what is known of a pull request as its one comment, or update the comment that has it.

    sticky_comment.py [--wait SECONDS] FILE     FILE: the report of the job "live", by main's code

First come warnings of this script, then that report, if its first line is a hidden marker
(<!-- ... -->), and last the diff that the pull request's own code has written, which is waited for.
That is a stranger's text: it is shown as code, of which every line is indented, so that it can end
no block, call nobody and pass for nothing else. What does not fit into one comment goes into
another, which the first names. Comments are found again by markers of this script's own.

Needs nothing but Python, since it runs where the token may write. Environment: GITHUB_TOKEN,
GITHUB_REPOSITORY, GITHUB_API_URL, GITHUB_SERVER_URL, GITHUB_RUN_ID, PULL_REQUEST (the number), HEAD
(the pull request's commit) and LIVE_RESULT (of the job, as GitHub calls it).
"""

from __future__ import annotations

import argparse
import io
import json
import os
import time
import unicodedata
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

# Whose comments GITHUB_TOKEN writes; somebody else's may quote the marker.
AUTHOR = "github-actions[bot]"
PER_PAGE = 100
MARKERS = [f"<!-- kubevirt-vm-pool: comment {number} -->" for number in (1, 2)]
# GitHub takes 65,536 characters; a report alone has 65,000 bytes at most.
LIMIT = 65_400
MORE = "More is in another comment below: this one would be too long for GitHub."

# Of the workflow with the code of the pull request, and what it leaves.
WORKFLOW, ARTIFACT, FILE = "preview.yml", "diff", "diff.txt"
# A report in an archive, in bytes; it may say anything of its size.
MOST_BYTES = 65_000
MOST_OF_AN_ARCHIVE = 20_000_000
SECONDS_BETWEEN = 15
# A pull request that cannot be merged starts no workflow with its own code.
SECONDS_TO_BEGIN = 120
INDENT = "    "


def main(file: Path, wait: int, environment: Mapping[str, str]) -> None:
    """Write the comment, and remove an own comment that is not needed any more."""
    github = GitHub(environment)
    run = github.finished(environment["HEAD"], wait)
    parts = [trusted(file, environment), hearsay(run, github.text_of(run) if run else "")]
    github.write(f"issues/{environment['PULL_REQUEST']}/comments", comments(parts))


def trusted(file: Path, environment: Mapping[str, str]) -> str:
    """Return what main's code says, and what is missing of it."""
    link = (
        f"[its run]({environment['GITHUB_SERVER_URL']}/{environment['GITHUB_REPOSITORY']}"
        f"/actions/runs/{environment['GITHUB_RUN_ID']})"
    )
    report = content(file.read_text("utf-8", "replace")) if file.is_file() else ""
    result = environment["LIVE_RESULT"]
    if result == "success" and report:
        return report
    if result == "skipped":
        return _alert(
            "NOTE",
            "No cluster was asked: that is done for branches of this repository, once it has the "
            "variable PULUMI_BACKEND_URL. What this change meets there is not known.",
        )
    if report:
        told = f"The job `live` ended with {result}: what it says here may not be all, see {link}."
        return f"{_alert('WARNING', told)}\n\n{report}"
    return _alert(
        "CAUTION",
        f"**There is no live preview**: the job `live` ended with {result}, see {link}. Whether "
        "the gate for disks is closed, a preview is weak or this branch is older than its base is "
        "not known.",
    )


def hearsay(run: Mapping[str, Any] | None, text: str) -> str:
    """Return what the pull request's code says, as code and with what it is."""
    if run is None:
        return _alert(
            "WARNING",
            f"**There is no diff**: `{WORKFLOW}` did not run for this commit. It does not where "
            "the branch cannot be merged.",
        )
    link = f"[its run]({run['html_url']})"
    told = ""
    if run["status"] != "completed":
        told = f"**The diff is not there yet**: see {link}."
    elif run["conclusion"] != "success":
        told = f"**The diff failed**: `{WORKFLOW}` ended with {run['conclusion']}, see {link}."
    warning = _alert("WARNING", told) if told else ""
    if not text.strip():
        return warning or _alert("WARNING", f"**There is no diff**: {link} has left none.")
    heading = (
        "### What this change's own code says\n\n"
        f"It may say anything: it is the text that the code of this pull request wrote in {link}."
    )
    above = "\n\n".join(filter(None, (warning, heading)))
    return f"{above}\n\n{quoted(text, MOST_BYTES - len(above.encode()) - 2)}"


def _alert(kind: str, text: str) -> str:
    return f"> [!{kind}]\n> {text}"


def quoted(text: str, most: int) -> str:
    """Return any text as a block of code, of so many bytes at most.

    Nothing but a line with less than INDENT could end the block, and there is none but empty ones.
    """
    cut = f"{INDENT}(cut here: the run has all of it)"
    lines: list[str] = []
    left = most - len(cut.encode()) - 1
    for line in text.strip("\n").splitlines():
        shown = (INDENT + "".join(one for one in line if _is_shown(one))).rstrip()
        left -= len(shown.encode()) + 1
        if left < 0:
            # One that is too long alone is begun, so that there is something.
            room = left + len(shown.encode()) + 1
            begun = shown.encode()[: max(room - 1, 0)].decode(errors="ignore")
            return "\n".join([*lines, *([begun] if not lines else []), cut])
        lines.append(shown)
    return "\n".join(lines)


def _is_shown(character: str) -> bool:
    """Tell whether a character is no control of a terminal, nor one that turns text around."""
    return character == "\t" or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}


def content(report: str) -> str:
    """Return a report without the hidden comment that it begins with; "" if it has none."""
    first, _, rest = report.partition("\n")
    first = first.strip()
    return rest.strip() if first.startswith("<!--") and first.endswith("-->") else ""


def comments(parts: list[str]) -> list[str]:
    """Return the texts of comments: of one, if all parts fit into it, else of one for each."""
    whole = "\n\n".join(parts)
    if len(whole.encode()) <= LIMIT:
        return [whole]
    return [*(f"{MORE}\n\n{part}" for part in parts[:-1]), parts[-1]]


class GitHub:
    """The API of one repository."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._url = f"{environment['GITHUB_API_URL']}/repos/{environment['GITHUB_REPOSITORY']}"
        self._token = environment["GITHUB_TOKEN"]

    def finished(self, head: str, wait: int) -> dict[str, Any] | None:
        """Return the newest run of the pull request's code for a commit; None if there is none.

        It is waited for that many seconds, and returned as it is then.
        """
        began = time.monotonic()
        while True:
            path = f"actions/workflows/{WORKFLOW}/runs?event=pull_request&head_sha={quote(head)}"
            found: list[dict[str, Any]] = self.send("GET", path)["workflow_runs"]
            run = found[0] if found else None
            if run and run["status"] == "completed":
                return run
            most = wait if run else min(wait, SECONDS_TO_BEGIN)
            if time.monotonic() - began >= most:
                return run
            time.sleep(SECONDS_BETWEEN)

    def text_of(self, run: Mapping[str, Any]) -> str:
        """Return what a run has left, cut to what a comment can hold; "" if it has left nothing."""
        left = self.send("GET", f"actions/runs/{run['id']}/artifacts?name={ARTIFACT}")["artifacts"]
        if not left or left[0]["size_in_bytes"] > MOST_OF_AN_ARCHIVE:
            return ""
        archive = self._bytes("GET", f"actions/artifacts/{left[0]['id']}/zip")
        try:
            with zipfile.ZipFile(io.BytesIO(archive)) as opened, opened.open(FILE) as stream:
                return stream.read(MOST_BYTES).decode(errors="replace")
        # Whatever a stranger may have put there.
        except (KeyError, OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
            return ""

    def write(self, of_issue: str, wanted: list[str]) -> None:
        """Let an issue have these comments of this script's, and no others."""
        there = {
            marker: comment
            for comment in self._comments(of_issue)
            for marker in MARKERS
            if comment["body"].startswith(marker)
        }
        for marker, text in zip(MARKERS, wanted, strict=False):
            body = {"body": f"{marker}\n{text}\n"}
            if marker in there:
                self.send("PATCH", f"issues/comments/{there[marker]['id']}", body)
            else:
                self.send("POST", of_issue, body)
        for marker in MARKERS[len(wanted) :]:
            if marker in there:
                self.send("DELETE", f"issues/comments/{there[marker]['id']}")

    def _comments(self, path: str) -> Iterator[dict[str, Any]]:
        """Yield own comments, the oldest first."""
        page, more = 1, True
        while more:
            found = self.send("GET", f"{path}?per_page={PER_PAGE}&page={page}")
            yield from (one for one in found if one["user"]["login"] == AUTHOR)
            page, more = page + 1, len(found) == PER_PAGE

    def send(self, method: str, path: str, body: object = None) -> Any:
        """Send a request and return the answer, None for none; raises urllib.error.HTTPError."""
        text = self._bytes(method, path, body)
        return json.loads(text) if text else None

    def _bytes(self, method: str, path: str, body: object = None) -> bytes:
        request = urllib.request.Request(
            f"{self._url}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        # An archive is somewhere else, which must not get the token.
        request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: bytes = answer.read()
        return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--wait", type=int, default=0)
    parser.add_argument("file", type=Path)
    given = parser.parse_args()
    main(given.file, given.wait, os.environ)
