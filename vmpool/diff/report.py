"""What every form of the report says: the headline, and stacks to which the same happens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .comparison import Comparison, StackChange, Status
from .engine_preview import LivePreview

# Exit codes with --exit-code; FAILED comes without it too.
NOTHING, CHANGES, DISKS_AT_STAKE, FAILED = range(4)


@dataclass(frozen=True)
class Report:
    """A comparison and what it is one of.

    base, head: labels. notes: on the comparison itself. live: the engine's previews, None if nobody
    asked for them.
    """

    base: str
    head: str
    comparison: Comparison
    notes: tuple[str, ...] = ()
    live: tuple[LivePreview, ...] | None = None

    @property
    def headline(self) -> str:
        """How many stacks change, in one sentence without a full stop."""
        found = self.comparison
        if found.failures:
            return "Nothing could be compared"
        count = len(found.changes)
        total = count + len(found.unchanged) + len(found.still_broken)
        if not count:
            return f"No stack changes ({_stacks(total)})"
        return f"{count} of {_stacks(total)} {'changes' if count == 1 else 'change'}"

    @property
    def rest(self) -> tuple[str, ...]:
        """What is to be said of the stacks that do not change, in sentences."""
        found = self.comparison
        told = []
        if found.changes and found.unchanged:
            told.append(f"Unchanged: {_named(found.unchanged)}")
        if found.still_broken:
            told.append(f"Broken as before: {_named(found.still_broken)}")
        return tuple(told)


@dataclass(frozen=True)
class Group:
    """Stacks to which the same happens. like: one of them."""

    names: tuple[str, ...]
    like: StackChange


def groups(changes: Iterable[StackChange]) -> list[Group]:
    """Return changes with those together of which the same is said, worst first."""
    found: dict[tuple[object, ...], list[StackChange]] = {}
    for change in changes:
        said = (change.label, change.sentences, change.problems)
        found.setdefault(said, []).append(change)
    return [Group(tuple(one.name for one in alike), alike[0]) for alike in found.values()]


def exit_status(report: Report, *, by_change: bool) -> int:
    """Return the exit code. by_change: whether changes count, as with --exit-code."""
    changes, live = report.comparison.changes, report.live or ()
    broken = any(one.status is Status.BROKEN for one in changes)
    if report.comparison.failures or broken or any(one.failure for one in live):
        return FAILED
    if not by_change:
        return NOTHING
    if any(one.loses_disks for one in changes) or any(one.refused for one in live):
        return DISKS_AT_STAKE
    return CHANGES if changes or any(one.drift for one in live) else NOTHING


def _stacks(count: int) -> str:
    return f"{count} stack{'' if count == 1 else 's'}"


def _named(names: tuple[str, ...]) -> str:
    return _stacks(len(names)) if len(names) > 5 else ", ".join(names)
