"""What the engine reports while it works, in the few lines that a person needs."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..abbreviate import Abbreviator

DONE = {
    "create": "created",
    "create-replacement": "created",
    "update": "updated",
    "delete": "deleted",
    "delete-replaced": "deleted",
    "import": "adopted",
}
PAST = frozenset(DONE.values())
SHOWN = frozenset({"error", "warning", "info"})

# Say nothing that the error before them did not say.
EMPTY = (
    "an unhandled error occurred: program exited with non-zero exit code",
    "update failed",
    "preview failed",
)
# What the engine puts before a reason, and before the words of the disk guard.
FAILED = "Preview failed: "
HOOK = re.compile(rf'({FAILED})?before hook "[^"]+" failed: ')


def told(lines: Iterable[str]) -> Iterator[str]:
    """Turn the engine's JSON events, one a line, into lines for a person.

    Only names and messages are taken from them: an event holds configuration and whole objects.
    """
    report = _Report()
    for event in read(lines):
        if "resOutputsEvent" in event:
            report.done(event["resOutputsEvent"]["metadata"])
        elif "diagnosticEvent" in event:
            report.said(event["diagnosticEvent"])
        elif "summaryEvent" in event:
            report.summary(event["summaryEvent"])
        yield from report.out()
    yield from report.rest()


def read(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield the events of some lines."""
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            # Errors of the command line itself are on standard error; here it could be anything.
            continue
        if isinstance(event, dict):
            yield event


def subject(step: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return kind and name of a step's object, None if it is no object of the cluster."""
    if not step["type"].startswith("kubernetes:"):
        return None
    state = step.get("new") or step.get("old") or {}
    name: str = state.get("inputs", {}).get("metadata", {}).get("name", "")
    return step["type"].rpartition(":")[2], name


class _Report:
    """Lines that wait to be told.

    Before an update the engine makes a preview, which says the same: it is told only if it fails.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._counts: Counter[str] = Counter()
        self._updating = False
        self._failed = False
        self._few = Abbreviator()

    def done(self, step: dict[str, Any]) -> None:
        if line := _done(step):
            self._counts[line.partition(" ")[0]] += 1
            if self._few.lets_through(line):
                self._lines.append(line)

    def said(self, diagnostic: dict[str, Any]) -> None:
        severity, _, stream = diagnostic["severity"].partition("#")
        # The engine interrupts the program when something failed, and the program says where.
        if not (stream and self._failed):
            lines = _said(severity, diagnostic)
            # With and without FAILED it may come twice.
            again = severity == "error" and lines == self._lines[-1:]
            self._lines += [] if again else lines
        self._failed |= severity == "error"

    def summary(self, summary: dict[str, Any]) -> None:
        failed = summary.get("result") == "failed"
        self._lines += self._few.rest()
        if not summary.get("isPreview"):
            self._lines.append(_summary(summary, self._counts))
        elif failed:
            self._lines = [line for line in self._lines if line.partition(" ")[0] not in PAST]
            self._lines.append("refused in the preview: nothing was changed")
        else:
            self._lines.clear()
            self._counts.clear()
            self._updating = True

    def out(self) -> Iterator[str]:
        """Yield the lines whose time has come."""
        return self.rest() if self._updating else iter(())

    def rest(self) -> Iterator[str]:
        """Yield all lines that are left."""
        lines, self._lines = self._lines, []
        return iter(lines)


def _done(step: dict[str, Any]) -> str | None:
    what, about = DONE.get(step["op"]), subject(step)
    return f"{what} {about[0]} {about[1]}" if what and about else None


def _said(severity: str, diagnostic: dict[str, Any]) -> list[str]:
    # What a program prints comes by line, and the lines of a trace are indented.
    message = HOOK.sub("", diagnostic["message"].rstrip().lstrip("\r\n")).removeprefix(FAILED)
    # Of what is going on a provider tells more than a person needs.
    passing = diagnostic.get("ephemeral") and "kubernetes:" in diagnostic.get("urn", "")
    if severity not in SHOWN or passing or not message:
        return []
    if message.lstrip().startswith(EMPTY):
        return []
    return [message if severity == "info" else f"{severity}: {message}"]


def _summary(summary: dict[str, Any], counts: Mapping[str, int]) -> str:
    counted = [f"{number} {what}" for what, number in counts.items()]
    result = "failed" if summary.get("result") == "failed" else "done"
    return f"{result} in {summary['durationSeconds']} s: {', '.join(counted) or 'nothing changed'}"
