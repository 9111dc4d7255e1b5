"""Keys whose values are Kubernetes' own objects, and the models that these are compared with."""

from __future__ import annotations

from collections.abc import Mapping

from kubevirt_vm_pool.spec.affinity import Affinity, TopologySpreadConstraint
from kubevirt_vm_pool.spec.hpa_metrics import Behavior, Metric
from kubevirt_vm_pool.spec.network_peers import NetworkPolicyPeer
from kubevirt_vm_pool.spec.scheduling import Toleration
from kubevirt_vm_pool.text.paths import Path
from pydantic import BaseModel

# Of a list, the model of its items.
SHAPES: Mapping[Path, type[BaseModel]] = {
    ("tolerations",): Toleration,
    ("affinity",): Affinity,
    ("topologySpreadConstraints",): TopologySpreadConstraint,
    ("networkPolicy", "from"): NetworkPolicyPeer,
    ("autoscaling", "metrics"): Metric,
    ("autoscaling", "behavior"): Behavior,
}
