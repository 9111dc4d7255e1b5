"""What becomes of each stack from one revision to another: plain data from plain data.

A stack is what a file Pulumi.<stack>.yaml makes of it. No file tells what the cluster holds: it is
taken for what the base asked for.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from kubevirt_vm_pool.effects import Effect, Severity, effects, worst

from .object_diff import ObjectChange, object_change
from .revision_stacks import Rendered, RenderedStack


class Status(enum.StrEnum):
    """What a stack is in the head, compared with the base."""

    BROKEN = "broken"  # it renders no more, or fails in another way than before
    # It renders again, and nobody knows what the base would have made; or no file tells what it is.
    NOT_KNOWN = "not known"
    DELETED = "deleted"
    RENAMED = "renamed"
    ADDED = "added"
    CHANGED = "changed"


@dataclass(frozen=True)
class StackChange:
    """What becomes of a stack.

    before: its name in the base. effects: worst first. objects: those that change.
    remarks: what else a reviewer must know, in sentences without a full stop.
    guard_rails: what of policies.yaml it breaks now, or breaks no longer.
    problems: why it is broken, as its report says it.
    """

    name: str
    status: Status
    before: str
    effects: tuple[Effect, ...] = ()
    objects: tuple[ObjectChange, ...] = ()
    remarks: tuple[str, ...] = ()
    guard_rails: tuple[str, ...] = ()
    problems: str = ""

    @property
    def severity(self) -> Severity | None:
        """The worst effect; None where nobody knows."""
        return None if self.status in {Status.BROKEN, Status.NOT_KNOWN} else worst(self.effects)

    @property
    def label(self) -> str:
        """The worst effect in a few words, or why there is none."""
        return str(self.status) if self.severity is None else self.severity.label

    @property
    def loses_disks(self) -> bool:
        """Whether disks are lost that nobody gave away, or that cannot be ruled out.

        Fewer replicas are a normal act, as they are for an up.
        """
        return self.severity is None or self.severity >= Severity.REPLACED

    @property
    def sentences(self) -> tuple[str, ...]:
        """What happens, the most important first; what no VM notices only if that is all."""
        told = [effect for effect in self.effects if effect.severity > Severity.OTHER]
        happening = (effect.text for effect in told or self.effects)
        return (*self.remarks, *happening, *self.guard_rails)


@dataclass(frozen=True)
class Comparison:
    """What becomes of all stacks.

    changes: worst first. unchanged: names. still_broken: names of those that are broken in both
    revisions, in the same way. failures: why a whole revision has no stacks.
    """

    changes: tuple[StackChange, ...] = ()
    unchanged: tuple[str, ...] = ()
    still_broken: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()

    def only(self, names: Iterable[str]) -> Comparison:
        """Return the comparison of some stacks; names of the base and of the head."""
        wanted = set(names)
        return Comparison(
            tuple(change for change in self.changes if wanted & {change.name, change.before}),
            tuple(name for name in self.unchanged if name in wanted),
            tuple(name for name in self.still_broken if name in wanted),
            self.failures,
        )


def compare(base: Rendered, head: Rendered, renamed: Mapping[str, str]) -> Comparison:
    """Return what becomes of the stacks. renamed: old names by new ones, as far as files tell."""
    failures = [
        f"{side} cannot be rendered: {rendered.failure}"
        for side, rendered in (("base", base), ("head", head))
        if rendered.failure
    ]
    if failures:
        return Comparison(failures=tuple(failures))
    before = _names_before(base.stacks, head.stacks, renamed)
    gone = base.stacks.keys() - head.stacks.keys() - set(before.values())
    names = {name: before.get(name, name) for name in [*head.stacks, *gone]}
    changes, unchanged, still_broken = [], [], []
    for name, old_name in sorted(names.items()):
        old, new = base.stacks.get(old_name), head.stacks.get(name)
        # Of what is not known an equal file does not tell that nothing changes: code may have.
        if not _same(old, new) or name != old_name or (new and new.unknown):
            changes.append(_change(name, old_name, old, new))
        elif new and new.problems:
            still_broken.append(name)
        else:
            unchanged.append(name)
    changes.sort(key=_rank)
    return Comparison(tuple(changes), tuple(unchanged), tuple(still_broken))


def _same(old: RenderedStack | None, new: RenderedStack | None) -> bool:
    if old and new and None in (old.findings, new.findings):
        # Policies that the code of one side does not have are no change of a stack.
        old, new = replace(old, findings=None), replace(new, findings=None)
    return old == new


def _rank(change: StackChange) -> tuple[int, int]:
    unknown = [Status.BROKEN, Status.NOT_KNOWN]
    if change.status in unknown:
        return unknown.index(change.status), 0
    return len(unknown), -worst(change.effects)


def _names_before(
    base: Mapping[str, RenderedStack], head: Mapping[str, RenderedStack], renamed: Mapping[str, str]
) -> dict[str, str]:
    """Return the old names of renamed stacks by the new ones.

    Two stacks that write to the same objects are one, whatever their files look like.
    """
    gone = {name: base[name] for name in sorted(base.keys() - head.keys())}
    places = {_place(stack): name for name, stack in gone.items() if stack.objects}
    found: dict[str, str] = {}
    for name in sorted(head.keys() - base.keys()):
        before = places.get(_place(head[name])) or renamed.get(name)
        if before in gone and before not in found.values():
            found[name] = before
    return found


def _place(stack: RenderedStack) -> tuple[str, str] | None:
    pool = stack.objects.get("pool")
    return (pool["metadata"]["namespace"], pool["metadata"]["name"]) if pool else None


def _change(
    name: str, before: str, old: RenderedStack | None, new: RenderedStack | None
) -> StackChange:
    if new and new.problems:
        return StackChange(name, Status.BROKEN, before, problems=new.problems)
    for one in (new, old):
        if one and one.unknown:
            remark = f"What an up does is not known: {one.unknown}, which only the engine opens"
            return StackChange(name, Status.NOT_KNOWN, before, remarks=(remark,))
    if old and old.problems:
        unknown = "what an up does to its VMs" if new else "its file is gone, and what it made"
        remark = f"The base does not render it: {unknown} is not known"
        return StackChange(name, Status.NOT_KNOWN, before, remarks=(remark,), problems=old.problems)
    status = _status(name, before, old, new)
    there, wanted = old or RenderedStack(), new or RenderedStack()
    roles = [*wanted.objects, *(role for role in there.objects if role not in wanted.objects)]
    found = (
        object_change(there.objects.get(role), wanted.objects.get(role), pair=f"{before} {name}")
        for role in roles
    )
    return StackChange(
        name,
        status,
        before,
        tuple(effects(there.objects, wanted.objects)),
        tuple(change for change in found if change),
        tuple(_remarks(name, before, status, there, wanted)),
        () if new is None else tuple(_guard_rails(there, wanted)),
    )


def _status(name: str, before: str, old: RenderedStack | None, new: RenderedStack | None) -> Status:
    if new is None:
        return Status.DELETED
    if old is None:
        return Status.ADDED
    return Status.CHANGED if name == before else Status.RENAMED


# --- remarks -------------------------------------------------------------------------------------


def _remarks(
    name: str, before: str, status: Status, old: RenderedStack, new: RenderedStack
) -> Iterator[str]:
    if status is Status.DELETED:
        yield (
            f"Its file is gone, and that alone stops nothing: its VMs go on running, and nobody's "
            f"configuration describes them. Take it down before (make down STACK={name}); then"
        )
    if status is Status.RENAMED:
        yield from _remarks_on_renaming(name, before, old, new)
    if status in {Status.RENAMED, Status.CHANGED}:
        yield from _remarks_on_settings(old, new)
        yield from _remarks_on_sealed(old, new)


def _remarks_on_renaming(
    name: str, before: str, old: RenderedStack, new: RenderedStack
) -> Iterator[str]:
    """Yield what a new name means: the engine finds a stack's state by its name only."""
    place, new_place = _place(old), _place(new)
    if place == new_place:
        otherwise = f"the up of {name} fails on the objects that {before} made"
    else:
        otherwise = f"{name} becomes a second pool, and {before} goes on running unattended"
    yield (
        f"Renamed from {before}: tell the engine, or {otherwise} "
        f"(pulumi stack rename {name} --stack {before})"
    )
    if place and new_place and place != new_place and (place[0], new_place[0]) == (before, name):
        yield f"namespace follows the stack's name; namespace: {before} keeps the pool where it is"


