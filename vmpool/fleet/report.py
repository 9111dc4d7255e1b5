"""What became of a fleet: the worst first, with those together to which the same happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from kubevirt_vm_pool.text.durations import seconds
from kubevirt_vm_pool.text.listing import first_of

from . import disks
from .of_each import of_each
from .result import Outcome, Result, worst_first

NAMES_SHOWN = 10
# By the verb, what a stack is that it has found something to do for.
TO_COME = {"preview": "to change", "look": "to take down"}


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
        counted = self.counts.items()
        some = ", ".join(f"{number} {word(outcome, self.verb)}" for outcome, number in counted)
        return (
            f"{self.verb} of {total} stack{'' if total == 1 else 's'} "
            f"in {seconds(self.seconds)}: {some or 'nothing to do'}"
        )


@dataclass(frozen=True)
class Group:
    """Stacks to which the same happened.

    like: one of them. differ: whether what is said of it differs by each one's name.
    """

    names: tuple[str, ...]
    like: Result
    differ: bool = False

    def label(self, verb: str) -> str:
        """Return how it ended, and the worst that it does to VMs and disks."""
        return label(self.like, verb)

    @property
    def named(self) -> str:
        """Which stacks these are, not all of them if they are many and nothing is left to do."""
        return first_of(self.names, len(self.names) if self.like.outcome.bad else NAMES_SHOWN)


def groups(results: Iterable[Result]) -> list[Group]:
    """Return results with those together of which the same is said, the worst first.

    What is said of one stack alone is the same if it is so but for the stack's name.
    """
    same: dict[tuple[object, ...], list[Result]] = {}
    for one in worst_first(results):
        same.setdefault(_said(one, str), []).append(one)
    found: dict[tuple[object, ...], list[Result]] = {}
    for said, alike in same.items():
        first = alike[0]
        if len(alike) == 1:
            said = _said(first, partial(of_each, stack=first.stack))
        found.setdefault(said, []).extend(alike)
    return [
        Group(
            tuple(one.stack for one in alike), alike[0], len({_said(one, str) for one in alike}) > 1
        )
        for alike in found.values()
    ]


def _said(one: Result, of: Callable[[str], str]) -> tuple[object, ...]:
    texts = (tuple(map(of, said)) for said in (one.effects, one.notes, (one.reason,)))
    return (one.outcome, one.worst, what_happens(one), *texts)


def word(outcome: Outcome, verb: str) -> str:
    """Return how it ended, in one or two words: what only looks has changed nothing."""
    ended = str(outcome.value)
    return TO_COME.get(verb, ended) if outcome is Outcome.CHANGED else ended


def label(result: Result, verb: str) -> str:
    """Return how it ended for a stack, and the worst that it does to VMs and disks."""
    ended = word(result.outcome, verb)
    return f"{ended}, {planned(result)}{result.worst.label}" if result.worst else ended


def planned(result: Result) -> str:
    """Return what stands before an effect that may not have come to pass."""
    return "planned: " if result.outcome.unfinished else ""


def what_happens(result: Result) -> str:
    """Return how many objects are made, changed and deleted: "3 created, 1 updated"."""
    if result.outcome in {Outcome.REFUSED, Outcome.NOT_BEGUN}:
        return ""
    counted = [f"{number} {what}" for what, number in result.objects.items()]
    drifted = [f"{result.drifted} changed by others"] if result.drifted else []
    return ", ".join([*counted, *drifted])


def line_of(result: Result, verb: str) -> str:
    """Return what became of a stack in one line, beginning with its name."""
    parts = [label(result, verb), what_happens(result), short(result.reason)]
    return f"{result.stack}: {', '.join(filter(None, parts))} ({seconds(result.seconds)})"


def short(reason: str) -> str:
    """Return the first line of a reason, of the disk guard's without how to allow it."""
    return disks.without_way_out(reason.strip().partition("\n")[0])
