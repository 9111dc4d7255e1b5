"""What the engine must know of a Service: which fields are the server's, and which replace it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from ..manifests.metadata import Object
from .surroundings import surroundings

# What an API server adds to a Service: one that was adopted, ever, would be replaced for its want.
# With what it adds where nothing was said; of addresses that is what it chose.
SERVERS_OWN: Mapping[str, frozenset[str] | None] = {
    "clusterIP": None,
    "clusterIPs": None,
    "internalTrafficPolicy": frozenset({"Cluster"}),
    "ipFamilies": None,
    "ipFamilyPolicy": frozenset({"SingleStack"}),
    "sessionAffinity": frozenset({"None"}),
}
HEADLESS = "None"


# Kubernetes lets nobody change it: a Service with another one is made anew, as the provider does it
# by itself for another clusterIP.
CLASS = "loadBalancerClass"
ANEW = [f"spec.{CLASS}"]


def options(manifest: Object) -> pulumi.ResourceOptions:
    """Return the options of a Service.

    What a stack says is the stack's, and so is what it said before: left out again, the engine
    would keep it for ever.
    """
    classed = CLASS in manifest["spec"]
    return pulumi.ResourceOptions(
        ignore_changes=[f"spec.{field}" for field in _unsaid(manifest)],
        transforms=[_given_back(manifest)],
        replace_on_changes=ANEW if classed else None,
        delete_before_replace=classed or None,
    )


def _unsaid(manifest: Object) -> list[str]:
    said = set(manifest["spec"])
    if "clusterIP" in said:
        said.add("clusterIPs")
    return [field for field in SERVERS_OWN if field not in said]


def _given_back(manifest: Object) -> pulumi.ResourceTransform:
    """Return a transform that lets the server decide again about what the stack said before."""
    before, metadata = surroundings.get().before, manifest["metadata"]

    async def give_back(
        args: pulumi.ResourceTransformArgs,
    ) -> pulumi.ResourceTransformResult | None:
        seen = await before.seen("Service", metadata["namespace"], metadata["name"])
        if seen is None:
            return None
        _adjust(args.opts, manifest, seen.get("spec") or {})
        return pulumi.ResourceTransformResult(args.props, args.opts)

    return give_back


def _adjust(opts: pulumi.ResourceOptions, manifest: Object, seen: Mapping[str, Any]) -> None:
    back = _somebodys(seen)
    opts.ignore_changes = [f"spec.{field}" for field in _unsaid(manifest) if field not in back]
    if CLASS in seen:
        opts.replace_on_changes, opts.delete_before_replace = ANEW, True


def _somebodys(spec: Mapping[str, Any]) -> set[str]:
    """Return the fields whose value no server chooses by itself."""
    found = {
        field
        for field, own in SERVERS_OWN.items()
        if own is not None and field in spec and spec[field] not in own
    }
    return found | ({"clusterIP", "clusterIPs"} if spec.get("clusterIP") == HEADLESS else set())
