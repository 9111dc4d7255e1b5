"""What a person gets to read when a stack is up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubevirt_vm_pool.spec.pool import PoolSpec

from .target import Target


def got(spec: PoolSpec, outputs: Mapping[str, Any], place: Target) -> str:
    """Return what is there now, and how to scale, watch, reach and enter it."""
    replicas = outputs["replicas"]
    number = _number(replicas)
    here = f"-n {spec.namespace}"
    scale = (
        "set autoscaling.minReplicas and .maxReplicas"
        if spec.autoscaled
        else f"pulumi config set replicas {spec.replicas + 1}"
    ) + ", then make up again"
    if spec.scaled_by_others:
        scale = "by whoever scales it (autoscaling.external)"
    facts = {
        "pool": f"{spec.name} in namespace {spec.namespace}",
        "replicas": number,
        "reach": _reach(spec, outputs["url"]),
        "scale": scale,
        "watch": f"kubectl get vmpool,vm,vmi {here}",
        "log in": f"virtctl console {spec.name}-0 {here}",
    }
    lines = [f"  {what:<9} {text}" for what, text in facts.items()]
    if place.embedded:
        lines += [
            "",
            "This is a control plane without nodes: every object is checked and stored by a real",
            "API server, and no VM boots. To look at it:",
            '  eval "$(uv run vmpool cluster env)"',
        ]
    return "\n".join(["", *lines])


def _reach(spec: PoolSpec, url: str | None) -> str:
    """Return where the VMs are reached, which may be nowhere."""
    if url:
        return f"{url} (inside the cluster)"
    named = ", ".join(f"Service {one.name}" for one in spec.all_services)
    return named or "by no Service: the stack has none"


def _number(replicas: Any) -> str:
    if not isinstance(replicas, dict):
        return str(replicas)
    if "min" in replicas and "max" in replicas:
        return f"{replicas['min']} to {replicas['max']}, as the load demands"
    return "as whoever scales it says"
