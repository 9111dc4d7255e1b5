"""What updates do to a pool whose number of VMs is for others to say."""

from __future__ import annotations

from lab_effects import LAB, lab, told_of

EXTERNAL = lab("autoscaling: {external: true}")


def test_others_take_over_from_the_hpa_and_no_vm_comes_or_goes() -> None:
    told = told_of(LAB, EXTERNAL)
    assert (
        "nothing",
        "From now on others say how many VMs lab05-webserver has, and updates leave the number "
        "as it is",
    ) in told
    assert ("other objects only", "HPA lab05-webserver is removed") in told
    # The CPU request, which was for the HPA, goes.
    assert told[0][0] == "restart n at a time"


def test_another_number_is_for_others_to_say() -> None:
    more = lab("{replicas: 4, autoscaling: {external: true}}")
    assert told_of(EXTERNAL, more) == [
        (
            "nothing",
            "The number of VMs of lab05-webserver stays: it is for whoever scales it to say",
        )
    ]


def test_how_many_vms_an_update_reaches_nobody_knows() -> None:
    changed = lab("{cores: 2, autoscaling: {external: true}}")
    assert told_of(EXTERNAL, changed) == [
        (
            "restart n at a time",
            "VMs of lab05-webserver restart one by one (those not ready: all at once); "
            "their disks stay",
        )
    ]
    assert told_of(EXTERNAL, changed, replicas=7)[0][1].startswith("7 VMs of lab05-webserver")


def test_the_number_comes_back_when_others_no_longer_scale() -> None:
    fixed = lab("{replicas: 2, autoscaling: }")
    severity, text = told_of(EXTERNAL, fixed, replicas=5)[0]
    assert (severity, text.partition(",")[0]) == ("scale-in", "3 of 5 VMs of lab05-webserver")
    assert told_of(EXTERNAL, fixed)[0][0] == "scale-in"


def test_a_pool_that_is_parked_loses_its_vms() -> None:
    parked = lab("{replicas: 0, autoscaling: {external: true}}")
    assert told_of(EXTERNAL, parked, replicas=3)[0][1].startswith("All 3 VMs of lab05-webserver")
