"""The disk guard: what a change will do to running VMs is said, and no disk goes unasked.

The engine runs these hooks in previews too, before anything has happened. A hook that raises stops
the preview or the update there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from .effects import Severity, effects, pool_effects
from .objects import Object, autoscaler
from .permission import demand_disks_stay, demand_no_restart
from .replicas import autoscaled
from .specification import Specification

# Shows in a preview that the content of the cloud-init Secret changed: itself it is never shown.
CLOUD_INIT_CONTENT = "kubevirt-vm-pool/cloud-init"

ALSO_IN_PREVIEW = pulumi.ResourceHookOptions(on_dry_run=True)


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
        if spec.adopt and old is not args.old_inputs:
            demand_no_restart(spec.name, found)
        for effect in found:
            if effect.severity > Severity.OTHER:
                tell = pulumi.log.warn if effect.loses_disks else pulumi.log.info
                tell(effect.text)

    def before_delete(args: pulumi.ResourceHookArgs) -> None:
        old = _before(args)
        found = pool_effects(old, None, replicas=_live(args.old_outputs))
        demand_disks_stay((old or {}).get("metadata", {}).get("name", spec.name), found)
        for effect in found:
            pulumi.log.warn(effect.text)

    return pulumi.ResourceHookBinding(
        before_update=[pulumi.ResourceHook(f"{name}-update", before_update, ALSO_IN_PREVIEW)],
        before_delete=[pulumi.ResourceHook(f"{name}-delete", before_delete, ALSO_IN_PREVIEW)],
    )


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
