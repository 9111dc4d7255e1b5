"""What an up of one stack takes of disks: shown to reviewers, and then no more than that is taken.

Two ways of knowing are joined. The comparison of two commits (vmpool.diff) knows all objects, and
takes the cluster for what the older commit asked for. The disk guard under the engine knows the
cluster, and looks at pools alone.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path

from kubevirt_vm_pool.cluster.kubectl import KubectlError
from kubevirt_vm_pool.effects import Effect
from kubevirt_vm_pool.effects.disk_guard import RefusedError

from .. import lifecycle, target
from ..console import UserError, say
from ..diff import live_preview
from ..diff.command import compared
from ..diff.comparison import StackChange, Status
from ..diff.markdown_escape import code, plain
from ..diff.revisions import SHORT
from ..engine import interruption
from ..lifecycle import Begun
from ..stack import stack_files
from ..stack.project import ROOT
from ..stack.stack_files import Stack
from . import gate, stacks
from .order import commit_to_bring_up

VERSION = 2
NOT_KNOWN = "not known"


@dataclass(frozen=True)
class Loss:
    """Disks that go, or may go.

    pool, namespace: names, or several with commas. effect: how bad it is (effect.LABELS), or
    NOT_KNOWN. text: a sentence without a full stop. rule: where it is known from. changed: paths
    whose change causes it. vms: how many VMs lose disks at most; None where nobody can tell.
    """

    pool: str
    effect: str
    text: str
    rule: str = ""
    vms: int | None = None
    namespace: str = ""
    changed: tuple[str, ...] = ()

    def covers(self, other: Loss) -> bool:
        """Tell whether another loss is this one, or the same of fewer VMs."""
        fewer = self.vms is None or (other.vms is not None and other.vms <= self.vms)
        return self.what == other.what and fewer

    @property
    def what(self) -> tuple[object, ...]:
        """Tells it from other losses, whatever the number of VMs."""
        return self.namespace, self.pool, self.effect, self.rule, self.changed


@dataclass(frozen=True)
class Plan:
    """What an up of a stack with a commit takes.

    last: the commit that the stack was last brought up with, None if nobody knew.
    """

    stack: str
    commit: str
    last: str | None
    losses: tuple[Loss, ...] = ()

    def as_json(self) -> str:
        """Return the plan on one line."""
        return json.dumps({"version": VERSION, **asdict(self)}, sort_keys=True)

    @property
    def digest(self) -> str:
        """A name for this plan and no other, by which a log tells what was approved."""
        return hashlib.sha256(self.as_json().encode()).hexdigest()[:16]

    def judge(
        self,
        namespace: str,
        pool: str,
        effects: Sequence[Effect],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Raise RefusedError for what takes more than the plan says, whatever variables allow.

        Each loss of the plan is for one of the effects.
        """
        left = list(self.losses)
        for loss in losses_of(namespace, pool, effects):
            covering = [known for known in left if known.covers(loss)]
            if not covering:
                raise RefusedError(
                    f"refused: {loss.text}. That is not in the plan ({self.digest}): what takes "
                    "disks is brought up as it was planned and approved, and no more"
                )
            # The smallest: a larger one may be needed for another effect.
            left.remove(min(covering, key=_size))

    def as_markdown(self) -> str:
        """Return what reviewers are shown."""
        lines = [f"### Disks that go with {code(self.stack)} at {code(self.commit[:SHORT])}", ""]
        lines += ["| pool | effect | what happens |", "| --- | --- | --- |"]
        lines += [
            f"| {code(loss.pool)} | **{loss.effect}** | {plain(loss.text)} |"
            for loss in self.losses
        ]
        return "\n".join([*lines, "", f"Plan {code(self.digest)}: nothing else is approved.", ""])


def losses_of(namespace: str, pool: str, effects: Sequence[Effect]) -> Iterator[Loss]:
    """Yield what effects on a pool take of disks; a scale-in counts."""
    for effect in effects:
        if effect.loses_disks:
            label = effect.severity.label
            yield Loss(pool, label, effect.text, effect.rule, effect.vms, namespace, effect.changed)


