"""What other Services, networks and sources of cloud-init do to VMs and to those who use them."""

from __future__ import annotations

from typing import Any

import pytest
from configurations import specification
from kubevirt_vm_pool.effects import effects
from kubevirt_vm_pool.manifests.objects import objects


def told(before: Any, after: Any) -> list[tuple[str, str]]:
    found = effects(*(objects(specification(one)) for one in (before, after)))
    return [(effect.severity.label, effect.text) for effect in found]


def service(**said: Any) -> dict[str, Any]:
    return {"service": said, "readinessProbe": {"guestAgentPing": {}}}


CLASS_A, CLASS_B = (
    service(type="LoadBalancer", loadBalancerClass=f"example.com/{name}") for name in "ab"
)


@pytest.mark.parametrize(
    ("before", "after", "happening"),
    [
        (
            service(),
            service(clusterIP="None"),
            "is deleted and made anew, without an address of its own: clients lose it",
        ),
        (service(clusterIP="None"), service(), "made anew, with another address"),
        (service(), service(clusterIP="10.96.0.9"), "made anew, with another address"),
        (CLASS_A, CLASS_B, "is deleted and made anew with another load balancer"),
        (
            service(),
            service(type="LoadBalancer"),
            "gets an external address from a load balancer; inside the cluster its address stays",
        ),
        (
            service(type="LoadBalancer"),
            service(),
            "loses its load balancer, and its external address with it",
        ),
        (service(type="NodePort"), service(), "loses its ports on the nodes"),
        (
            service(type="LoadBalancer"),
            service(type="LoadBalancer", loadBalancerSourceRanges=["192.0.2.0/24"]),
            "lets other clients in by its load balancer",
        ),
        (service(), service(sessionAffinity="ClientIP"), "is reached in another way"),
    ],
)
def test_of_a_service_is_told_what_its_clients_notice(
    before: Any, after: Any, happening: str
) -> None:
    ((label, text),) = told(before, after)
    assert label == "other objects only"
    assert text.startswith("Service lab05-webserver ")
    assert happening in text
    assert text.endswith("no VM restarts for that")


def test_a_service_that_goes_leaves_nothing_to_reach() -> None:
    without = {**service(), "service": False}
    assert told(service(type="LoadBalancer"), without) == [
        (
            "other objects only",
            "Service lab05-webserver is removed: its external address is given up, and its name "
            "and address lead nowhere",
        )
    ]


def test_a_further_service_touches_no_vm() -> None:
    assert told("", "services: {public: {type: LoadBalancer}}") == [
        ("other objects only", "Service lab05-webserver-public is created")
    ]


NETWORKS = "networks: [{name: default, pod: {}, masquerade: {}}, %s]"
ONE = "{name: a, multus: {networkName: a}, bridge: {}}"


@pytest.mark.parametrize(
    "after",
    [
        "networks: false\nreadinessProbe: {guestAgentPing: {}}",
        NETWORKS % ONE,
        "networkInterfaceMultiqueue: true",
        "networks: [{name: default, pod: {}, bridge: {}}]",
        "networks: [{name: default, pod: {}, masquerade: {}, state: down}]",
    ],
)
def test_other_networks_restart_the_vms_and_their_disks_stay(after: str) -> None:
    label, text = told("", after)[0]
    assert label == "restart n at a time"
    assert "their disks stay" in text
    assert "cloud-init" not in text


def test_from_one_source_to_the_other_cloud_init_runs_again() -> None:
    (_, text), *_ = told("", "cloudInit: {secretName: lab05-cloudinit, type: configDrive}")
    assert "restart" in text
    assert "cloud-init runs again on them, as for a new VM" in text


def test_without_cloud_init_the_vms_restart_and_the_secret_goes() -> None:
    found = dict(told("", {"password": None, "cloudInit": False})[::-1])
    assert "restart" in found["restart n at a time"]
    assert found["other objects only"] == "Secret lab05-cloudinit is removed"


def test_somebody_elses_secret_in_place_of_the_stacks_does_not_run_cloud_init_again() -> None:
    (_, text), *_ = told("", {"password": None, "cloudInit": {"existingSecret": "vault"}})
    assert "cloud-init does not run again on them" in text


def test_the_stacks_own_secret_given_away_would_take_it_from_the_vms() -> None:
    """Of the same name: the stack deletes what somebody else was to keep."""
    theirs = {"password": None, "cloudInit": {"existingSecret": "lab05-cloudinit"}}
    label, text = told("", theirs)[0]
    assert label == "restart all"
    assert text.startswith("Secret lab05-cloudinit is deleted")
