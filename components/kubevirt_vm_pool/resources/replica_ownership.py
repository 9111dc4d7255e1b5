"""Who owns the number of replicas: the autoscaler while there is one, the configuration otherwise.

While autoscaling is on, the engine creates the pool at its minimum and ignores the number
afterwards. While it is off, the engine takes the number back by force, also from the autoscaler of
yesterday and from `kubectl scale`: without force the switch ends in a field conflict.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from ..spec.pool import PoolSpec
from . import previous_outputs

FIELD = "spec.replicas"
FORCE = "pulumi.com/patchForce"
# Of a stack that adopts every object is forced: this says whose the number is.
ADOPTED, AUTOSCALED = "kubevirt-vm-pool/adopted", "autoscaled"


def engine_annotations(spec: PoolSpec) -> dict[str, str]:
    """Return the annotations that make the engine enforce the number, where it should."""
    return {} if spec.autoscaled else {FORCE: "true"}


def autoscaled(pool: Mapping[str, Any]) -> bool:
    """Tell from a pool's inputs whether the engine left the number alone."""
    annotations = pool.get("metadata", {}).get("annotations") or {}
    return FORCE not in annotations or annotations.get(ADOPTED) == AUTOSCALED


def options(spec: PoolSpec) -> pulumi.ResourceOptions:
    """Return the options that make the engine leave the number alone, where it should."""
    if not spec.autoscaled:
        return pulumi.ResourceOptions()
    return pulumi.ResourceOptions(ignore_changes=[FIELD], transforms=[_wake(spec)])


def _wake(spec: PoolSpec) -> pulumi.ResourceTransform:
    """Return a transform that sets the number once, where the pool was at 0 before.

    An autoscaler leaves a pool at 0 alone, so nothing else would ever wake it. Only the outputs of
    the last update tell what was before: hooks see it too, but cannot change anything.
    """
    before = previous_outputs.of_pool(spec)

    async def wake(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        outputs = await before.future() or {}
        if outputs.get("replicas") != 0:
            return None
        metadata: Any = args.props["metadata"]
        forced = {**metadata.get("annotations", {}), FORCE: "true"}
        props: dict[str, Any] = {**args.props, "metadata": {**metadata, "annotations": forced}}
        args.opts.ignore_changes = None
        return pulumi.ResourceTransformResult(props, args.opts)

    return wake
