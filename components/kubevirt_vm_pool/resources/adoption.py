"""Taking over objects that somebody made by hand; what is not there is made.

The engine imports an object and updates it at once, by force: fields that another program said last
become the stack's. So that nothing restarts for a word, the pool keeps KubeVirt's older `running`
where the live one has it: both that and `runStrategy` are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from ..manifests.metadata import Object
from ..manifests.roles import Role
from ..spec.pool import PoolSpec
from .replica_ownership import ADOPTED, AUTOSCALED, FORCE
from .surroundings import surroundings


def own_annotations(role: str, spec: PoolSpec) -> dict[str, str]:
    """Return the annotations of an object that may have been somebody else's."""
    whose = AUTOSCALED if spec.autoscaled else "fixed"
    return {FORCE: "true"} | ({ADOPTED: whose} if role == Role.POOL else {})


def options(role: str, manifest: Object) -> pulumi.ResourceOptions:
    """Return the options that take an object over, if it is there."""
    around = surroundings.get()
    place = (manifest["kind"], manifest["metadata"]["namespace"], manifest["metadata"]["name"])

    async def adopt(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        live: Any = await around.before.seen(*place)
        if live is None:
            live = await around.live(*place)
        if live is None:
            args.opts.import_ = None
            return pulumi.ResourceTransformResult(args.props, args.opts)
        if role != Role.POOL or "running" not in _machine(live):
            return None
        return pulumi.ResourceTransformResult(_running(args.props), args.opts)

    return pulumi.ResourceOptions(import_="/".join(place[1:]), transforms=[adopt])


def _machine(pool: Mapping[str, Any]) -> Mapping[str, Any]:
    spec = pool.get("spec") or {}
    machine: Mapping[str, Any] = (spec.get("virtualMachineTemplate") or {}).get("spec") or {}
    return machine


def _running(pool: Mapping[str, Any]) -> dict[str, Any]:
    """Return a pool that says `running` in place of the runStrategy that means the same."""
    strategy = _machine(pool).get("runStrategy")
    if strategy not in {"Always", "Halted"}:
        return dict(pool)
    spec: Any = pool["spec"]
    machine = {key: value for key, value in _machine(pool).items() if key != "runStrategy"}
    template = {
        **spec["virtualMachineTemplate"],
        "spec": {**machine, "running": strategy == "Always"},
    }
    return {**pool, "spec": {**spec, "virtualMachineTemplate": template}}
