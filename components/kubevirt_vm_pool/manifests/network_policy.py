"""What protects running VMs: from too many of them leaving at once, and from uninvited traffic."""

from __future__ import annotations

from ..spec.pool import PoolSpec
from .metadata import Object, metadata


def network_policy(spec: PoolSpec) -> Object:
    """Return the NetworkPolicy; the specification must have a networkPolicy.

    The kubelet's probes are let in by most networks, as they come from the VM's own node. Consoles
    and migrations do not use the pod's network; `virtctl ssh` does, and needs a policy of its own.
    """
    if spec.network_policy is None:
        raise ValueError("a pool without networkPolicy has no NetworkPolicy")
    # Kubernetes takes no ports for all ports; validation lets no such pool pass.
    targets = spec.served_ports
    peers = spec.network_policy.peers
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata(spec, spec.name, spec.namespace),
        "spec": {
            "podSelector": {"matchLabels": spec.selector},
            "policyTypes": ["Ingress"],
            "ingress": [
                {
                    **({"from": peers} if peers else {}),
                    "ports": [{"protocol": protocol, "port": port} for protocol, port in targets],
                }
            ]
            if targets
            else [],
        },
    }
