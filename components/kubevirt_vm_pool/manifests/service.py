"""The Service."""

from __future__ import annotations

from ..spec.pool import PoolSpec
from .metadata import Object, metadata, without_none


def service(spec: PoolSpec) -> Object:
    """Return the Service in front of the pool's VMs."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(spec, spec.name, spec.namespace),
        "spec": {
            "type": spec.service.type,
            "selector": spec.selector,
            "ports": [
                without_none(
                    name=port.name,
                    port=port.port,
                    protocol=port.protocol,
                    targetPort=port.target,
                    nodePort=port.node_port,
                )
                for port in spec.service.ports
            ],
        },
    }
