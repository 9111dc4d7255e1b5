"""What the disk guard's hooks say of a change: told, or refused by raising RefusedError."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from ..effects import Severity, effects, pool_effects
from ..effects.disk_guard import require_disks_stay, require_no_restart, require_vms_start
from ..manifests.autoscaler import autoscaler
from ..manifests.metadata import Object
from ..manifests.roles import Role
from ..manifests.virtual_machine_pool import virtual_machine_pool
from ..spec.pool import PoolSpec
from .replica_ownership import autoscaled


def of_update(
    spec: PoolSpec, args: pulumi.ResourceHookArgs, environment: Mapping[str, str]
) -> None:
    """Tell what an update of the pool does, or refuse it. environment: the program's."""
    old, new = _before(args) or {}, args.new_inputs or {}
    found = effects(
        {Role.POOL: old, **_autoscaler(spec, autoscaled(old))},
        {Role.POOL: new, **_autoscaler(spec, autoscaled(new))},
        replicas=_live(args.old_outputs),
    )
    require_disks_stay(spec.name, found, environment)
    require_vms_start(spec.name, found, environment)
    if spec.adopt and old is not args.old_inputs:
        require_no_restart(spec.name, found, environment)
    for effect in found:
        if effect.severity > Severity.OTHER:
            tell = pulumi.log.warn if effect.loses_disks else pulumi.log.info
            tell(effect.text)


def of_deletion(args: pulumi.ResourceHookArgs, environment: Mapping[str, str]) -> None:
    """Tell what the deletion of a pool does, or refuse it. environment: the program's."""
    old = _before(args)
    found = pool_effects(old, None, replicas=_live(args.old_outputs))
    name = (old or {}).get("metadata", {}).get("name", args.name)
    require_disks_stay(name, found, environment)
    for effect in found:
        pulumi.log.warn(effect.text)


def of_replica_object(spec: PoolSpec, role: str, args: pulumi.ResourceHookArgs) -> Iterator[str]:
    """Yield what an update of one replica's own object does. role: as manifests.objects has it."""
    pool = virtual_machine_pool(spec)
    old, new = args.old_inputs or {}, args.new_inputs or {}
    for effect in effects({Role.POOL: pool, role: old}, {Role.POOL: pool, role: new}):
        if effect.severity > Severity.OTHER:
            yield effect.text


def _autoscaler(spec: PoolSpec, there: bool) -> dict[str, Object]:
    """Return the HPA beside a pool by its role; of one that is gone, no more than that it was."""
    if not there:
        return {}
    return {Role.AUTOSCALER: autoscaler(spec) if spec.autoscaling else {"metadata": {}, "spec": {}}}


def _before(args: pulumi.ResourceHookArgs) -> Mapping[str, Any] | None:
    """Return the object as it was: what was last asked for, or what an import has found.

    The inputs of an object that was just imported hold nothing but its name.
    """
    old = args.old_inputs
    return args.old_outputs if old and "spec" not in old else old


def _live(outputs: Mapping[str, Any] | None) -> int | None:
    """Return the number of VMs that the engine last saw."""
    seen = ((outputs or {}).get("spec") or {}).get("replicas")
    return None if seen is None else int(seen)
