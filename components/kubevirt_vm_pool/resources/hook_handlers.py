"""What the disk guard's hooks say of a change: told, or refused by raising RefusedError."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pulumi

from ..effects import UNKNOWN, Effect, Severity, VmCount, effects, pool_effects
from ..effects.disk_guard import require_no_restart, require_vms_start
from ..effects.lookup import PULUMI_MARK
from ..manifests.autoscaler import autoscaler
from ..manifests.metadata import Object
from ..manifests.roles import Role
from ..manifests.virtual_machine_pool import virtual_machine_pool
from ..spec.pool import PoolSpec
from .replica_ownership import autoscaled
from .surroundings import Surroundings

POOL = "VirtualMachinePool"
# Stands for a value, and no object: effects name the worst that may be behind it.
NOT_KNOWN = {PULUMI_MARK: "not known yet"}


async def of_creation(around: Surroundings) -> None:
    """Refuse that anything is made while a pool would go for it, which the engine does last."""
    await around.require_same_cluster()
    for seen in await around.before.pools():
        metadata = seen.get("metadata") or {}
        place = str(metadata.get("namespace")), str(metadata.get("name"))
        if place in around.pools():
            continue
        found = pool_effects(seen, None, replicas=(await _vms(seen, seen, around))[0])
        around.require_disks_stay(*place, found)


async def of_update(spec: PoolSpec, args: pulumi.ResourceHookArgs, around: Surroundings) -> None:
    """Tell what an update of the pool does, or refuse it."""
    await around.require_same_cluster()
    environment = around.environment
    before = _before(args) or {}
    old, new = await opened(before), await opened(args.new_inputs or {})
    replicas, not_ready = await _vms(old, args.old_outputs, around)
    found = effects(
        {Role.POOL: old, **_autoscaler(spec, autoscaled(old))},
        {Role.POOL: new, **_autoscaler(spec, autoscaled(new))},
        replicas=replicas,
        not_ready=not_ready,
    )
    around.require_disks_stay(spec.namespace, spec.name, found)
    require_vms_start(spec.name, found, environment)
    if spec.adopt and before is not args.old_inputs:
        require_no_restart(spec.name, found, environment)
    _tell(found)


async def of_autoscaler(
    spec: PoolSpec, args: pulumi.ResourceHookArgs, around: Surroundings
) -> None:
    """Tell what other limits of the HPA do to the VMs that there are, or refuse it.

    What was before are the limits that the HPA has by now, whoever has set them: the pool is none
    the wiser, for its number is not the engine's to say.
    """
    await around.require_same_cluster()
    seen = await around.before.seen(POOL, spec.namespace, spec.name)
    old = await opened(args.old_outputs)
    # Of an HPA that comes to a pool which had none the pool's own hook tells.
    if seen is None or (old is None and not autoscaled(seen)):
        return
    pool = virtual_machine_pool(spec)
    live = await around.vms(seen)
    found = effects(
        {Role.POOL: pool, **({Role.AUTOSCALER: old} if old else {})},
        {Role.POOL: pool, Role.AUTOSCALER: await opened(args.new_inputs)},
        # The limits before say how many there may be.
        replicas=live.replicas if live else None if old else UNKNOWN,
    )
    around.require_disks_stay(spec.namespace, spec.name, found)
    _tell(found)


def _tell(found: Iterable[Effect]) -> None:
    for effect in found:
        if effect.severity > Severity.OTHER:
            tell = pulumi.log.warn if effect.loses_disks else pulumi.log.info
            tell(effect.text)


async def of_deletion(args: pulumi.ResourceHookArgs, around: Surroundings) -> None:
    """Tell what the deletion of a pool does, or refuse it."""
    await around.require_same_cluster()
    old = await opened(_before(args))
    replicas, _ = await _vms(old or {}, args.old_outputs, around)
    found = pool_effects(old, None, replicas=replicas)
    metadata = (old or {}).get("metadata", {})
    around.require_disks_stay(metadata.get("namespace", ""), metadata.get("name", args.name), found)
    for effect in found:
        pulumi.log.warn(effect.text)


def of_cloud_init(spec: PoolSpec) -> Effect:
    """Return what other documents in the shared cloud-init Secret do."""
    text = (
        f"cloud-init of {spec.name} changes: VMs that exist keep what they have, only new ones "
        "see it"
    )
    return Effect(Severity.NEW_REPLICAS, text, "effects/secrets.py")


def of_replica_object(
    spec: PoolSpec,
    role: str,
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any] | None,
    around: Surroundings,
) -> Iterator[str]:
    """Yield what an update of one replica's own object does. role: as manifests.objects has it."""
    pool = virtual_machine_pool(spec)
    found = effects({Role.POOL: pool, role: old or {}}, {Role.POOL: pool, role: new or {}})
    around.require_disks_stay(spec.namespace, spec.name, found)
    for effect in found:
        if effect.severity > Severity.OTHER:
            yield effect.text


def _autoscaler(spec: PoolSpec, there: bool) -> dict[str, Object]:
    """Return the HPA beside a pool by its role; of one that is gone, no more than that it was."""
    if not there:
        return {}
    own = spec.autoscaling is not None and not spec.autoscaling.external
    return {Role.AUTOSCALER: autoscaler(spec) if own else {"metadata": {}, "spec": {}}}


def _before(args: pulumi.ResourceHookArgs) -> Mapping[str, Any] | None:
    """Return the object as it was: what was last asked for, or what an import has found.

    The inputs of an object that was just imported hold nothing but its name.
    """
    old = args.old_inputs
    return args.old_outputs if old and "spec" not in old else old


async def opened(value: Any) -> Any:
    """Return an object of the engine's with the values of its secrets, to be compared.

    What comes of it is shown nowhere. What a preview does not know yet stays unknown.
    """
    if isinstance(value, pulumi.Output):
        return await opened(await value.future()) if await value.is_known() else NOT_KNOWN
    if isinstance(value, Mapping):
        return {key: await opened(inner) for key, inner in value.items()}
    return [await opened(inner) for inner in value] if isinstance(value, list) else value


async def _vms(
    old: Mapping[str, Any], seen: Mapping[str, Any] | None, around: Surroundings
) -> tuple[int | VmCount | None, int | None]:
    """Return the number of VMs that there are, and of those that are not ready.

    seen: the pool as the engine last saw it, which may be long ago: where nobody can look now, that
    there was no VM, or what an autoscaler had chosen, says nothing.
    """
    if (live := await around.vms(seen)) is not None:
        return live.replicas, live.not_ready
    last = ((seen or {}).get("spec") or {}).get("replicas")
    if last is None:
        return None, None
    return (UNKNOWN if last == 0 or autoscaled(old) else int(last)), None
