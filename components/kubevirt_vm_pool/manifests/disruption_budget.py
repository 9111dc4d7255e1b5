"""The PodDisruptionBudget."""

from __future__ import annotations

from ..spec.pool import PoolSpec
from .metadata import Object, metadata


def disruption_budget(spec: PoolSpec) -> Object:
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
