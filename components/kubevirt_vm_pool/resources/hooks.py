"""The disk guard: what a change will do to running VMs is said, and no disk goes unasked.

The engine runs these hooks in previews too, before anything has happened. A hook that raises stops
the preview or the update there. What they say is hook_handlers.py's, which is imported when there
is something to judge: most previews find nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.runtime import get_root_resource

from ..spec.pool import PoolSpec
from . import run_environment
from .per_program import PerProgram

# Shows in a preview that the content of the cloud-init Secret changed: itself it is never shown.
CLOUD_INIT_CONTENT = "kubevirt-vm-pool/cloud-init"

# The state keeps it with every pool: under another name a pool that left the program has no guard.
DELETION = "kubevirt-vm-pool-deletion"

# Replicas of which a change is told one by one: the engine lists all the objects as well.
REPLICAS_TOLD = 5

ALSO_IN_PREVIEW = pulumi.ResourceHookOptions(on_dry_run=True)


def pool_hooks(name: str, spec: PoolSpec) -> pulumi.ResourceHookBinding:
    """Return the hooks of a pool. name: unique in the program."""
    environment = run_environment.current()

    def before_update(args: pulumi.ResourceHookArgs) -> None:
        from . import hook_handlers

        hook_handlers.of_update(spec, args, environment)

    return pulumi.ResourceHookBinding(
        before_update=[pulumi.ResourceHook(f"{name}-update", before_update, ALSO_IN_PREVIEW)],
        before_delete=[_deletion.get()],
    )


def guard_deletions() -> None:
    """Register the guard of pools that are in the state and no longer in the program.

    Without a running program nothing is registered.
    """
    if get_root_resource() is not None:
        _deletion.get()


def _deletion_hook() -> pulumi.ResourceHook:
    environment = run_environment.current()

    def before_delete(args: pulumi.ResourceHookArgs) -> None:
        from . import hook_handlers

        hook_handlers.of_deletion(args, environment)

    return pulumi.ResourceHook(DELETION, before_delete, ALSO_IN_PREVIEW)


# Guards every pool against deletion. One name for all: the engine asks for the name that the last
# update has left with a pool.
_deletion = PerProgram(_deletion_hook)


def cloud_init_hooks(name: str, spec: PoolSpec) -> pulumi.ResourceHookBinding:
    """Return the hooks of the shared cloud-init Secret. name: unique in the program."""
    if spec.appends_to_secrets:
        # New VMs have their own.
        return pulumi.ResourceHookBinding()

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


def replica_hooks(name: str, spec: PoolSpec) -> pulumi.ResourceHookBinding:
    """Return the hooks of all that replicas have of their own.

    name: logical name of the pool's component, which those of the objects begin with.
    """
    texts: list[str] = []

    def before_update(args: pulumi.ResourceHookArgs) -> None:
        from . import hook_handlers

        for text in hook_handlers.of_replica_object(spec, args.name.removeprefix(f"{name}-"), args):
            texts.append(text)
            if len(texts) <= REPLICAS_TOLD:
                pulumi.log.info(text)
            elif len(texts) == REPLICAS_TOLD + 1:
                pulumi.log.info(f"and so do other replicas of {spec.name}: see what changes")

    hook = pulumi.ResourceHook(f"{name}-own-update", before_update, ALSO_IN_PREVIEW)
    return pulumi.ResourceHookBinding(before_update=[hook])


def _fingerprint(secret: Mapping[str, Any] | None) -> str | None:
    annotations = ((secret or {}).get("metadata") or {}).get("annotations") or {}
    found: str | None = annotations.get(CLOUD_INIT_CONTENT)
    return found