ABOUT_SETTINGS = {
    "protect": "{before} -> {after}",
    "adopt": "{before} -> {after}",
    "waitForReady": "{before} -> {after}",
    "kubernetes:context": "another cluster needs the stack taken down first",
}


def _guard_rails(old: RenderedStack, new: RenderedStack) -> Iterator[str]:
    before, after = old.findings or (), new.findings or ()
    for finding in after:
        if finding not in before:
            yield f"Guard rail: {finding}"
    if gone := sum(finding not in after for finding in before):
        yield f"{gone} guard rail{'s are' if gone > 1 else ' is'} no longer broken"


def _remarks_on_settings(old: RenderedStack, new: RenderedStack) -> Iterator[str]:
    for key in sorted(old.settings.keys() | new.settings.keys()):
        before, after = old.settings.get(key), new.settings.get(key)
        if before != after:
            about = ABOUT_SETTINGS.get(key, "no object shows it")
            shown = about.format(before=_yes_or_no(before), after=_yes_or_no(after))
            yield f"{key} changes: {shown}"


def _yes_or_no(value: object) -> str:
    return "true" if value is True else "false"


def _remarks_on_sealed(old: RenderedStack, new: RenderedStack) -> Iterator[str]:
    for key in sorted(old.sealed.keys() | new.sealed.keys()):
        before, after = old.sealed.get(key), new.sealed.get(key)
        if before and after and before != after:
            yield f"{key} was encrypted anew; whether its value changed cannot be seen"
        elif after and not before:
            yield f"{key} is encrypted now"
        elif before and not after:
            yield f"{key} is no longer encrypted"
