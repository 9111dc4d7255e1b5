"""What an up would do, in lines for a person, from the engine's events of a preview."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kubevirt_vm_pool.text.paths import at

from ..abbreviate import Abbreviator
from . import events

if TYPE_CHECKING:
    from pulumi.automation import StepEventMetadata

WOULD = {
    "create": "create",
    "update": "update",
    "delete": "delete",
    "import": "adopt",
    # The other steps of a replacement say the same.
    "create-replacement": "replace",
}
# How server-side apply is asked to take a field over, once; nobody has said it.
FORCE = "pulumi.com/patchForce"
ON_THE_WAY = f'metadata.annotations["{FORCE}"]'
# Numbers, quantities, percentages and names are shown; any other text may be somebody's secret.
HARMLESS = re.compile(r"-?[0-9]+(\.[0-9]+)?([a-zA-Z]{1,2}|%)?")
NAMES = {"name", "namespace", "claimName", "storageClassName", "image"}
SECRET = "Secret"
STEP = re.compile(r'\["([^"]+)"\]|\[([0-9]+)\]|([^.\[\]]+)')
# Of an object that changes in many places the first are enough.
MOST_PATHS = 12


class PreviewReport:
    """Lines for a person: what would happen to each object, and the program's sentences.

    Of values only numbers, quantities and names are shown: events hold whole objects.
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._said = events.Report()
        self._errors: set[str] = set()
        self._few = Abbreviator()

    def heard(self, event: events.Event) -> Iterator[str]:
        """Yield the lines whose time has come with an event."""
        if isinstance(event, events.Began):
            return
        if isinstance(event, events.Ended):
            yield from self._end(event)
        elif event.resource_pre_event:
            yield from self._do(event.resource_pre_event.metadata)
        elif event.diagnostic_event:
            for _ in self._said.heard(event):
                pass
            # Each of the objects that are refused says why, and it is the same.
            new = [line for line in self._said.rest() if line not in self._errors]
            self._errors.update(line for line in new if line.startswith("error: "))
            yield from new

    def _do(self, step: StepEventMetadata) -> Iterator[str]:
        what, about = WOULD.get(step.op), events.subject(step)
        if not (what and about):
            return
        self._counts[what] += 1
        line = f"{what} {about[0]} {about[1]}"
        if self._few.lets_through(line):
            yield line
            yield from _changes(step, about[0])

    def _end(self, end: events.Ended) -> Iterator[str]:
        yield from self._few.rest()
        if end.failed:
            return
        counted = [f"{what} {number}" for what, number in self._counts.items()]
        yield f"an up would {', '.join(counted) or 'change nothing'}"


def _changes(step: StepEventMetadata, kind: str) -> Iterator[str]:
    """Yield a line for each place of an object that would be another."""
    paths = sorted(set(step.detailed_diff or ()) - _not_said(step))
    for path in paths[:MOST_PATHS]:
        keys = [quoted or name or int(index) for quoted, index, name in STEP.findall(path)]
        old, new = (
            _shown(at(_inputs(state), *keys), kind, keys[-1]) for state in (step.old, step.new)
        )
        values = f": {old} -> {new}" if old != new and "" not in (old, new) else ""
        yield f"  {path}{values}"
    if len(paths) > MOST_PATHS:
        yield f"  and {len(paths) - MOST_PATHS} more"


def _not_said(step: StepEventMetadata) -> set[str]:
    """Return the paths of what only the program has added on the way."""
    annotations = at(_inputs(step.new), "metadata", "annotations") or {}
    return {ON_THE_WAY} | ({"metadata.annotations"} if set(annotations) == {FORCE} else set())


def _inputs(state: Any) -> Mapping[str, Any]:
    return (state and state.inputs) or {}


def _shown(value: Any, kind: str, key: str | int) -> str:
    """Return a value as it may be shown, "" if it may not."""
    if value is None:
        return "none"
    if kind == SECRET or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    # The engine's numbers are all floats.
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if key in NAMES or HARMLESS.fullmatch(text) else ""
