"""What a person should know about a configuration that is right, but may surprise."""

from __future__ import annotations

from ..spec.pool import PoolSpec
from . import cloud_init_rules, network_rules, service_rules


def warnings(spec: PoolSpec) -> list[str]:
    """Return plain sentences without a full stop."""
    found = []
    if spec.autoscaling and not spec.autoscaled:
        found.append(
            f"autoscaling is off while replicas is 0: an HPA leaves {spec.name} at 0 alone; it "
            "comes back with replicas"
        )
    if spec.scale_in.keep_disks:
        found.append(
            f"disks of VMs that a smaller {spec.name} leaves behind stay, and nobody deletes them, "
            "not even with the pool"
        )
    found += service_rules.untranslated_ports(spec)
    found += network_rules.told(spec)
    found += cloud_init_rules.told(spec)
    if spec.wait_for_ready and not spec.probed:
        found.append(
            f"without a readinessProbe VMs of {spec.name} count as ready as soon as they run, "
            "before their guests have booted"
        )
    return found
