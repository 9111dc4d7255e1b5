"""What became of one stack of a fleet: names, numbers and sentences, no objects."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from kubevirt_vm_pool.effects import Severity


class Outcome(enum.Enum):
    """How it ended for a stack, the worst first; the value is the word for it in reports."""

    FAILED = "failed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    NOT_BEGUN = "not begun"
    CHANGED = "changed"
    UNCHANGED = "unchanged"

    @property
    def bad(self) -> bool:
        """Whether something is left to do, so that the whole run has not succeeded."""
        return self not in {Outcome.CHANGED, Outcome.UNCHANGED}

    @property
    def unfinished(self) -> bool:
        """Whether what was planned may have been done in part, or not at all."""
        return self in {Outcome.FAILED, Outcome.CANCELLED, Outcome.NOT_BEGUN}


# Why a stack was cancelled, or not begun.
INTERRUPTED = "interrupted"

_ORDER = {outcome: number for number, outcome in enumerate(Outcome)}


@dataclass(frozen=True)
class Result:
    """What became of a stack.

    objects: how many are "created", "updated" and so on, or would be. drifted: how many others had
    changed. worst, effects: what that does to VMs and disks, or would do if it is unfinished.
    at_stake: pools whose disks the guard did not give away. reason: why it is no better. notes:
    what else there is to say, for instance of the cluster.
    """

    stack: str
    outcome: Outcome
    seconds: float = 0.0
    objects: Mapping[str, int] = field(default_factory=dict)
    drifted: int = 0
    worst: Severity = Severity.NOTHING
    effects: tuple[str, ...] = ()
    at_stake: tuple[str, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()

    @property
    def loses_disks(self) -> bool:
        """Whether the engine said that disks are lost, or may be."""
        return self.worst >= Severity.SCALE_IN

    def after(self, before: Result) -> Result:
        """Return this result of a second step, with what only the step before could tell.

        What that had planned counts unless this one has ended well: then it tells what was done.
        """
        planned = before if self.outcome.bad else Result(self.stack, self.outcome)
        return replace(
            self,
            seconds=before.seconds + self.seconds,
            objects=before.objects if self.outcome is Outcome.NOT_BEGUN else self.objects,
            drifted=before.drifted or self.drifted,
            worst=max(planned.worst, self.worst),
            effects=tuple(dict.fromkeys((*planned.effects, *self.effects))),
            notes=tuple(dict.fromkeys((*before.notes, *self.notes, *self._done_by_others(before)))),
        )

    def _done_by_others(self, before: Result) -> Iterator[str]:
        if self.outcome is Outcome.UNCHANGED and before.objects:
            yield "what was planned was done meanwhile, not by this command"


def worst_first(results: Iterable[Result]) -> list[Result]:
    """Return results, the worst first: by how they ended, then by what happens to disks and VMs."""
    return sorted(results, key=lambda one: (_ORDER[one.outcome], -one.worst, one.stack))


def merged(before: Mapping[str, Result], after: Mapping[str, Result]) -> list[Result]:
    """Return what became of all stacks of a first step, some of which had a second one."""
    return [
        after[name].after(result) if name in after else result for name, result in before.items()
    ]
