"""The disks of a VM: what it boots from, further ones, and those that are its own."""

from __future__ import annotations

from typing import Any

import pytest
from configurations import given, specification
from kubevirt_vm_pool.manifests.objects import objects
from varied_pools import VARIED

Object = dict[str, Any]

every = pytest.mark.parametrize("changes", VARIED.values(), ids=VARIED)


def vm_of(changes: str) -> Object:
    """Return the VirtualMachine's spec in the template of a changed Pulumi.dev.yaml."""
    pool = objects(specification(changes))["pool"]
    vm: Object = pool["spec"]["virtualMachineTemplate"]["spec"]
    return vm


def templates_of(changes: str) -> list[Object]:
    templates: list[Object] = vm_of(changes).get("dataVolumeTemplates", [])
    return templates


def devices_of(changes: str) -> list[Object]:
    disks: list[Object] = vm_of(changes)["template"]["spec"]["domain"]["devices"]["disks"]
    return disks


def volumes_of(changes: str) -> list[Object]:
    volumes: list[Object] = vm_of(changes)["template"]["spec"]["volumes"]
    return volumes


def claims_of(changes: str) -> list[str]:
    return [
        volume["persistentVolumeClaim"]["claimName"]
        for volume in volumes_of(changes)
        if "persistentVolumeClaim" in volume
    ]


# --- what holds for every configuration ----------------------------------------------------------


@every
def test_the_names_of_disks_begin_with_the_pools(changes: str) -> None:
    name = specification(changes).name
    names = [template["metadata"]["name"] for template in templates_of(changes)]
    assert [one for one in names if not one.startswith(f"{name}-")] == []


@every
def test_every_claim_is_a_disk_of_each_vms_own(changes: str) -> None:
    named = [template["metadata"]["name"] for template in templates_of(changes)]
    assert claims_of(changes) == named


@every
def test_every_disk_has_its_volume(changes: str) -> None:
    disks = [disk["name"] for disk in devices_of(changes)]
    assert disks == [volume["name"] for volume in volumes_of(changes)]
    assert len(set(disks)) == len(disks)


@every
def test_what_is_booted_from_comes_first(changes: str) -> None:
    kinds = {"persistentVolumeClaim", "containerDisk", "ephemeral"}
    assert len(kinds & volumes_of(changes)[0].keys()) == 1


@every
def test_a_source_in_the_cluster_names_its_namespace(changes: str) -> None:
    sources = [template["spec"].get("source", {}) for template in templates_of(changes)]
    named = [source[kind] for source in sources for kind in ("pvc", "snapshot") if kind in source]
    assert [place for place in named if "namespace" not in place] == []


@every
def test_a_disk_has_one_source_and_one_claim(changes: str) -> None:
    for template in templates_of(changes):
        said = template["spec"].keys()
        assert (len(said & {"source", "sourceRef"}), len(said & {"pvc", "storage"})) == (1, 1)


@every
def test_what_a_storage_profile_does_not_say_is_said(changes: str) -> None:
    """CDI refuses a pvc without access modes or size (datavolume-validate.go)."""
    for template in templates_of(changes):
        if claim := template["spec"].get("pvc"):
            assert claim["accessModes"]
            assert claim["resources"]["requests"].keys() == {"storage"}


# --- what VMs boot from --------------------------------------------------------------------------


def test_without_a_disk_of_its_own_a_vm_has_no_templates_of_one() -> None:
    for changes in (VARIED["container disk"], VARIED["ephemeral"]):
        assert "dataVolumeTemplates" not in vm_of(changes)


def test_a_container_disk_is_said_in_kubevirts_words() -> None:
    assert volumes_of(VARIED["container disk"])[0] == {
        "name": "datavolumedisk",
        "containerDisk": {
            "image": "quay.io/containerdisks/fedora:42",
            "imagePullPolicy": "IfNotPresent",
            "imagePullSecret": "pull",
            "path": "/disk/a.qcow2",
        },
    }
    assert devices_of(VARIED["container disk"])[0] == {
        "name": "datavolumedisk",
        "disk": {"bus": "sata"},
        "cache": "none",
    }


def test_every_setting_of_a_disk_comes_out() -> None:
    changes = VARIED["disk of every setting"]
    assert devices_of(changes)[0] == {
        "name": "datavolumedisk",
        "disk": {"bus": "scsi"},
        "bootOrder": 1,
        "cache": "none",
        "io": "native",
    }
    (template,) = templates_of(changes)
    assert template["spec"] == {
        "pvc": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "9Gi"}},
            "volumeMode": "Block",
        },
        "source": {"blank": {}},
    }


def test_the_storage_profile_says_what_is_not_said() -> None:
    (template,) = templates_of("disk: {storage: true, source: {pvc: {name: golden}}}")
    assert template["spec"]["storage"] == {}


def test_what_is_said_beside_the_storage_profile_is_taken() -> None:
    (template,) = templates_of(
        "disk: {storage: true, size: 8Gi, accessModes: [ReadWriteMany], storageClassName: fast,"
        " source: {pvc: {name: golden}}}"
    )
    assert template["spec"]["storage"] == {
        "accessModes": ["ReadWriteMany"],
        "resources": {"requests": {"storage": "8Gi"}},
        "storageClassName": "fast",
    }


