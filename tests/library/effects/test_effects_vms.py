"""Of how many VMs an effect takes the disks, for whoever compares one with another."""

from __future__ import annotations

import pytest
from configurations import specification
from kubevirt_vm_pool.effects import Effect, effects, pool_effects
from kubevirt_vm_pool.manifests.objects import objects

FIXED = "autoscaling:\nreplicas: 5\n"


def losing(before: str, after: str, *, replicas: int | None = None) -> Effect:
    """Return the one effect that takes disks."""
    old, new = (objects(specification(one)) for one in (before, after))
    (found,) = [one for one in effects(old, new, replicas=replicas) if one.loses_disks]
    return found


@pytest.mark.parametrize(
    ("before", "after", "replicas", "vms"),
    [
        (FIXED, "autoscaling:\nreplicas: 2\n", None, 3),
        (FIXED, "autoscaling:\nreplicas: 2\n", 8, 6),
        (FIXED, f"{FIXED}disk: {{size: 9Gi, source: {{pvc: {{name: x}}}}}}\n", None, 5),
        (FIXED, f"{FIXED}disk: {{size: 9Gi, source: {{pvc: {{name: x}}}}}}\n", 4, 4),
        (FIXED, f"{FIXED}name: other\n", 7, 7),
    ],
    ids=["fewer", "fewer, of more", "recreated", "recreated, of fewer", "replaced"],
)
def test_it_is_told_of_how_many_vms(
    before: str, after: str, replicas: int | None, vms: int
) -> None:
    assert losing(before, after, replicas=replicas).vms == vms


def test_a_pool_that_goes_takes_those_that_there_are() -> None:
    pool = objects(specification(FIXED))["pool"]
    (found,) = pool_effects(pool, None, replicas=3)
    assert found.vms == 3


def test_an_autoscaler_may_take_all_above_its_new_minimum() -> None:
    metric = "targetCPUUtilizationPercentage: 50"
    fewer = f"autoscaling: {{minReplicas: 1, maxReplicas: 5, {metric}}}\n"
    assert losing("", fewer).vms == 4
