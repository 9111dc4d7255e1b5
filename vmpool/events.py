"""What the engine reports while it works, in the few lines that a person needs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

DONE = {
    "create": "created",
    "create-replacement": "created",
    "update": "updated",
    "delete": "deleted",
    "delete-replaced": "deleted",
    "import": "adopted",
}
SHOWN = frozenset({"error", "warning", "info", "info#err"})

# The engine ends the program when something else failed, and the program prints where it was.
ENDED_BY_ENGINE = "KeyboardInterrupt"
# Says nothing that the error before it did not say.
EMPTY = "an unhandled error occurred: program exited with non-zero exit code"


def told(lines: Iterable[str]) -> Iterator[str]:
    """Turn the engine's JSON events, one a line, into lines for a person.

    Only names and messages are taken from them: an event holds configuration and whole objects.
    """
    counts: Counter[str] = Counter()
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            yield line.rstrip()
            continue
        if "resOutputsEvent" in event:
            if done := _done(event["resOutputsEvent"]["metadata"]):
                counts[done.partition(" ")[0]] += 1
                yield done
        elif "diagnosticEvent" in event:
            yield from _said(event["diagnosticEvent"])
        elif "summaryEvent" in event:
            yield _summary(event["summaryEvent"], counts)


def _done(step: dict[str, Any]) -> str | None:
    what = DONE.get(step["op"])
    state = step.get("new") or step.get("old") or {}
    if what is None or not step["type"].startswith("kubernetes:"):
        return None
    name = state.get("inputs", {}).get("metadata", {}).get("name", "")
    return f"{what} {step['type'].rpartition(':')[2]} {name}"


def _said(diagnostic: dict[str, Any]) -> Iterator[str]:
    message = diagnostic["message"].strip()
    passing = diagnostic.get("ephemeral") or diagnostic["severity"] not in SHOWN
    if passing or not message or ENDED_BY_ENGINE in message or message.startswith(EMPTY):
        return
    kind = diagnostic["severity"].partition("#")[0]
    yield message if kind == "info" else f"{kind}: {message}"


def _summary(summary: dict[str, Any], counts: Mapping[str, int]) -> str:
    counted = [f"{number} {what}" for what, number in counts.items()]
    result = "failed" if summary.get("result") == "failed" else "done"
    return f"{result} in {summary['durationSeconds']} s: {', '.join(counted) or 'nothing changed'}"
