"""Networks, Services, and where cloud-init comes from: what is refused, told and accepted."""

from __future__ import annotations

import json

import pytest
from configurations import problems, specification
from kubevirt_vm_pool.validation.warnings import warnings

POD = "{name: default, pod: {}, masquerade: {}}"
SECOND = "{name: storage, multus: {networkName: networks/storage}, bridge: {}}"
STATIC = "cloudInit: {networkData: {version: 2, ethernets: {enp1s0: {addresses: [%s]}}}}"
IGNITION = json.dumps({"ignition": {"version": "3.4.0"}})
OWN_SECRET = (
    "perReplica: {secrets: {tls: {a: b}}}\nvolumes: [{name: tls, secret: {secretName: tls}}]"
)


def told(written: str) -> list[str]:
    assert [str(problem) for problem in problems(written)] == []
    return warnings(specification(written))


def user_data(text: str, more: str = "") -> str:
    return f"password:\ncloudInit: {{userData: {json.dumps(text)}{more}}}"


@pytest.mark.parametrize(
    "written",
    [
        "networks: false",
        "service: false",
        "password:\ncloudInit: false",
        f"password:\ncloudInit: false\n{OWN_SECRET}",
        "password:\ncloudInit: {existingSecret: a, existingNetworkDataSecret: a}",
        "cloudInit: {existingNetworkDataSecret: a}",
        f"networks: [{SECOND}]",
        f"networks: [{POD}, {SECOND}]",
        "networks: [{name: default, multus: {networkName: a, default: true}, bridge: {}}]",
        f"networks: [{POD}, {{name: fast, multus: {{networkName: sriov}}, sriov: {{}}}}]",
        "networks: [{name: default, pod: {}, binding: {name: passt}}]",
        "networks: [{name: default, pod: {}, passtBinding: {}, ports: [{port: 80}]}]",
        "networks: [{name: default, pod: {}, binding: {name: slirp}, ports: [{port: 22}]}]",
        # KubeVirt counts a bridge with this mark as one that migrates.
        "networks: [{name: default, pod: {}, bridge: {}}]\nevictionStrategy: LiveMigrate\n"
        "disk: {accessModes: [ReadWriteMany], source: {blank: {}}}\nvmAnnotations: "
        "{kubevirt.io/allow-pod-bridge-network-live-migration: ''}",
        "replicas: 1\nautoscaling:\nnetworks: [{name: default, pod: {}, masquerade: {},"
        " macAddress: '02:00:00:00:00:01'}]",
        STATIC.replace("{addresses", "{dhcp4: true, addresses") % "192.168.1.10/24",
        # What masquerade gives out by itself may be said, too.
        STATIC % "10.0.2.2/24",
        STATIC % "'fd10:0:2::2/120'",
        "networks: [{name: default, pod: {vmNetworkCIDR: 10.5.0.0/24}, masquerade: {}}]\n"
        + STATIC % "10.5.0.2/24",
        user_data(IGNITION, ", type: configDrive"),
        user_data("version: v1alpha1\nmachine: {type: worker}"),
        user_data("apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a"),
        user_data("#ps1_sysnative\nWrite-Host a"),
        user_data("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n\n--a"),
        "password:\ncloudInit: {userDataBase64: H4sIAAAAAAAAA0tMTEwEAA==}",
        "services: {a: {type: LoadBalancer, loadBalancerClass: example.com/internal}}",
        "service: false\nservices: {a: {ports: [{port: 80}]}}",
    ],
)
def test_what_is_sound_is_accepted_without_a_word(written: str) -> None:
    assert told(written) == []


@pytest.mark.parametrize(
    ("written", "word"),
    [
        (f"networks: [{POD}, {SECOND}]\n{STATIC % '10.9.9.9/24'}", "unless the guest does so"),
        (f"service: false\n{STATIC % '10.9.9.9/24'}", "virtctl ssh does not reach the VMs"),
        (user_data(IGNITION), "cloudInit.type: configDrive is read by every one"),
        (
            "service: {clusterIP: None, ports: [{port: 80, targetPort: 8080}]}",
            "answer on port 8080, not 80",
        ),
        ("service: false\nwaitForReady: true", "count as ready as soon as they run"),
        (
            f"networkPolicy: {{from: []}}\nnetworks: [{POD}, {SECOND}]",
            "guards the pod network, and not its networks storage",
        ),
        (
            f"password:\ncloudInit: {{existingSecret: theirs}}\n{OWN_SECRET}",
            "in place of theirs it looks for theirs-0 to theirs-6",
        ),
    ],
)
def test_what_is_right_and_may_surprise_is_told(written: str, word: str) -> None:
    (note,) = told(written)
    assert word in note


def test_the_network_data_of_a_replica_is_judged_as_it_is_merged() -> None:
    own = "perReplica: {networkData: {version: 2, ethernets: {enp1s0: {%s}}}}\n"
    assert problems(own % "dhcp4: true" + STATIC % "10.9.9.9/24") == ()
    (problem,) = problems(own % "mtu: 1400" + STATIC % "10.9.9.9/24")
    assert problem.key == "perReplica.networkData"
