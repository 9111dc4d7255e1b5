"""What a person should know about a configuration that is right, but may surprise."""

from __future__ import annotations

from ..spec.pool import PoolSpec
from .disk_rules import not_booted


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
    found += not_booted(spec)
    return found
