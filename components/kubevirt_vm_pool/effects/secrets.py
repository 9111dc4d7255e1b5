"""The Secrets that VMs are made from: the cloud-init documents."""

from __future__ import annotations

from collections.abc import Iterator

from .differences import Paths, below, differences
from .effect import Effect, Severity
from .fleeting import boots_anew
from .lookup import Object, at, name
from .other_objects import ObjectChange, other_effects, touched
from .pool_fields import appends, mounts

# cloud-init runs once per instance-id, and that of a VM stays.
ONCE = "KubeVirt 1.9, cloud-init.go:113-117: the instance-id of a VM stays"
ANEW = "cloud-init keeps what it has run in /var/lib/cloud, which a stop takes from such a VM"


def cloud_init_effects(change: ObjectChange) -> Iterator[Effect]:
    """Yield what a change of the cloud-init Secret does; its new name changes the pool too."""
    old, new, pool = change.old, change.new, change.pool
    if old is not None and new is not None:
        if pool is not None and appends(pool)[0] and name(old) == name(new):
            # New VMs have documents of their own; those from before keep what they have.
            yield from other_effects(change)
        else:
            yield from _changed(change, old, new, tuple(differences(old, new)))
    elif old is not None and pool is not None and mounts(pool, at(old, "metadata", "name")):
        yield Effect(
            Severity.RESTART_ALL,
            f"Secret {name(old)} is deleted: VMs of {name(pool)} that start without it hang",
            "Kubernetes: a pod waits for the Secrets that it mounts",
        )
    else:
        yield from other_effects(change)


def _changed(change: ObjectChange, old: Object, new: Object, paths: Paths) -> Iterator[Effect]:
    moved = below(paths, ("metadata", "name"), ("metadata", "namespace"))
    contents = below(paths, ("data",), ("stringData",))
    others = tuple(path for path in paths if path not in (*moved, *contents))
    if moved:
        when = "when VMs start" if boots_anew(change.pool) else "only in VMs created from now on"
        yield Effect(
            Severity.NEW_REPLICAS,
            f"Secret {name(old)} becomes {name(new)}: cloud-init runs from it {when}",
            ONCE,
            (*moved, *contents),
        )
    elif contents and boots_anew(change.pool):
        yield Effect(
            Severity.NEW_REPLICAS,
            f"VMs get the new cloud-init documents of {name(new)} at their next start: nothing of "
            "theirs outlives a stop, so that cloud-init runs at every start",
            ANEW,
            contents,
        )
    elif contents:
        yield Effect(
            Severity.NEW_REPLICAS,
            f"Only VMs created from now on get the new cloud-init documents of {name(new)}: "
            "cloud-init runs once per instance",
            f"{ONCE}; watched",
            contents,
        )
    if others:
        yield touched("Secret", new, others)
