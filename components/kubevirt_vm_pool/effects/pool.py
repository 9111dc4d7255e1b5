"""A pool that comes, goes, is replaced by another one, or changes part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from .differences import Paths
from .effect import Effect, Severity
from .lookup import Object, name
from .pending_changes import held_back_effects, when_resumed
from .pool_change import Part, PoolChange, differing_parts
from .pool_fields import data_volume_templates, keeps_disks, paused, replicas
from .scaling import replicas_effects
from .strategies import settings_effects
from .template import template_effects
from .vm_count import VmCount, counted, loss

# In KubeVirt's order, scaling before updates (pool.go:1597-1606). They wait while it is paused.
RULES: tuple[Callable[[PoolChange], Iterable[Effect]], ...] = (
    replicas_effects,
    template_effects,
    held_back_effects,
)


def pool_effects(
    old: Object | None,
    new: Object | None,
    current: VmCount,
    *,
    was_autoscaled: bool = False,
    autoscaled: bool = False,
    drifted: bool = False,
    not_ready: int | None = None,
) -> list[Effect]:
    """Return what happens when a VirtualMachinePool changes.

    old, new: the manifests; None where there is no pool.
    current: the VMs before.
    was_autoscaled, autoscaled: whether an HPA says their number, before and afterwards.
    drifted: whether `current` is what the cluster has, and may differ from what `old` says.
    not_ready: how many of them are not ready, where it is known.
    """
    if old is None:
        return [] if new is None else [_created(new)]
    if new is None:
        return [_removed(old, current)]
    parts = differing_parts(old, new)
    if Part.IDENTITY in parts:
        return [_replaced(old, new, current, parts)]
    # What somebody scaled by hand goes back with whatever the next update changes.
    goes_back = drifted and bool(parts) and current != VmCount.of(replicas(new))
    scales = not autoscaled and (Part.REPLICAS in parts or was_autoscaled or goes_back)
    change = PoolChange(
        old, new, current, parts, autoscaled=autoscaled, scales=scales, not_ready=not_ready
    )
    found = [effect for rule in RULES for effect in rule(change)]
    if paused(new):
        found = [when_resumed(change.name, effect) for effect in found]
    return [*found, *settings_effects(change)]


def _created(pool: Object) -> Effect:
    coming = VmCount.of(replicas(pool))
    count = "The first VMs" if coming.most is None else counted(coming.most, "VM")
    return Effect(
        Severity.NEW_REPLICAS,
        f"{count} of {name(pool)} {coming.be} created",
        "KubeVirt 1.9, pool.go:915",
    )


def _removed(pool: Object, current: VmCount) -> Effect:
    """The disks' owner is the VM, whose owner is the pool: the garbage collector takes all.

    Only disks that an earlier scale-in kept have no owner, and stay.
    """
    severity = Severity.DISK_LOSS if data_volume_templates(pool) else Severity.RESTART_ALL
    kept = "; disks that a scale-in has kept stay behind" if keeps_disks(pool) else ""
    return Effect(
        Severity.OTHER if current.most == 0 else severity,
        f"{name(pool)} is deleted with {current.all}{loss(pool, current)}{kept}",
        "KubeVirt 1.9, pool.go:1770-1799, 1814; watched",
        vms=current.most,
    )


def _replaced(old: Object, new: Object, current: VmCount, parts: Mapping[Part, Paths]) -> Effect:
    severity = Severity.REPLACED if data_volume_templates(old) else Severity.RESTART_ALL
    into = "a new pool" if name(old) == name(new) else name(new)
    fate = f"{current.all} {current.be} deleted{loss(old, current, joint=' and ')}"
    others = (path for part in parts if part is not Part.IDENTITY for path in parts[part])
    return Effect(
        Severity.NEW_REPLICAS if current.most == 0 else severity,
        f"{name(old)} is replaced by {into}: {'it has no VMs' if current.most == 0 else fate}",
        "Kubernetes: name and namespace are immutable; KubeVirt 1.9, vmpool-admitter.go:189-195: "
        "so is the selector",
        (*parts[Part.IDENTITY], *others),
        current.most,
    )
