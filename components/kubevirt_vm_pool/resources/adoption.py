"""Taking over objects that somebody made by hand; what is not there is made.

The engine imports an object and updates it at once, by force: fields that another program said last
become the stack's. What the stack does not say would stay if its owner is no kubectl, so that the
object is replaced first. So that nothing restarts for a word, the pool keeps KubeVirt's older
`running` where the live one has it: both that and `runStrategy` are refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi

from ..effects.differences import differences
from ..effects.lookup import at
from ..manifests.metadata import Object
from ..manifests.roles import Role
from ..spec.pool import PoolSpec
from ..text.paths import dotted
from .replica_ownership import ADOPTED, AUTOSCALED, FORCE
from .surroundings import surroundings


def own_annotations(role: str, spec: PoolSpec) -> dict[str, str]:
    """Return the annotations of an object that may have been somebody else's."""
    whose = AUTOSCALED if spec.autoscaled else "fixed"
    return {FORCE: "true"} | ({ADOPTED: whose} if role == Role.POOL else {})


def options(child: str, role: str, spec: PoolSpec, manifest: Object) -> pulumi.ResourceOptions:
    """Return the options that take an object over, if it is there.

    To be merged after those whose hooks may refuse its update. child: its logical name.
    """
    around = surroundings.get()
    place = (manifest["kind"], manifest["metadata"]["namespace"], manifest["metadata"]["name"])

    async def adopt(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        live: Any = await around.before.seen(*place)
        new = live is None
        if new:
            live = await around.live(*place)
        if live is None:
            args.opts.import_ = None
            return pulumi.ResourceTransformResult(args.props, args.opts)
        props = args.props
        if role == Role.POOL and "running" in _machine(live):
            props = _running(props)
        if new:
            pulumi.log.info(await _told(live, props, numbered=not spec.autoscaled))
        return pulumi.ResourceTransformResult(props, args.opts)

    async def before_update(args: pulumi.ResourceHookArgs) -> None:
        # The inputs of an update of ours have it; an import alone has left others.
        metadata = (args.old_inputs or {}).get("metadata") or {}
        if FORCE not in (metadata.get("annotations") or {}):
            wanted: Any = await pulumi.Output.from_input(args.new_inputs).future()
            await around.replace(*place, lambda live: replaced(live, wanted))

    # Not in previews.
    hook = pulumi.ResourceHook(f"{child}-adopt", before_update)
    return pulumi.ResourceOptions(
        import_="/".join(place[1:]),
        transforms=[adopt],
        hooks=pulumi.ResourceHookBinding(before_update=[hook]),
    )


def replaced(live: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object that holds what is wanted and nothing else, with the live one's metadata."""
    metadata, asked = live["metadata"], wanted["metadata"]
    merged = {
        key: {**(metadata.get(key) or {}), **(asked.get(key) or {})}
        for key in ("labels", "annotations")
    }
    # kubectl's own note of what it once sent; in a Secret it holds the values, too.
    merged["annotations"].pop("kubectl.kubernetes.io/last-applied-configuration", None)
    body = {**wanted, "metadata": {**metadata, **merged}}
    number = (live.get("spec") or {}).get("replicas")
    if number is not None and "replicas" not in body["spec"]:
        # An autoscaler's: without it the pool would shrink to 1.
        body["spec"] = {**body["spec"], "replicas": number}
    return body


async def _told(live: Mapping[str, Any], props: Mapping[str, Any], *, numbered: bool) -> str:
    """Return what is different in an object that is taken over; values of a Secret stay unsaid.

    numbered: whether the number of replicas is the stack's.
    """
    wanted: Any = await pulumi.Output.from_input(props).future()
    secret = live.get("kind") in {"Secret", "ConfigMap"}
    lines = []
    for path in differences(_said(live), _said(wanted)):
        before, after = (at(one, *path) for one in (live, wanted))
        if path == ("spec", "replicas") and not numbered:
            continue
        # To a pool nobody adds anything.
        if after is not None or live.get("kind") == "VirtualMachinePool":
            values = "another value" if secret else f"{_text(before)} -> {_text(after)}"
            lines.append(f"  {dotted(path)}: {values}")
    named = f"{live.get('kind')} {(live.get('metadata') or {}).get('name')}"
    return "\n".join([f"{named} is taken over{':' if lines else ' as it is'}", *lines])


def _said(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return what somebody says in an object; the API server adds the rest."""
    return {key: manifest[key] for key in ("spec", "data", "rules", "subjects") if key in manifest}


def _text(value: Any) -> str:
    # All numbers of the wire are floats.
    whole = isinstance(value, float) and value.is_integer()
    return "nothing" if value is None else json.dumps(int(value) if whole else value)


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
