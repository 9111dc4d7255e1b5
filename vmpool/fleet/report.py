"""What became of a fleet: the worst first, with those together to which the same happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kubevirt_vm_pool.text.durations import seconds

from .result import Outcome, Result, worst_first

NAMES_SHOWN = 10


@dataclass(frozen=True)
class Report:
    """A run of one of fleet's verbs.

    results: one for each stack. seconds: of the whole run. interrupted: whether somebody did.
    """

    verb: str
    results: tuple[Result, ...]
    seconds: float
    interrupted: int = 0

    @property
    def status(self) -> int:
        """The exit code: 0, 1 if something is left to do, 130 or 143 if it was interrupted."""
        return self.interrupted or int(any(result.outcome.bad for result in self.results))

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """How many stacks ended in each way, the worst first."""
        found = Counter(result.outcome for result in self.results)
        return {outcome: found[outcome] for outcome in Outcome if found[outcome]}

    @property
    def headline(self) -> str:
        """How it ended for how many, in one sentence without a full stop."""
        total = len(self.results)
        some = ", ".join(f"{number} {outcome.value}" for outcome, number in self.counts.items())
        return (
            f"{self.verb} of {total} stack{'' if total == 1 else 's'} "
            f"in {seconds(self.seconds)}: {some or 'nothing to do'}"
        )


@dataclass(frozen=True)
class Group:
    """Stacks to which the same happened. like: one of them."""

    names: tuple[str, ...]
    like: Result

    @property
    def label(self) -> str:
        """How it ended, and the worst that it does to VMs and disks."""
        return label(self.like)

    @property
    def named(self) -> str:
        """Which stacks these are, not all of them if they are many."""
        more = len(self.names) - NAMES_SHOWN
        return ", ".join(self.names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def groups(results: Iterable[Result]) -> list[Group]:
    """Return results with those together of which the same is said, the worst first."""
    found: dict[tuple[object, ...], list[Result]] = {}
    for one in worst_first(results):
        said = (one.outcome, one.worst, what_happens(one), one.effects, one.reason)
        found.setdefault(said, []).append(one)
    return [Group(tuple(one.stack for one in alike), alike[0]) for alike in found.values()]


def label(result: Result) -> str:
    """Return how it ended for a stack, and the worst that it does to VMs and disks."""
    return f"{result.outcome.value}, {result.worst.label}" if result.worst else result.outcome.value


def what_happens(result: Result) -> str:
    """Return how many objects are made, changed and deleted: "3 created, 1 updated"."""
    if result.outcome in {Outcome.REFUSED, Outcome.NOT_BEGUN}:
        return ""
    counted = [f"{number} {what}" for what, number in result.objects.items()]
    drifted = [f"{result.drifted} changed by others"] if result.drifted else []
    return ", ".join([*counted, *drifted])


def line_of(result: Result) -> str:
    """Return what became of a stack in one line, beginning with its name."""
    first = result.reason.strip().partition("\n")[0]
    parts = [label(result), what_happens(result), first]
    return f"{result.stack}: {', '.join(filter(None, parts))} ({seconds(result.seconds)})"
