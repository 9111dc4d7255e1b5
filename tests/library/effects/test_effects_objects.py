"""What a change of the whole stack, or of objects that no VM is made from, does."""

from __future__ import annotations

import copy

import pytest
from kubevirt_vm_pool.effects import effects
from lab_effects import DISKS, LAB, lab, told_of


def test_the_same_objects_have_no_effect() -> None:
    assert effects(LAB, copy.deepcopy(LAB)) == []
    assert effects({}, {}) == []
    assert effects(LAB, LAB, replicas=4) == []


def test_a_new_stack_creates_vms_and_other_objects() -> None:
    assert told_of({}, LAB) == [
        ("new replicas only", "2 VMs of lab05-webserver are created"),
        ("other objects only", "HPA lab05-webserver is created"),
        ("other objects only", "Secret lab05-cloudinit is created"),
        ("other objects only", "Service lab05-webserver is created"),
    ]


def test_a_stack_that_goes_loses_every_disk() -> None:
    assert told_of(LAB, {})[0] == (
        "disk loss",
        "lab05-webserver is deleted with all its VMs, up to 5: "
        f"everything on up to 5 disks {DISKS} is lost",
    )
    assert [label for label, _ in told_of(LAB, {})[1:]] == ["other objects only"] * 3


def test_labels_on_every_object_leave_the_vms_alone() -> None:
    found = told_of(LAB, lab("labels: {team: blue}"))
    assert {label for label, _ in found} == {"other objects only"}
    assert len(found) == len(LAB)


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("{type: ClusterIP, ports: [{port: 8080, targetPort: 80}]}", "is reached in another way"),
        (
            "{type: NodePort, ports: [{port: 80, name: http}]}",
            "gets a port on every node; inside the cluster its address stays",
        ),
    ],
)
def test_a_service_only_leads_to_vms(service: str, expected: str) -> None:
    before = lab("{service: {type: ClusterIP, ports: [{port: 80, name: http}]}}")
    assert told_of(before, lab(f"service: {service}")) == [
        (
            "other objects only",
            f"Service lab05-webserver {expected}; no VM restarts for that",
        )
    ]


def test_a_service_with_another_selector_leads_to_other_pods() -> None:
    service = copy.deepcopy(LAB["service"])
    service["spec"]["selector"] = {"app": "other"}
    assert told_of(LAB, {**LAB, "service": service}) == [
        (
            "other objects only",
            "Service lab05-webserver leads to other pods; no VM restarts for that",
        )
    ]


def test_an_object_that_nobody_knows_is_another_object() -> None:
    budget = {"kind": "PodDisruptionBudget", "metadata": {"name": "pdb"}, "spec": {"a": 1}}
    assert told_of(LAB, {**LAB, "pdb": budget}) == [
        ("other objects only", "PodDisruptionBudget pdb is created")
    ]
    assert told_of({"pdb": budget}, {"pdb": {**budget, "spec": {"a": 2}}}) == [
        ("other objects only", "PodDisruptionBudget pdb changes; no VM restarts for that")
    ]
    assert told_of({"pdb": budget}, {"pdb": {**budget, "metadata": {"name": "b"}}}) == [
        ("other objects only", "PodDisruptionBudget pdb becomes b")
    ]


def test_a_renamed_stack_is_a_new_pool() -> None:
    found = told_of(LAB, lab("name: shop"), 2)
    assert found[0] == (
        "replace",
        "lab05-webserver is replaced by shop: all 2 VMs are deleted "
        f"and everything on 2 disks {DISKS} is lost",
    )
    assert ("other objects only", "HPA lab05-webserver becomes shop") in found
