"""What the HPA, and other limits of it, do to VMs and disks."""

from __future__ import annotations

import copy
import json
from typing import Any

from kubevirt_vm_pool.effects import Severity, effects, worst
from lab_effects import DISKS, LAB, lab, told_of

KEEPS = "HPA lab05-webserver is changed: it keeps between {} VMs of lab05-webserver"


def autoscaled(least: int, most: int, target: int = 50) -> dict[str, dict[str, Any]]:
    scaling = {
        "minReplicas": least,
        "maxReplicas": most,
        "targetCPUUtilizationPercentage": target,
    }
    return lab(f"{{replicas: {least}, autoscaling: {json.dumps(scaling)}}}")


def test_an_hpa_makes_the_number_of_vms_a_range() -> None:
    assert told_of(LAB, lab("cores: 2")) == [
        (
            "restart n at a time",
            "Up to 5 VMs of lab05-webserver restart one by one "
            "(those not ready: all at once); their disks stay",
        )
    ]
    assert told_of(LAB, lab('{cores: 2, rollout: {maxUnavailable: "50%"}}'))[0] == (
        "restart n at a time",
        "Up to 5 VMs of lab05-webserver restart up to 2 at a time "
        "(those not ready: all at once); their disks stay",
    )
    assert told_of(LAB, lab("cores: 2"), replicas=3) == [
        (
            "restart n at a time",
            "3 VMs of lab05-webserver restart one by one "
            "(those not ready: all at once); their disks stay",
        )
    ]


def test_replicas_are_the_hpas_to_say() -> None:
    other = copy.deepcopy(LAB)
    other["pool"]["spec"]["replicas"] = 1
    assert told_of(LAB, other) == [
        (
            "nothing",
            "The number of VMs of lab05-webserver stays: it is the HPA's to say",
        )
    ]


def test_another_target_of_the_hpa() -> None:
    assert told_of(LAB, autoscaled(2, 5, 80)) == [("other objects only", KEEPS.format("2 and 5"))]


def test_an_hpa_with_a_lower_maximum_removes_what_is_above_it() -> None:
    assert told_of(LAB, autoscaled(2, 3)) == [
        (
            "scale-in",
            "Up to 2 VMs of lab05-webserver, chosen at random, are removed: "
            f"everything on up to 2 disks {DISKS} is lost",
        ),
        ("other objects only", KEEPS.format("2 and 3")),
    ]
    assert told_of(LAB, autoscaled(2, 3), 4)[0] == (
        "scale-in",
        "1 of 4 VMs of lab05-webserver, chosen at random, is removed: "
        f"everything on 1 disk {DISKS} is lost",
    )
    assert told_of(LAB, autoscaled(2, 3), 2) == [("other objects only", KEEPS.format("2 and 3"))]


def test_an_hpa_with_a_higher_minimum_adds_vms() -> None:
    before, after = autoscaled(2, 5), autoscaled(4, 5)
    assert told_of(before, after, 2)[0] == (
        "new replicas only",
        "2 VMs are added to lab05-webserver",
    )
    assert told_of(before, after)[0] == (
        "new replicas only",
        "Up to 2 VMs are added to lab05-webserver",
    )


def test_an_hpa_with_a_lower_minimum_may_remove_vms() -> None:
    assert told_of(autoscaled(2, 5), autoscaled(1, 5), 4)[0] == (
        "scale-in",
        "Under little load the HPA may now shrink lab05-webserver to 1 VM, "
        "and what it removes loses its disks",
    )


def test_an_hpa_with_a_higher_maximum_may_add_vms() -> None:
    assert told_of(LAB, autoscaled(2, 8))[0] == (
        "new replicas only",
        "Under load the HPA may now grow lab05-webserver to 8 VMs",
    )


def test_an_hpa_keeps_disks_where_scale_in_does() -> None:
    keeping = "scaleIn: {keepDisks: true}"
    before = lab(f"{{{keeping}}}")
    scaling = {"minReplicas": 1, "maxReplicas": 3, "targetCPUUtilizationPercentage": 50}
    after = lab(f"{{{keeping}, autoscaling: {json.dumps(scaling)}}}")
    assert not any(effect.loses_disks for effect in effects(before, after))
    assert worst(effects(before, after)) is Severity.SCALE_IN_KEEPING


def test_an_hpa_that_comes_takes_over_from_replicas() -> None:
    before = lab("{autoscaling: , replicas: 2, cpuRequest: '1'}")
    assert told_of(before, lab("{cpuRequest: '1'}")) == [
        (
            "new replicas only",
            "Under load the HPA may now grow lab05-webserver to 5 VMs",
        ),
        (
            "other objects only",
            "HPA lab05-webserver is created: it keeps between 2 and 5 VMs of lab05-webserver",
        ),
    ]


def test_an_hpa_that_comes_may_remove_vms() -> None:
    before = lab("{autoscaling: , replicas: 7, cpuRequest: '1'}")
    assert told_of(before, lab("{cpuRequest: '1'}"))[:2] == [
        (
            "scale-in",
            "2 of 7 VMs of lab05-webserver, chosen at random, are removed: "
            f"everything on 2 disks {DISKS} is lost",
        ),
        (
            "scale-in",
            "Under little load the HPA may now shrink lab05-webserver to 2 VMs, "
            "and what it removes loses its disks",
        ),
    ]


def test_an_hpa_that_goes_leaves_the_replicas_of_the_configuration() -> None:
    before, after = lab("{cpuRequest: '1'}"), lab("{autoscaling: , cpuRequest: '1'}")
    assert told_of(before, after) == [
        (
            "scale-in",
            "Up to 3 VMs of lab05-webserver, chosen at random, are removed: "
            f"everything on up to 3 disks {DISKS} is lost",
        ),
        ("other objects only", "HPA lab05-webserver is removed"),
    ]
    assert told_of(before, after, 5)[0] == (
        "scale-in",
        "3 of 5 VMs of lab05-webserver, chosen at random, are removed: "
        f"everything on 3 disks {DISKS} is lost",
    )
    assert worst(effects(before, after, replicas=2)) is Severity.OTHER


def test_a_parked_pool_has_neither_hpa_nor_vms() -> None:
    assert told_of(LAB, lab("replicas: 0"), 3) == [
        (
            "scale-in",
            f"All 3 VMs of lab05-webserver are removed: everything on 3 disks {DISKS} is lost",
        ),
        ("other objects only", "HPA lab05-webserver is removed"),
    ]