@pytest.mark.parametrize("source", ["blank: {}", 'http: {url: "https://a.b/c"}', "upload: {}"])
def test_the_storage_profile_does_not_say_the_size_of_what_is_no_clone(source: str) -> None:
    (template,) = templates_of(f"disk: {{storage: true, source: {{{source}}}}}")
    assert template["spec"]["storage"] == {"resources": {"requests": {"storage": "6Gi"}}}


# --- buses ---------------------------------------------------------------------------------------


def test_without_a_preference_a_disk_is_on_the_virtio_bus() -> None:
    changes = "volumes: [{name: a, configMap: {name: a}}]\ndisks: {b: {emptyDisk: {capacity: 1Gi}}}"
    assert [disk["disk"]["bus"] for disk in devices_of(changes)] == ["virtio"] * 4


def test_beside_a_preference_only_a_bus_that_is_said_is_said() -> None:
    """KubeVirt takes preferredDiskBus only where no bus is said (preference/apply/disk.go)."""
    disks = devices_of(VARIED["further disks beside a preference"])
    assert {disk["name"]: disk["disk"] for disk in disks} == {
        "datavolumedisk": {},
        "cloudinitdisk": {},
        "c": {},
        "a": {},
        "b": {"bus": "sata"},
    }


def test_the_bus_of_a_cdrom_is_kubevirts_choice() -> None:
    assert devices_of("disks: {a: {containerDisk: {image: b}, type: cdrom}}")[2]["cdrom"] == {}


# --- further disks -------------------------------------------------------------------------------


def test_further_disks_of_every_kind_are_said_in_kubevirts_words() -> None:
    files = [
        {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}},
        {
            "path": "cpu",
            "mode": 292,
            "resourceFieldRef": {
                "resource": "limits.cpu",
                "containerName": "compute",
                "divisor": "1m",
            },
        },
    ]
    claim = "persistentVolumeClaim"
    assert volumes_of(VARIED["further disks of every kind"])[2:] == [
        {"name": "a", claim: {"claimName": "lab05-webserver-a"}},
        {"name": "b-c", claim: {"claimName": "lab05-webserver-b.c"}},
        {"name": "e", "containerDisk": {"image": "drivers"}},
        {"name": "f", "ephemeral": {claim: {"claimName": "g"}}},
        {"name": "h", "emptyDisk": {"capacity": "2Gi"}},
        {"name": "i", "sysprep": {"secret": {"name": "j"}}},
        {"name": "k", "sysprep": {"configMap": {"name": "j"}}},
        {"name": "l", "configMap": {"name": "m", "optional": True}},
        {"name": "n", "secret": {"secretName": "o", "volumeLabel": "p"}},
        {"name": "q", "downwardAPI": {"volumeLabel": "r", "fields": files}},
        {"name": "s", "serviceAccount": {"serviceAccountName": "default"}},
    ]


def test_the_devices_of_further_disks_are_said_in_kubevirts_words() -> None:
    devices = {disk["name"]: disk for disk in devices_of(VARIED["further disks of every kind"])}
    a_disk = {"disk": {"bus": "virtio"}}
    assert devices["a"] == {"name": "a", **a_disk, "cache": "none", "shareable": True}
    assert devices["b-c"] == {"name": "b-c", "lun": {"bus": "scsi"}}
    assert devices["e"] == {"name": "e", "cdrom": {"bus": "sata", "readonly": True}}
    assert devices["f"] == {"name": "f", **a_disk, "bootOrder": 2}
    assert devices["i"] == {"name": "i", "cdrom": {}}
    assert devices["k"] == {"name": "k", **a_disk}


def test_further_disks_are_in_the_order_of_their_names_however_they_are_written() -> None:
    """The engine hands on the members of an object in the order of their names."""
    config = given("disks: {b: {emptyDisk: {capacity: 1Gi}}, a: {emptyDisk: {capacity: 1Gi}}}")
    assert list(config["disks"]) == ["b", "a"]
    pool = objects(specification(config))["pool"]
    volumes = pool["spec"]["virtualMachineTemplate"]["spec"]["template"]["spec"]["volumes"]
    assert [volume["name"] for volume in volumes[2:]] == ["a", "b"]


NAMES = ("a", "b", "a-b", "b-a", "a-a", "a-b-a")


def test_no_two_pools_of_a_namespace_come_to_the_same_disk() -> None:
    """KubeVirt takes a disk of the name that it looks for, whosever it is (VEP 379)."""
    disks = ", ".join(f"{name}: {{size: 1Gi, source: {{blank: {{}}}}}}" for name in NAMES)
    names = [
        template["metadata"]["name"]
        for pool in (*NAMES, "a-disk", "a-b-disk")
        for template in templates_of(f"name: {pool}\ndisks: {{{disks}}}")
    ]
    assert len(set(names)) == len(names) == 8 * 7


# --- golden images of another namespace ----------------------------------------------------------


def test_every_image_of_another_namespace_may_be_cloned() -> None:
    made = objects(specification(VARIED["clone access to several images"]))
    (rule,) = made["clone-role"]["rules"]
    assert rule["resourceNames"] == ["data", "golden"]
    assert made["clone-role"]["metadata"]["namespace"] == "images"


def test_where_a_further_disk_is_from_a_data_source_any_image_may_be_cloned() -> None:
    made = objects(
        specification(
            "cloneAccess: true\ndisks: {a: {size: 1Gi, source: {dataSource: {name: a, "
            "namespace: images}}}}"
        )
    )
    (rule,) = made["clone-role"]["rules"]
    assert "resourceNames" not in rule
