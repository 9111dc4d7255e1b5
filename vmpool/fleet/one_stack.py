"""What is done with one stack of a fleet; each function runs in a thread, beside others."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from kubevirt_vm_pool.cluster.kubectl import KubectlError
from kubevirt_vm_pool.effects import Severity

from .. import demonstration, lifecycle, target
from ..check import command as check
from ..console import Say, UserError
from ..engine import file_backend
from ..lifecycle import Begun
from ..stack import stack_files
from ..stack.stack_files import Stack
from ..target import Target
from . import disks, hiding
from .hearing import Hearing
from .known import Known
from .result import Outcome, Result

Work = Callable[[str, Say], Result]
Read = Callable[[str], Stack]
OnStack = Callable[[Begun, Stack, Say], Result]


def preview(known: Known, *, before_up: bool = False) -> Work:
    """Return what compares a stack with its cluster.

    before_up: whether the cluster must be fit for it, as for an up.
    """

    def work(stack: Stack, say: Say) -> Result:
        place = known.place(stack)
        begun = lifecycle.prepared(stack, place, say, known.namespaces(place))
        looked = Result(stack.name, Outcome.UNCHANGED)
        if before_up and not place.embedded:
            looked = _fit(known, begun, stack)
        if looked.outcome.bad:
            return looked
        if begun.spec.wait_for_ready:
            known.waiting.add(stack.name)
        found = _run(begun, stack, say, lambda one, hear: one.engine.previewed(stack, hear))
        return replace(found, notes=(*looked.notes, *found.notes))

    return _of(known.first, work)


def _fit(known: Known, begun: Begun, stack: Stack) -> Result:
    """Return what is found of a stack's cluster; the stack fails if it is not fit."""
    report = check.before_up(stack, begun.place, begun.kubectl, known.asking)
    notes = tuple(check.sentences(report))
    try:
        check.require_fit(stack, report)
    except UserError as error:
        return Result(stack.name, Outcome.FAILED, reason=error.message, notes=notes)
    return Result(stack.name, Outcome.UNCHANGED, notes=notes)


def up(known: Known, allowed: Iterable[Result]) -> Work:
    """Return what brings a stack up that was previewed.

    allowed: previews of the stacks whose disks were given away; they were refused there, and must
    be previewed again.
    """
    given = {result.stack: result.at_stake for result in allowed}

    def work(stack: Stack, say: Say) -> Result:
        begun = lifecycle.begin(stack, known.place(stack), say)
        if stack.name in given:
            begun = replace(begun, engine=begun.engine.giving_away(given[stack.name]))
            again = _run(begun, stack, say, lambda one, hear: one.engine.previewed(stack, hear))
            if again.outcome.bad:
                return again
        if known.is_shown(begun, stack):
            demonstration.down(begun.kubectl, stack)
        return _run(begun, stack, say, lambda one, hear: one.engine.update(stack, hear))

    return _of(known.again, work)


def refresh(known: Known) -> Work:
    """Return what takes a stack's live objects into its state."""

    def work(begun: Begun, stack: Stack, say: Say) -> Result:
        if not _is_up(begun, stack):
            return _not_up(stack, begun.place)
        return _run(begun, stack, say, lambda one, hear: one.engine.refresh(stack, hear))

    return _on_what_is_there(stack_files.read, work)


def look(known: Known) -> Work:
    """Return what tells which pools a stack has, whose disks a down would lose."""

    def work(begun: Begun, stack: Stack, say: Say) -> Result:
        found = Result(stack.name, Outcome.CHANGED)
        known.pools[stack.name] = frozenset()
        if _is_up(begun, stack):
            known.pools[stack.name] = frozenset(begun.pools)
            if pools := tuple(sorted(begun.pools)):
                found = replace(found, worst=Severity.DISK_LOSS, at_stake=pools)
            return replace(found, at_stake=disks.not_named(found, os.environ))
        if known.is_shown(begun, stack) or known.may_have_left_namespace(begun):
            # Neither has a disk, and for none it is asked.
            return found
        return _not_up(stack, begun.place)

    return _on_what_is_there(known.first, work)


def down(known: Known) -> Work:
    """Return what takes a stack down with the pools that it had when somebody was asked."""

    def work(begun: Begun, stack: Stack, say: Say) -> Result:
        result = taken_down(begun, stack, say)
        if result.outcome.bad or not begun.spec.create_namespace:
            return result
        said: list[str] = []
        if lifecycle.remove_namespace(begun, said.append):
            return _changed(result, 1) if result.outcome is Outcome.UNCHANGED else result
        return replace(result, notes=tuple(said))

    def taken_down(begun: Begun, stack: Stack, say: Say) -> Result:
        if known.is_shown(begun, stack):
            gone = demonstration.down(begun.kubectl, stack)
            return _changed(_not_up(stack, begun.place), len(gone))
        if not _is_up(begun, stack):
            return _not_up(stack, begun.place)
        pools = known.pools[stack.name]
        return _run(begun, stack, say, lambda one, hear: one.engine.destroy(stack, pools, hear))

    return _on_what_is_there(known.again, work)


def _not_up(stack: Stack, place: Target | None) -> Result:
    return Result(stack.name, Outcome.UNCHANGED, reason=f"it {lifecycle.not_up(stack, place)}")


def _changed(result: Result, deleted: int) -> Result:
    """Return the result of a stack that the engine has nothing of, and others had."""
    return replace(result, outcome=Outcome.CHANGED, objects={"deleted": deleted}, reason="")


def _on_what_is_there(read: Read, work: OnStack) -> Work:
    """Let work be done on a stack whose cluster is there; else it is told to be not up."""

    def on_cluster(stack: Stack, say: Say) -> Result:
        place = target.existing(stack, apart=True)
        if place is None:
            return _not_up(stack, None)
        return work(lifecycle.begin(stack, place, say), stack, say)

    return _of(read, on_cluster)


def _of(read: Read, work: Callable[[Stack, Say], Result]) -> Work:
    """Let work be done on a stack that is read; what it raises has no secret of the stack."""

    def on_stack(name: str, say: Say) -> Result:
        stack = read(name)
        try:
            return work(stack, say)
        except UserError as error:
            raise UserError(hiding.of(stack)(error.message)) from None
        except KubectlError as error:
            raise KubectlError(hiding.of(stack)(str(error))) from None

    return on_stack


def _is_up(begun: Begun, stack: Stack) -> bool:
    if begun.outputs is None:
        return False
    return not file_backend.is_empty(begun.engine.environment, stack.name)


def _run(begun: Begun, stack: Stack, say: Say, operation: Callable[..., int]) -> Result:
    """Let the engine work on a stack, and return what was heard of it."""
    hearing = Hearing(say, hiding.of(stack))
    began = time.monotonic()
    engine = replace(begun.engine, say=hearing.say, judge=hearing.judge)
    try:
        code = operation(replace(begun, engine=engine), hearing.heard)
    except SystemExit:
        return hearing.cancelled(stack.name, time.monotonic() - began)
    return hearing.result(stack.name, code, time.monotonic() - began)
