"""What a person should know about a configuration that is right, but may surprise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..kubevirt.secret_fields import secret_places
from ..spec.pool import PoolSpec
from ..text.paths import dotted
from . import (
    cloud_init_rules,
    literal_templates,
    logins,
    network_rules,
    service_rules,
    size_rules,
)
from .disk_rules import not_booted


def warnings(spec: PoolSpec) -> list[str]:
    """Return plain sentences without a full stop."""
    found = []
    scaling = spec.autoscaling
    if scaling and scaling.external and not spec.autoscaled:
        found.append(
            f"{spec.name} is set to 0 by every update, and whoever scales it may set another "
            "number in between: pause that, too (KEDA: annotation autoscaling.keda.sh/paused)"
        )
    elif scaling and not spec.autoscaled:
        found.append(
            f"autoscaling is off while replicas is 0: an HPA leaves {spec.name} at 0 alone; it "
            "comes back with replicas"
        )
    if scaling and any(measured == "memory" for _, measured, _ in scaling.resource_metrics):
        found.append(
            "autoscaling by memory adds VMs and hardly ever removes one: a guest rarely gives back "
            "the memory that it has used"
        )
    if spec.run_strategy == "Halted":
        found.append(f"no VM of {spec.name} runs or gets ready: runStrategy is Halted")
    if spec.scale_in.keep_disks or _keeps_disks(spec.scale_in_strategy):
        found.append(
            f"disks of VMs that a smaller {spec.name} leaves behind stay, and nobody deletes them, "
            "not even with the pool"
        )
    found += not_booted(spec)
    if spec.eviction_strategy == "LiveMigrate" and spec.gpus:
        found.append(
            "VMs with a GPU migrate only if it is a virtual one and KubeVirt's feature gate "
            "VGPULiveMigration is on; else the drain of a node waits for ever"
        )
    if spec.template:
        found += _of_template(spec)
    found += service_rules.untranslated_ports(spec)
    found += network_rules.told(spec)
    found += size_rules.told(spec)
    found += cloud_init_rules.told(spec)
    if spec.affinity or spec.topology_spread_constraints:
        from . import spreading

        found += spreading.told(spec)
    found += logins.nobody(spec)
    found += literal_templates.told(spec)
    if spec.wait_for_ready and not spec.probed:
        found.append(
            f"without a readinessProbe VMs of {spec.name} count as ready as soon as they run, "
            "before their guests have booted"
        )
    return found


def _of_template(spec: PoolSpec) -> Iterator[str]:
    for path in secret_places(spec.template):
        yield (
            f"{dotted(('template', *path))} goes into the pool {spec.name} as it is, where all who "
            "may read pools and VMs read it; a Secret is for fewer (cloudInit, secretRef)"
        )
    if spec.template.get("runStrategy") == "Halted" or spec.template.get("running") is False:
        yield f"VMs of {spec.name} are not started: template says so"


def _keeps_disks(strategy: dict[str, Any]) -> bool:
    kept = (strategy.get("proactive") or {}).get("statePreservation")
    return kept in ("Offline", "Online")
