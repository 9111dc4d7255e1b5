"""The disk guard: what a change will do to running VMs is said, and no disk goes unasked.

The engine runs these hooks in previews too, before anything has happened. A hook that raises stops
the preview or the update there. What they say is hook_handlers.py's, which is imported when there
is something to judge: most previews find nothing.
"""

from __future__ import annotations

import pulumi
from pulumi.runtime import get_root_resource

from ..spec.pool import PoolSpec
from .per_program import PerProgram
from .surroundings import surroundings

# The state keeps it with every pool: under another name a pool that left the program has no guard.
DELETION = "kubevirt-vm-pool-deletion"
# Of every object.
CREATION = "kubevirt-vm-pool-creation"

# Replicas of which a change is told one by one: the engine lists all the objects as well.
REPLICAS_TOLD = 5

ALSO_IN_PREVIEW = pulumi.ResourceHookOptions(on_dry_run=True)


def pool_hooks(name: str, spec: PoolSpec) -> pulumi.ResourceHookBinding:
    """Return the hooks of a pool. name: unique in the program."""
    around = surroundings.get()

    async def before_update(args: pulumi.ResourceHookArgs) -> None:
        from . import hook_handlers

        await hook_handlers.of_update(spec, args, around)

    return pulumi.ResourceHookBinding(
        before_update=[pulumi.ResourceHook(f"{name}-update", before_update, ALSO_IN_PREVIEW)],
        before_delete=[_deletion.get()],
    )


def autoscaler_hooks(name: str, spec: PoolSpec) -> pulumi.ResourceHookBinding:
    """Return the hooks of the HPA. name: unique in the program.

    The pool's own tell of an HPA that goes: then the pool changes, too.
    """
    around = surroundings.get()

    async def limits(args: pulumi.ResourceHookArgs) -> None:
        from . import hook_handlers

        await hook_handlers.of_autoscaler(spec, args, around)

    hook = pulumi.ResourceHook(f"{name}-limits", limits, ALSO_IN_PREVIEW)
    return pulumi.ResourceHookBinding(before_create=[hook], before_update=[hook])


def guard_deletions() -> None:
    """Register the guard of pools that are in the state and no longer in the program.

    Without a running program nothing is registered.
    """
    if get_root_resource() is not None:
        _deletion.get()


def _deletion_hook() -> pulumi.ResourceHook:
    around = surroundings.get()

    async def before_delete(args: pulumi.ResourceHookArgs) -> None:
        from . import hook_handlers

        await hook_handlers.of_deletion(args, around)

    return pulumi.ResourceHook(DELETION, before_delete, ALSO_IN_PREVIEW)


def _creation_hook() -> pulumi.ResourceHook:
    around = surroundings.get()

    async def before_create(_: pulumi.ResourceHookArgs) -> None:
        from . import hook_handlers

        await hook_handlers.of_creation(around)

    return pulumi.ResourceHook(CREATION, before_create, ALSO_IN_PREVIEW)


# Guards every pool against deletion. One name for all: the engine asks for the name that the last
# update has left with a pool.
_deletion = PerProgram(_deletion_hook)
_creation = PerProgram(_creation_hook)


def creation_hooks() -> pulumi.ResourceHookBinding:
    """Return the hooks of every object.

    Of a pool with another name the engine makes all objects anew before the old ones go.
    """
    return pulumi.ResourceHookBinding(before_create=[_creation.get()])


def cloud_init_hooks(name: str, spec: PoolSpec) -> pulumi.ResourceHookBinding:
    """Return the hooks of the shared cloud-init Secret. name: unique in the program."""
    if spec.appends_to_secrets:
        # New VMs have their own.
        return pulumi.ResourceHookBinding()

    around = surroundings.get()

    async def before_update(args: pulumi.ResourceHookArgs) -> None:
        from . import hook_handlers

        old = await hook_handlers.opened(args.old_inputs)
        new = await hook_handlers.opened(args.new_inputs)
        # The inputs of one that was just imported have none: nobody knows what its VMs have seen.
        before = (old or {}).get("data")
        if before is not None and before != (new or {}).get("data"):
            effect = hook_handlers.of_cloud_init(spec)
            around.require_disks_stay(spec.namespace, spec.name, [effect])
            pulumi.log.info(effect.text)

    hook = pulumi.ResourceHook(f"{name}-update", before_update, ALSO_IN_PREVIEW)
    return pulumi.ResourceHookBinding(before_update=[hook])


def replica_hooks(name: str, spec: PoolSpec) -> pulumi.ResourceHookBinding:
    """Return the hooks of all that replicas have of their own.

    name: logical name of the pool's component, which those of the objects begin with.
    """
    texts: list[str] = []
    around = surroundings.get()

    async def before_update(args: pulumi.ResourceHookArgs) -> None:
        from . import hook_handlers

        role = args.name.removeprefix(f"{name}-")
        old = await hook_handlers.opened(args.old_inputs)
        new = await hook_handlers.opened(args.new_inputs)
        for text in hook_handlers.of_replica_object(spec, role, old, new, around):
            texts.append(text)
            if len(texts) <= REPLICAS_TOLD:
                pulumi.log.info(text)
            elif len(texts) == REPLICAS_TOLD + 1:
                pulumi.log.info(f"and so do other replicas of {spec.name}: see what changes")

    hook = pulumi.ResourceHook(f"{name}-own-update", before_update, ALSO_IN_PREVIEW)
    return pulumi.ResourceHookBinding(before_update=[hook])
