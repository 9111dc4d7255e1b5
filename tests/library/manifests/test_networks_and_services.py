"""The objects of pools with other networks, Services and cloud-init than the usual ones."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest
from cluster_fixtures import RunKubectl
from configurations import specification
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.outputs import exports

POD = {"name": "default", "pod": {}, "masquerade": {}}
SECOND = {"name": "storage", "multus": {"networkName": "networks/storage"}, "bridge": {}}
OWN_SECRET = {
    "perReplica": {"secrets": {"tls": {"a": "b"}}, "spare": 0},
    "volumes": [{"name": "tls", "secret": {"secretName": "tls"}}],
}
NO_CLOUD_INIT: dict[str, Any] = {"password": None, "cloudInit": False}


def guest(**changes: Any) -> Any:
    pool = objects(specification(changes))["pool"]
    return pool["spec"]["virtualMachineTemplate"]["spec"]["template"]["spec"]


def reach(**changes: Any) -> list[Any]:
    told = exports(specification(changes))
    return [told[key] for key in ("service", "host", "url")]


def names(guest: Any) -> list[str]:
    return [one["name"] for one in guest["volumes"]]


def test_the_pod_network_that_is_said_is_the_one_that_is_not_said() -> None:
    assert objects(specification({"networks": [POD]})) == objects(specification())


def test_a_network_is_said_once_and_has_an_item_in_both_lists() -> None:
    card = {
        "model": "e1000",
        "bootOrder": 2,
        "acpiIndex": 3,
        "pciAddress": "0000:81:01.1",
        "dhcpOptions": {"ntpServers": ["10.0.0.1"]},
        "state": "down",
        "tag": "a",
    }
    made = guest(networks=[POD, {**SECOND, **card}])
    assert made["networks"] == [
        {"name": "default", "pod": {}},
        {"name": "storage", "multus": {"networkName": "networks/storage"}},
    ]
    assert made["domain"]["devices"]["interfaces"] == [
        {"name": "default", "masquerade": {}},
        {"name": "storage", "bridge": {}, **card},
    ]


def test_without_networks_kubevirt_attaches_none_and_nothing_leads_to_the_vms() -> None:
    spec = specification({"networks": False})
    made = guest(networks=False)
    assert not {"networks", "readinessProbe"} & made.keys()
    assert made["domain"]["devices"]["autoattachPodInterface"] is False
    assert "interfaces" not in made["domain"]["devices"]
    assert set(objects(spec)) == {"cloud-init", "pool", "autoscaler"}
    assert reach(networks=False) == [None, None, None]


@pytest.mark.parametrize("said", [None, {"tcpSocket": {"port": 22}}])
def test_without_a_service_there_is_only_the_probe_that_is_said(said: Any) -> None:
    probe = guest(service=False, readinessProbe=said).get("readinessProbe")
    assert (probe and probe["tcpSocket"]) == (said and said["tcpSocket"])
    assert reach(service=False) == [None, None, None]


def test_a_headless_service_is_reached_at_the_port_of_the_vms() -> None:
    ports = [{"port": 80, "targetPort": 8080}]
    assert reach(service={"clusterIP": "None", "ports": ports})[2].endswith(":8080")


def test_a_further_service_has_the_ports_of_the_first_one_but_for_those_on_nodes() -> None:
    first = {"type": "NodePort", "ports": [{"port": 80, "nodePort": 30080}]}
    made = objects(specification({"service": first, "services": {"public": {}}}))
    one, two = (made[role]["spec"] for role in ("service", "service-public"))
    assert made["service-public"]["metadata"]["name"] == "lab05-webserver-public"
    assert two["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 80}]
    assert (one["selector"], two["type"]) == (two["selector"], "ClusterIP")


def test_what_a_service_says_of_kubernetes_own_comes_out_as_it_is() -> None:
    said = {
        "type": "LoadBalancer",
        "loadBalancerClass": "example.com/internal",
        "loadBalancerIP": "192.0.2.1",
        "loadBalancerSourceRanges": ["192.0.2.0/24"],
        "externalTrafficPolicy": "Local",
        "internalTrafficPolicy": "Cluster",
        "sessionAffinity": "ClientIP",
        "publishNotReadyAddresses": True,
        "ipFamilyPolicy": "PreferDualStack",
        "ipFamilies": ["IPv4", "IPv6"],
    }
    changes = {"service": {**said, "annotations": {"a": "2"}}, "annotations": {"a": "1", "b": "1"}}
    made = objects(specification(changes))["service"]
    assert {key: made["spec"][key] for key in said} == said
    assert made["metadata"]["annotations"] == {"a": "2", "b": "1"}


def test_a_network_policy_opens_the_ports_of_all_services() -> None:
    changes = {
        "networkPolicy": {"from": []},
        "services": {"a": {"ports": [{"port": 53, "protocol": "UDP"}]}},
    }
    (rule,) = objects(specification(changes))["network-policy"]["spec"]["ingress"]
    assert [(one["protocol"], one["port"]) for one in rule["ports"]] == [("TCP", 80), ("UDP", 53)]


def test_without_cloud_init_there_is_neither_secret_nor_volume_nor_disk() -> None:
    assert "cloud-init" not in objects(specification(NO_CLOUD_INIT))
    made = guest(**NO_CLOUD_INIT)
    assert names(made) == ["datavolumedisk"]
    assert [disk["name"] for disk in made["domain"]["devices"]["disks"]] == ["datavolumedisk"]


def test_of_an_existing_secret_there_is_the_reference_only() -> None:
    theirs = {"existingSecret": "vault", "existingNetworkDataSecret": "net", "type": "configDrive"}
    changes = {"password": None, "cloudInit": theirs}
    assert "cloud-init" not in objects(specification(changes))
    assert guest(**changes)["volumes"][1]["cloudInitConfigDrive"] == {
        "secretRef": {"name": "vault"},
        "networkDataSecretRef": {"name": "net"},
    }


@pytest.mark.parametrize("cloud_init", [False, {"existingSecret": "vault"}])
def test_replicas_without_documents_have_only_the_secrets_that_are_said(cloud_init: Any) -> None:
    changes = {**OWN_SECRET, "password": None, "cloudInit": cloud_init, "autoscaling": None}
    made = objects(specification(changes))
    assert [role for role in made if made[role]["kind"] == "Secret"] == [
        "secret-tls-0",
        "secret-tls-1",
    ]


def test_what_is_in_base64_is_kept_byte_for_byte() -> None:
    raw = gzip.compress(b"#cloud-config\n") + bytes(range(256))
    text = base64.encodebytes(raw).decode()
    network = base64.b64encode(b"\xff\x00").decode()
    settings = {"userDataBase64": text, "networkDataBase64": network}
    changes = {"password": None, "cloudInit": settings}
    data = objects(specification(changes))["cloud-init"]["data"]
    assert base64.b64decode(data["userdata"]) == raw
    assert data["networkdata"] == network
    assert "networkDataSecretRef" in guest(**changes)["volumes"][1]["cloudInitNoCloud"]


@pytest.mark.parametrize(
    "text",
    ['{"ignition": {"version": "3.4.0"}}', "#ps1\nWrite-Host ü\r\n", "version: v1alpha1\nmachine:"],
)
def test_what_another_guest_reads_passes_as_it_is(text: str) -> None:
    changes = {"password": None, "cloudInit": {"userData": text, "type": "configDrive"}}
    data = objects(specification(changes))["cloud-init"]["data"]
    assert base64.b64decode(data["userdata"]).decode() == text


@pytest.mark.parametrize(
    "changes",
    [
        {"networks": False},
        {"networks": [POD, SECOND], "networkInterfaceMultiqueue": True},
        NO_CLOUD_INIT,
        {"password": None, "cloudInit": {"existingSecret": "vault"}},
        {"service": {"clusterIP": "None"}},
        {
            "services": {
                "public": {
                    "type": "LoadBalancer",
                    "loadBalancerClass": "example.com/internal",
                    "loadBalancerSourceRanges": ["192.0.2.0/24"],
                    "externalTrafficPolicy": "Local",
                    "sessionAffinity": "ClientIP",
                }
            }
        },
    ],
    ids=str,
)
def test_an_api_server_takes_the_objects(
    changes: dict[str, Any], kubectl: RunKubectl, made_namespace: str
) -> None:
    for manifest in objects(specification({**changes, "namespace": made_namespace})).values():
        options = ("--server-side", "--dry-run=server", "-f", "-")
        kubectl("apply", *options, stdin=json.dumps(manifest))
