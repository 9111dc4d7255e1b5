"""The Secrets and ConfigMaps that each replica has of its own: one sentence for many of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..manifests.roles import OF_REPLICA, ReplicaRole
from ..text.listing import first_of
from .differences import Paths, below, differences
from .effect import Effect, Severity
from .fleeting import boots_anew
from .lookup import at, name
from .other_objects import RULE, ObjectChange
from .secrets import ANEW, ONCE

NAMED = 3  # VMs, before a sentence counts the others

AT_THE_START = "KubeVirt user guide, disks and volumes: such a disk is made when its VM starts"
KEPT = "guest/per_replica.py, kept: which VMs are left nobody can know beforehand"


@dataclass(frozen=True)
class Own:
    """A change of an object that is one replica's own.

    of: the role without the index, which the same object of other replicas has, too.
    """

    what: str
    of: str
    index: int
    change: ObjectChange


def own(change: ObjectChange) -> Own | None:
    """Return a change as that of one replica's own object, if it is one."""
    match = OF_REPLICA.fullmatch(change.role)
    return Own(match["what"], match["of"], int(match["index"]), change) if match else None


def replica_effects(changes: Iterable[Own]) -> Iterator[Effect]:
    """Yield what changes of replicas' own objects do, all of a kind in one sentence."""
    members, groups = list(changes), dict[str, list[Own]]()
    made = {one.of for one in members if one.change.new is not None}
    for one in members:
        groups.setdefault(_happening(one, one.of in made), []).append(one)
    for happening, alike in groups.items():
        if happening:
            yield _told(happening, sorted(alike, key=lambda one: one.index))


def _happening(one: Own, still_made: bool) -> str:
    """Return what happens. still_made: whether others of its kind are made for other replicas."""
    old, new = one.change.old, one.change.new
    if old is None:
        return "created"
    if new is None:
        stays = one.change.same_pool and one.change.current.most != 0
        return "kept" if stays and still_made else "removed"
    if not below(tuple(differences(old, new)), ("data",)):
        return ""
    return "documents" if one.what == ReplicaRole.CLOUD_INIT else "disks"


def _told(happening: str, members: list[Own]) -> Effect:
    indices = sorted({one.index for one in members})
    change = members[0].change
    objects = [known for one in members if (known := one.change.new or one.change.old)]
    pool = name(change.pool) if change.pool else "the pool"
    kinds = " and ".join(sorted({f"{at(known, 'kind')}s" for known in objects}))
    vms = _listed([f"{pool}-{index}" for index in indices], together=_is_row(indices))
    s, their = ("", "their") if len(indices) > 1 else ("s", "its")
    match happening:
        case "documents" if boots_anew(change.pool):
            return Effect(
                Severity.NEW_REPLICAS,
                f"{vms} get{s} {their} new cloud-init documents at the next start",
                ANEW,
                _paths(members),
            )
        case "documents":
            return Effect(
                Severity.NEW_REPLICAS,
                f"{vms} get{s} {their} new cloud-init documents only when created anew, with "
                f"{their} disk{'' if s else 's'}: cloud-init runs once per instance",
                ONCE,
                _paths(members),
            )
        case "disks":
            return Effect(
                Severity.NEW_REPLICAS,
                f"{vms} see{s} the new content of {their} {kinds} at the next start",
                AT_THE_START,
                _paths(members),
            )
        case "kept":
            text = f"{kinds} of {vms} stay until {pool} has been at 0 replicas"
            return Effect(Severity.OTHER, text, KEPT)
    return Effect(Severity.OTHER, f"{kinds} for {vms} are {happening}", RULE)


def _is_row(indices: list[int]) -> bool:
    return len(indices) > 2 and indices[-1] - indices[0] == len(indices) - 1


def _listed(names: list[str], *, together: bool) -> str:
    """Return names as a sentence has them; many are counted."""
    if together:
        return f"{names[0]} to {names[-1]}"
    if len(names) > NAMED + 1:
        return first_of(names, NAMED)
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _paths(members: list[Own]) -> Paths:
    found = (path for one in members for path in differences(one.change.old, one.change.new))
    return tuple(dict.fromkeys(found))
