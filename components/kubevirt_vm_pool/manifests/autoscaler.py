"""The HorizontalPodAutoscaler."""

from __future__ import annotations

from typing import Any

from ..spec.pool import PoolSpec
from ..spec.scaling import Autoscaling
from .metadata import Object, metadata, to_manifest, without_none


def autoscaler(spec: PoolSpec) -> Object:
    """Return the HorizontalPodAutoscaler; the specification must have autoscaling on."""
    settings = spec.autoscaling
    if settings is None or settings.external:
        raise ValueError("a pool without autoscaling of its own has no autoscaler")
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": metadata(spec, spec.name, spec.namespace),
        "spec": without_none(
            minReplicas=spec.min_replicas,
            maxReplicas=settings.max_replicas,
            scaleTargetRef={
                "apiVersion": f"pool.kubevirt.io/{spec.pool_api_version}",
                "kind": "VirtualMachinePool",
                "name": spec.name,
            },
            metrics=[*_cpu(settings), *_further(settings)],
            behavior=_behavior(settings),
        ),
    }


def _cpu(settings: Autoscaling) -> list[Object]:
    average, percent = settings.target_cpu_average_value, settings.target_cpu_utilization_percentage
    if average:
        target: Object = {"type": "AverageValue", "averageValue": average}
    elif percent:
        target = {"type": "Utilization", "averageUtilization": percent}
    else:
        return []
    return [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]


def _further(settings: Autoscaling) -> list[Any]:
    if not settings.metrics:
        return []
    # Few stacks need these.
    from ..spec.hpa_metrics import Metric

    return [to_manifest(Metric.model_validate(metric)) for metric in settings.metrics]


def _behavior(settings: Autoscaling) -> Object | None:
    if not settings.behavior:
        return None
    from ..spec.hpa_metrics import Behavior

    return to_manifest(Behavior.model_validate(settings.behavior)) or None
