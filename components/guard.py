"""The disk guard: what a change will do to running VMs is said, and no disk goes unasked.

The engine runs these hooks in previews too, before anything has happened. A hook that raises stops
the preview or the update there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import get_root_resource

from .effects import Severity, effects, pool_effects
from .objects import Object, autoscaler, virtual_machine_pool
from .permission import demand_disks_stay, demand_no_restart, demand_vms_start
from .replicas import autoscaled
from .specification import Specification

# Shows in a preview that the content of the cloud-init Secret changed: itself it is never shown.
CLOUD_INIT_CONTENT = "kubevirt-vm-pool/cloud-init"

# The state keeps it with every pool: under another name a pool that left the program has no guard.
DELETION = "kubevirt-vm-pool-deletion"

# Replicas of which a change is told one by one: the engine lists all the objects as well.
OWN_TOLD = 5

ALSO_IN_PREVIEW = pulumi.ResourceHookOptions(on_dry_run=True)

# By program.
_deletion_hooks: WeakKeyDictionary[pulumi.Resource, pulumi.ResourceHook] = WeakKeyDictionary()


def pool_hooks(name: str, spec: Specification) -> pulumi.ResourceHookBinding:
    """Return the hooks of a pool. name: unique in the program."""

    def before_update(args: pulumi.ResourceHookArgs) -> None:
        old, new = _before(args) or {}, args.new_inputs or {}
        found = effects(
            {"pool": old, **_autoscaler(spec, autoscaled(old))},
            {"pool": new, **_autoscaler(spec, autoscaled(new))},
            replicas=_live(args.old_outputs),
        )
        demand_disks_stay(spec.name, found)
        demand_vms_start(spec.name, found)
        if spec.adopt and old is not args.old_inputs:
            demand_no_restart(spec.name, found)
        for effect in found:
            if effect.severity > Severity.OTHER:
                tell = pulumi.log.warn if effect.loses_disks else pulumi.log.info
                tell(effect.text)

    return pulumi.ResourceHookBinding(
        before_update=[pulumi.ResourceHook(f"{name}-update", before_update, ALSO_IN_PREVIEW)],
        before_delete=[_deletion_hook()],
    )


def guard_deletions() -> None:
    """Register the guard of pools that are in the state and no longer in the program.

    Without a running program nothing is registered.
    """
    if get_root_resource() is not None:
        _deletion_hook()


def _deletion_hook() -> pulumi.ResourceHook:
    """Return the one hook of a program that guards every pool against deletion.

    One name for all: the engine asks for the name that the last update has left with a pool.
    """
    root = get_root_resource()
    known = _deletion_hooks.get(root) if root else None
    if known is None:
        known = pulumi.ResourceHook(DELETION, _before_delete, ALSO_IN_PREVIEW)
        if root:
            _deletion_hooks[root] = known
    return known


def _before_delete(args: pulumi.ResourceHookArgs) -> None:
    old = _before(args)
    found = pool_effects(old, None, replicas=_live(args.old_outputs))
    demand_disks_stay((old or {}).get("metadata", {}).get("name", args.name), found)
    for effect in found:
        pulumi.log.warn(effect.text)


def cloud_init_hooks(name: str, spec: Specification) -> pulumi.ResourceHookBinding:
    """Return the hooks of a cloud-init Secret. name: unique in the program."""

    def before_update(args: pulumi.ResourceHookArgs) -> None:
        # One that was made by hand has none, and nobody knows what its VMs have seen.
        before = _fingerprint(args.old_inputs)
        if before is not None and before != _fingerprint(args.new_inputs):
            pulumi.log.info(
                f"cloud-init of {spec.name} changes: VMs that exist keep what they have, only new "
                "ones see it"
            )

    hook = pulumi.ResourceHook(f"{name}-update", before_update, ALSO_IN_PREVIEW)
    return pulumi.ResourceHookBinding(before_update=[hook])


def own_hooks(name: str, spec: Specification) -> pulumi.ResourceHookBinding:
    """Return the hooks of all that replicas have of their own.

    name: logical name of the pool's component, which those of the objects begin with.
    """
    pool = virtual_machine_pool(spec)
    texts: list[str] = []

    def before_update(args: pulumi.ResourceHookArgs) -> None:
        role = args.name.removeprefix(f"{name}-")
        old, new = args.old_inputs or {}, args.new_inputs or {}
        for effect in effects({"pool": pool, role: old}, {"pool": pool, role: new}):
            if effect.severity > Severity.OTHER:
                texts.append(effect.text)
                if len(texts) <= OWN_TOLD:
                    pulumi.log.info(effect.text)
                elif len(texts) == OWN_TOLD + 1:
                    pulumi.log.info(f"and so do other replicas of {spec.name}: see what changes")

    hook = pulumi.ResourceHook(f"{name}-own-update", before_update, ALSO_IN_PREVIEW)
    return pulumi.ResourceHookBinding(before_update=[hook])


def _autoscaler(spec: Specification, there: bool) -> dict[str, Object]:
    """Return the HPA beside a pool by its role; of one that is gone, no more than that it was."""
    if not there:
        return {}
    return {"autoscaler": autoscaler(spec) if spec.autoscaling else {"metadata": {}, "spec": {}}}


def _fingerprint(secret: Mapping[str, Any] | None) -> str | None:
    annotations = ((secret or {}).get("metadata") or {}).get("annotations") or {}
    found: str | None = annotations.get(CLOUD_INIT_CONTENT)
    return found


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
