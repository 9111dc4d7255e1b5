"""The HorizontalPodAutoscaler."""

from __future__ import annotations

from ..spec.pool import PoolSpec
from .metadata import Object, metadata


def autoscaler(spec: PoolSpec) -> Object:
    """Return the HorizontalPodAutoscaler; the specification must have autoscaling on."""
    settings = spec.autoscaling
    if settings is None:
        raise ValueError("a pool without autoscaling has no autoscaler")
    target = (
        {"type": "AverageValue", "averageValue": settings.target_cpu_average_value}
        if settings.target_cpu_average_value
        else {
            "type": "Utilization",
            "averageUtilization": settings.target_cpu_utilization_percentage,
        }
    )
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": metadata(spec, spec.name, spec.namespace),
        "spec": {
            "minReplicas": spec.min_replicas,
            "maxReplicas": settings.max_replicas,
            "scaleTargetRef": {
                "apiVersion": f"pool.kubevirt.io/{spec.pool_api_version}",
                "kind": "VirtualMachinePool",
                "name": spec.name,
            },
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        },
    }
