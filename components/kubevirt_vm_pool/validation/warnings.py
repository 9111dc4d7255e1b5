"""What a person should know about a configuration that is right, but may surprise."""

from __future__ import annotations

from collections.abc import Iterator

from ..kubevirt.secret_fields import secret_places
from ..spec.pool import PoolSpec
from ..text.paths import dotted
from . import cloud_init_rules, network_rules, service_rules
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
    if spec.template:
        found += _of_template(spec)
    found += service_rules.untranslated_ports(spec)
    found += network_rules.told(spec)
    found += cloud_init_rules.told(spec)
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