def _size(loss: Loss) -> float:
    return math.inf if loss.vms is None else loss.vms


def read(text: str) -> Plan:
    """Return the plan that as_json gave; raises UserError."""
    try:
        said = json.loads(text)
        if said.pop("version") != VERSION:
            raise ValueError("another version")
        losses = tuple(
            Loss(**{**loss, "changed": tuple(loss["changed"])}) for loss in said.pop("losses")
        )
        return Plan(**said, losses=losses)
    except (AttributeError, KeyError, TypeError, ValueError) as reason:
        raise UserError(f"this is no plan of `vmpool ci plan` ({reason})") from None


@interruption.in_order()
def planned(stack: Stack, base: str, main: str, root: Path = ROOT) -> Plan:
    """Return what an up of a stack takes. Raises UserError, also if it may not be brought up.

    base: what it is compared with where nobody knows the commit that it was last brought up with.
    """
    begun = lifecycle.prepared(stack, target.started(stack), mends=False)
    commit = commit_to_bring_up(stack.name, begun.revision, main, root)
    found = [
        *_by_commits(stack, begun.revision or base, commit, root),
        *_by_engine(stack, begun),
    ]
    return Plan(stack.name, commit, begun.revision, told_once(found))


def told_once(found: Iterable[Iterable[Loss]]) -> tuple[Loss, ...]:
    """Return losses of which each covers no more than one of each list.

    Lists may tell of the same losses: the two ways of knowing do, and the guard is asked again.
    """
    told: dict[object, list[Loss]] = {}
    for losses in found:
        own: dict[object, list[Loss]] = {}
        for loss in sorted(losses, key=_size, reverse=True):
            own.setdefault(loss.what, []).append(loss)
        for what, some in own.items():
            both = zip_longest(told.get(what, ()), some)
            told[what] = [max(filter(None, pair), key=_size) for pair in both]
    return tuple(loss for some in told.values() for loss in some)


def of_all(report: str, base: str, main: str) -> dict[str, Plan | None]:
    """Return the plans of the stacks of a report by name; None where one cannot be planned."""
    return {name: _planned_if_possible(name, base, main) for name in stacks.changed(report)}


def _planned_if_possible(name: str, base: str, main: str) -> Plan | None:
    try:
        made = planned(stack_files.read(name), base, main)
        if made.losses:
            gate.require_reviewers()
    except (UserError, KubectlError) as reason:
        say(f"{name}: {reason}")
        return None
    return made


def _by_commits(stack: Stack, base: str, commit: str, root: Path) -> list[list[Loss]]:
    found = compared(base, commit, [stack.name], root).comparison
    if found.failures:
        return [[_not_known(stack, "; ".join(found.failures))]]
    return [list(_of_change(stack, change)) for change in found.changes]


def _of_change(stack: Stack, change: StackChange) -> Iterator[Loss]:
    if change.status is Status.BROKEN:
        raise UserError(change.problems)
    if change.severity is None:
        yield _not_known(stack, "; ".join(change.remarks))
        return
    there = [one for one in change.objects if one.fate != "created"]
    pools = [one for one in there if one.kind == "VirtualMachinePool"]
    spec = stack.specification()
    names = ",".join(one.name for one in pools) or spec.name
    namespaces = ",".join(dict.fromkeys(one.namespace or "" for one in pools)) or spec.namespace
    yield from losses_of(namespaces, names, change.effects)


def _not_known(stack: Stack, why: str) -> Loss:
    spec = stack.specification()
    return Loss(spec.name, NOT_KNOWN, why, namespace=spec.namespace)


def _by_engine(stack: Stack, begun: Begun) -> list[list[Loss]]:
    found: list[list[Loss]] = []

    def judge(namespace: str, pool: str, effects: Sequence[Effect], _: Mapping[str, str]) -> None:
        found.append(list(losses_of(namespace, pool, effects)))

    engine = begun.engine.judged(judge)
    seen = live_preview.heard(stack.name, engine.preview_events(stack, refresh=True))
    if seen.refused:
        raise UserError("; ".join(seen.sentences))
    if seen.failed:
        raise UserError(f"stack {stack.name} cannot be planned: its preview fails")
    return found
