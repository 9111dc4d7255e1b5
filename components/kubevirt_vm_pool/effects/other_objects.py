"""The objects beside the pool that no VM is made from: what a change of them does.

An object with rules of its own has them in a row of BY_KIND; every other one (PodDisruptionBudget,
NetworkPolicy, Role, RoleBinding, ...) is only named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from . import services
from .differences import Paths, below, differences
from .effect import Effect, Severity
from .lookup import Object, at, name, text
from .vm_count import VmCount

RULE = "Kubernetes: an object of its own, which no VM is made from"
SHORT_KINDS = {"HorizontalPodAutoscaler": "HPA"}


@dataclass(frozen=True)
class ObjectChange:
    """One object before and after; None where there is none.

    role: what the object is to the pool, as kubevirt_vm_pool.manifests.objects names it.
    pool: the pool afterwards.
    same_pool: whether that is the pool of before.
    current: the VMs before.
    """

    role: str
    old: Object | None
    new: Object | None
    pool: Object | None
    same_pool: bool
    current: VmCount


def other_effects(change: ObjectChange) -> Iterator[Effect]:
    """Yield what becomes of an object that no VM notices."""
    old, new = change.old, change.new
    known = new if new is not None else old
    if known is None:
        return
    kind = text(at(known, "kind")) or change.role
    kind = SHORT_KINDS.get(kind, kind)
    if old is None or new is None:
        fate = "created" if old is None else "removed"
        if kind == "Service" and new is None:
            yield services.removed(known)
        else:
            yield Effect(Severity.OTHER, f"{kind} {name(known)} is {fate}", RULE)
        return
    paths = tuple(differences(old, new))
    if name(old) != name(new):
        yield Effect(Severity.OTHER, f"{kind} {name(old)} becomes {name(new)}", RULE, paths)
    elif kind in BY_KIND and below(paths, ("spec",)):
        yield BY_KIND[kind](old, new, paths)
    elif paths:
        yield touched(kind, new, paths)


def touched(kind: str, new: Object, paths: Paths) -> Effect:
    """Return the effect of a change that is not worth a closer look."""
    return Effect(
        Severity.OTHER, f"{kind} {name(new)} changes; no VM restarts for that", RULE, paths
    )


# What a changed spec does: the object before and afterwards, and all the paths that differ.
BY_KIND: Mapping[str, Callable[[Object, Object, Paths], Effect]] = {"Service": services.changed}
