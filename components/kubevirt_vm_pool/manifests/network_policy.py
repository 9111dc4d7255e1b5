"""What protects running VMs: from too many of them leaving at once, and from uninvited traffic."""

from __future__ import annotations

from ..spec.pool import Specification
from .metadata import Object, metadata


def disruption_budget(spec: Specification) -> Object:
    """Return the PodDisruptionBudget; the specification must have a disruptionBudget.

    It counts launcher pods. minAvailable as a number is all that works for VMs: see
    specification.available_vms.
    """
    if spec.disruption_budget is None:
        raise ValueError("a pool without disruptionBudget has no PodDisruptionBudget")
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata(spec, spec.name, spec.namespace),
        "spec": {
            "minAvailable": spec.disruption_budget.min_available,
            "selector": {"matchLabels": spec.selector},
        },
    }


def network_policy(spec: Specification) -> Object:
    """Return the NetworkPolicy; the specification must have a networkPolicy.

    The kubelet's probes are let in by most networks, as they come from the VM's own node. Consoles
    and migrations do not use the pod's network; `virtctl ssh` does, and needs a policy of its own.
    """
    if spec.network_policy is None:
        raise ValueError("a pool without networkPolicy has no NetworkPolicy")
    # Several ports of a Service may lead to one port of the VM.
    targets = dict.fromkeys((port.protocol, port.target) for port in spec.service.ports)
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
            ],
        },
    }
