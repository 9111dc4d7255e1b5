"""What a change does to running VMs and their disks, in words.

Two states of a pool's objects go in, sentences come out, worst first. What happens if this changes:

    virtualMachineTemplate                                       template.py
    replicas                                                     scaling.py
    maxUnavailable, strategies, nameGeneration, autohealing      strategies.py
    paused, or a strategy that held changes back                 pending_changes.py
    name, namespace, selector; a pool that comes or goes         pool.py
    the HPA                                                      autoscaler.py
    whether others scale it (an annotation of the pool)          scaling.py
    a Secret that VMs are made from                              secrets.py
    a Secret or ConfigMap of one replica's own                   replica_objects.py
    a Service                                                    services.py
    every other object                                           other_objects.py

PARTS in pool_change.py says which path of a pool belongs to which of these, BY_ROLE below which
rules an object has. The other modules serve these: effect.py has what a rule returns, vm_count.py
how many VMs there are, rollout.py how fast an update reaches them, pool_fields.py what a pool says.

The rules are KubeVirt's: `pool.go` is pkg/virt-controller/watch/pool/pool.go of KubeVirt 1.9, where
every update is judged by the strategy and maxUnavailable of the NEW pool (pool.go:1118, 1385).
"Watched" rules were seen on a running pool as well.

Where the two states cannot settle what will happen, the worst that they leave open is named. Values
are never shown, only names, numbers of VMs and, in `changed`, paths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ..manifests.roles import Role
from . import pool
from .autoscaler import autoscaler_effects
from .effect import Effect, Severity, worst, worst_first
from .lookup import Object
from .other_objects import ObjectChange, other_effects
from .pool_change import same_pool
from .pool_fields import scaled_by_others
from .replica_objects import own, replica_effects
from .secrets import cloud_init_effects
from .vm_count import UNKNOWN, VmCount, vm_count

__all__ = ["UNKNOWN", "Effect", "Severity", "VmCount", "effects", "pool_effects", "worst"]

# The rules of objects by role; those of a role that is not listed are other_effects.
BY_ROLE: Mapping[str, Callable[[ObjectChange], Iterable[Effect]]] = {
    Role.AUTOSCALER: autoscaler_effects,
    Role.CLOUD_INIT: cloud_init_effects,
}


def effects(
    old: Mapping[str, Object],
    new: Mapping[str, Object],
    *,
    replicas: int | VmCount | None = None,
    not_ready: int | None = None,
) -> list[Effect]:
    """Return what happens when the objects of one state become those of another, worst first.

    old, new: objects by role, as manifests.objects returns them; a role that this module does not
        know is an object that no VM notices.
    replicas: the number of VMs in the cluster, where it is known; else the old objects tell, but
        for UNKNOWN, which is one that nobody can tell.
    not_ready: how many of them are not ready, where it is known.
    """
    before, after = old.get(Role.POOL), new.get(Role.POOL)
    current = vm_count(before, old.get(Role.AUTOSCALER), replicas)
    found = pool.pool_effects(
        before,
        after,
        current,
        was_autoscaled=old.get(Role.AUTOSCALER) is not None or scaled_by_others(before),
        autoscaled=Role.AUTOSCALER in new or scaled_by_others(after),
        drifted=isinstance(replicas, int),
        not_ready=not_ready,
    )
    stays = same_pool(before, after)
    owns = []
    for role in sorted((old.keys() | new.keys()) - {Role.POOL}):
        change = ObjectChange(role, old.get(role), new.get(role), after, stays, current)
        if one := own(change):
            owns.append(one)
        else:
            found += BY_ROLE.get(role, other_effects)(change)
    return worst_first([*found, *replica_effects(owns)])


def pool_effects(
    old: Object | None, new: Object | None, *, replicas: int | VmCount | None = None
) -> list[Effect]:
    """Return what happens when a VirtualMachinePool without an HPA changes, worst first.

    old, new: the manifests; None where there is no pool.
    replicas: the number of VMs in the cluster, where it is known.
    """
    current = vm_count(old, None, replicas)
    return worst_first(pool.pool_effects(old, new, current, drifted=isinstance(replicas, int)))
