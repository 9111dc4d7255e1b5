"""What a change of the Secrets that VMs are made from does."""

from __future__ import annotations

import pytest
from configurations import MARKER
from effect_rows import pool, told
from kubevirt_vm_pool.effects import effects
from lab_effects import LAB, lab, told_of


def test_new_cloud_init_documents_reach_new_vms_only_and_are_not_shown() -> None:
    found = effects(LAB, lab(f"password: {MARKER}"))
    assert told(found) == [
        (
            "new replicas only",
            "Only VMs created from now on get the new cloud-init documents of lab05-cloudinit: "
            "cloud-init runs once per instance",
        )
    ]
    assert found[0].changed == ("data.userdata",)


def test_a_renamed_cloud_init_secret_restarts_vms_and_runs_in_new_ones_only() -> None:
    assert told_of(LAB, lab("cloudInit: {secretName: other, timezone: Europe/Zurich}")) == [
        (
            "restart n at a time",
            "Up to 5 VMs of lab05-webserver restart one by one "
            "(those not ready: all at once); their disks stay; "
            "cloud-init does not run again on them",
        ),
        (
            "new replicas only",
            "Secret lab05-cloudinit becomes other: "
            "cloud-init runs from it only in VMs created from now on",
        ),
    ]


def test_a_cloud_init_secret_that_vms_still_need() -> None:
    without = {role: manifest for role, manifest in LAB.items() if role != "cloud-init"}
    assert told_of(LAB, without) == [
        (
            "restart all",
            "Secret lab05-cloudinit is deleted: VMs of lab05-webserver that start without it hang",
        )
    ]
    without["pool"] = pool()
    assert ("other objects only", "Secret lab05-cloudinit is removed") in told_of(LAB, without)


@pytest.mark.parametrize("key", ["data", "stringData"])
def test_no_value_of_a_secret_is_shown(key: str) -> None:
    secret = {**LAB["cloud-init"], key: {"userdata": MARKER}}
    others = [{**secret, key: {"userdata": f"{MARKER}2"}}, {**secret, "type": MARKER}, None]
    for other in others:
        after = {**LAB, "cloud-init": other} if other else {}
        assert MARKER not in repr(effects({**LAB, "cloud-init": secret}, after))
