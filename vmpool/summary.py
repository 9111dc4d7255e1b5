"""What a person gets to read when a stack is up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubevirt_vm_pool.spec.pool import PoolSpec

from .target import Target


def got(spec: PoolSpec, outputs: Mapping[str, Any], place: Target) -> str:
    """Return what is there now, and how to scale, watch, reach and enter it."""
    replicas = outputs["replicas"]
    number = (
        f"{replicas['min']} to {replicas['max']}, as the load demands"
        if isinstance(replicas, dict)
        else str(replicas)
    )
    here = f"-n {spec.namespace}"
    scale = (
        "set autoscaling.minReplicas and .maxReplicas"
        if spec.autoscaled
        else f"pulumi config set replicas {spec.replicas + 1}"
    )
    facts = {
        "pool": f"{spec.name} in namespace {spec.namespace}",
        "replicas": number,
        "reach": f"{outputs['url']} (inside the cluster)" if outputs["url"] else "no Service",
        "scale": f"{scale}, then make up again",
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
