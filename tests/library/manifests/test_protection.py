"""What keeps VMs running and traffic wanted: budget, eviction strategy and network policy."""

from __future__ import annotations

from typing import Any

import pytest
from configurations import specification
from good_configurations import WITH_MORE_OBJECTS
from kubevirt_vm_pool.manifests.disruption_budget import disruption_budget
from kubevirt_vm_pool.manifests.network_policy import network_policy
from kubevirt_vm_pool.manifests.objects import objects
from stack_schema import refusals, stack_file

from vmpool.controlplane.client import Cluster

Object = dict[str, Any]

PLURALS = {
    "PodDisruptionBudget": "poddisruptionbudgets",
    "NetworkPolicy": "networkpolicies",
    "VirtualMachinePool": "virtualmachinepools",
}
POOLS_LABEL = {"kubevirt.io/vmpool": "lab05-webserver"}


def ingress(changes: str) -> Object:
    """Return the one rule of a NetworkPolicy."""
    (rule,) = network_policy(specification(changes))["spec"]["ingress"]
    return dict(rule)


def vmi(changes: str) -> Object:
    pool = objects(specification(changes))["pool"]
    return dict(pool["spec"]["virtualMachineTemplate"]["spec"]["template"]["spec"])


def test_nothing_of_it_is_there_unless_somebody_asks_for_it() -> None:
    assert {"disruption-budget", "network-policy"}.isdisjoint(objects(specification()))


@pytest.mark.parametrize("make", [disruption_budget, network_policy])
def test_there_is_none_to_make_where_none_is_asked_for(make: Any) -> None:
    with pytest.raises(ValueError, match="a pool without"):
        make(specification())


# --- disruption budget ---------------------------------------------------------------------------


def test_a_budget_keeps_a_number_of_the_pools_vms() -> None:
    budget = disruption_budget(specification("disruptionBudget: {minAvailable: 1}"))
    assert budget["spec"] == {"minAvailable": 1, "selector": {"matchLabels": POOLS_LABEL}}


def test_a_parked_pool_has_no_budget() -> None:
    made = objects(specification("disruptionBudget: {minAvailable: 1}\nreplicas: 0"))
    assert "disruption-budget" not in made


# --- eviction strategy ---------------------------------------------------------------------------


def test_an_eviction_strategy_is_in_the_template_of_the_vms() -> None:
    assert vmi("evictionStrategy: LiveMigrateIfPossible")["evictionStrategy"] == (
        "LiveMigrateIfPossible"
    )


def test_without_an_eviction_strategy_the_clusters_own_applies() -> None:
    assert "evictionStrategy" not in vmi("")


# --- network policy ------------------------------------------------------------------------------


def test_a_policy_is_for_the_pools_vms_and_what_they_receive() -> None:
    policy = network_policy(specification("networkPolicy: {from: []}"))["spec"]
    assert policy["podSelector"] == {"matchLabels": POOLS_LABEL}
    assert policy["policyTypes"] == ["Ingress"]


def test_a_policy_opens_the_ports_that_the_service_sends_to() -> None:
    rule = ingress(
        "networkPolicy: {from: []}\nservice: {ports: [{port: 80, name: web, targetPort: 8080},"
        " {port: 53, name: dns, protocol: UDP}]}"
    )
    assert rule["ports"] == [{"protocol": "TCP", "port": 8080}, {"protocol": "UDP", "port": 53}]


def test_a_port_of_several_service_ports_is_opened_once() -> None:
    rule = ingress(
        "networkPolicy: {from: []}\nservice: {ports: [{port: 80, name: a, targetPort: 8080},"
        " {port: 8080, name: b}]}"
    )
    assert rule["ports"] == [{"protocol": "TCP", "port": 8080}]


def test_a_policy_lets_in_the_peers_that_are_listed() -> None:
    peers = [{"namespaceSelector": {"matchLabels": {"team": "web"}}}, {"podSelector": {}}]
    assert (
        ingress(
            "networkPolicy: {from: [{namespaceSelector: {matchLabels: {team: web}}},"
            " {podSelector: {}}]}"
        )["from"]
        == peers
    )


def test_a_policy_that_lists_nobody_lets_in_everybody() -> None:
    assert "from" not in ingress("networkPolicy: {from: []}")


# --- all -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", WITH_MORE_OBJECTS)
def test_the_api_server_stores_every_object_as_it_is(cluster: Cluster, changes: str) -> None:
    for manifest in objects(specification(changes)).values():
        if manifest["kind"] in PLURALS:
            manifest["metadata"]["namespace"] = "default"
            place = f"/apis/{manifest['apiVersion']}/namespaces/default/{PLURALS[manifest['kind']]}"
            status, stored = cluster.request(
                "POST", f"{place}?fieldValidation=Strict&dryRun=All", manifest
            )
            assert status == 201, stored
            assert stored["spec"] == manifest["spec"]


@pytest.mark.parametrize("changes", WITH_MORE_OBJECTS)
def test_an_editor_accepts_what_the_program_accepts(changes: str) -> None:
    assert refusals(stack_file(changes)) == []


def test_an_editor_knows_the_shape_of_a_peer() -> None:
    assert refusals(stack_file("networkPolicy: {from: [{nameSpaceSelector: {}}]}")) != []
