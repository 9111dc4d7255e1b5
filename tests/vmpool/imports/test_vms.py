"""VMs as people write them, imported: by which key each is said, and which differences are told."""

from __future__ import annotations

import pytest
from imported_stacks import STACK, made_of
from kubevirt_vm_pool.text.paths import dotted
from manifests_to_import import BECOMING_A_POOL, BY_KEYS, OWN_DISK, WITH_DIFFERENCES, vm

from vmpool.console import UserError
from vmpool.imports.conversion import Imported, imported
from vmpool.imports.difference import differing
from vmpool.imports.manifests import chosen, objects_in

# A VM's pods, and so its pool's VMs, have the pool's label, by which Services know them.
OF_A_POOL = {"template.metadata.labels.kubevirt.io/vmpool"}


def of(text: str) -> Imported:
    """Return what is imported of manifests."""
    return imported(chosen(objects_in(text, "vm.yaml")), STACK)


def of_vms(text: str, found: Imported) -> set[str]:
    """Return the places where the VMs of the pool are made otherwise than the VM was."""
    was = chosen(objects_in(text, "vm.yaml")).workload["spec"]
    made = made_of(found)["pool"]["spec"]["virtualMachineTemplate"]["spec"]
    return {dotted(place.path) for place in differing(was, made)} - OF_A_POOL


@pytest.mark.parametrize(("key", "value", "text"), BY_KEYS.values(), ids=BY_KEYS)
def test_a_vm_is_said_by_the_key_for_it(key: str, value: object, text: str) -> None:
    found = of(text)
    # A key that says what is so anyway is left out: no Service where none could be.
    assert found.config.get(key, False) == value


@pytest.mark.parametrize(("key", "value", "text"), BY_KEYS.values(), ids=BY_KEYS)
def test_a_vm_that_needs_no_change_is_made_as_it_was(key: str, value: object, text: str) -> None:
    assert of_vms(text, of(text)) == set()


@pytest.mark.parametrize(("expected", "text"), WITH_DIFFERENCES.values(), ids=WITH_DIFFERENCES)
def test_every_difference_is_named_and_nothing_else(expected: list[str], text: str) -> None:
    told = [("! " if note.lost else "") + note.where for note in of(text).notes]
    others = [one for one in told if one not in BECOMING_A_POOL]
    assert others == expected


@pytest.mark.parametrize(
    "text", [row[1] for row in WITH_DIFFERENCES.values()], ids=WITH_DIFFERENCES
)
def test_what_was_imported_with_differences_is_a_sound_stack(text: str) -> None:
    found = of(text)
    made_of(found)
    assert found.problems == ""


@pytest.mark.parametrize("name", ["hostname", "identity", "MAC address"])
def test_what_would_be_the_same_for_all_vms_is_left_out(name: str) -> None:
    text = WITH_DIFFERENCES[name][1]
    assert len(of_vms(text, of(text))) == 1


def test_a_claim_that_all_vms_would_write_to_is_cloned_for_each() -> None:
    found = of(WITH_DIFFERENCES["a claim of its own"][1])
    assert found.config["disk"] == {"storage": True, "source": {"pvc": {"name": "web-root"}}}


def test_what_no_key_has_a_word_for_stands_below_template() -> None:
    text = BY_KEYS["container disk"][2].replace("rng: {}", "disableHotplug: true")
    found = of(text)
    domain = {"devices": {"disableHotplug": True}}
    assert found.config["template"] == {"template": {"spec": {"domain": domain}}}
    assert of_vms(text, found) == set()


def test_a_field_of_a_newer_kubevirt_makes_the_stack_one_of_that_version() -> None:
    text = BY_KEYS["container disk"][2].replace(
        "terminationGracePeriodSeconds: 60", "serviceAccountName: web"
    )
    found = of(text)
    assert (found.config.get("kubevirtVersion"), found.problems) == ("1.9", "")


def test_a_vm_that_no_key_can_boot_is_kept_all_the_same() -> None:
    text = BY_KEYS["container disk"][2].replace(
        "containerDisk: {image: 'quay.io/containerdisks/fedora:42'}", "emptyDisk: {capacity: 1Gi}"
    )
    assert of_vms(text, of(text)) == set()


def test_what_a_pool_must_not_have_is_kept_and_refused_in_words() -> None:
    text = BY_KEYS["container disk"][2].replace(
        "containerDisk: {image: 'quay.io/containerdisks/fedora:42'}",
        "hostDisk: {path: /a.img, type: Disk}",
    )
    assert "is one disk for all VMs of a node" in of(text).problems


def test_a_field_that_stands_elsewhere_is_left_out_with_its_place() -> None:
    notes = of(WITH_DIFFERENCES["fields that KubeVirt does not have"][1]).notes
    told = " ".join(note.text for note in notes if note.lost)
    assert "did you mean topologySpreadConstraints?" in told
    assert "its place is spec.template.spec.domain.ioThreadsPolicy" in told


def test_user_data_that_nobody_reads_is_passed_on_byte_for_byte() -> None:
    found = of(WITH_DIFFERENCES["user data that nobody reads"][1])
    assert found.config["cloudInit"] == {"userDataBase64": "SGkuXG4="}


def test_an_instancetype_that_an_image_names_stays_so_under_the_disks_new_name() -> None:
    found = of(WITH_DIFFERENCES["an instancetype that a claim names"][1])
    assert found.config["preference"] == {"inferFromVolume": "datavolumedisk"}
    pool = made_of(found)["pool"]["spec"]["virtualMachineTemplate"]["spec"]
    (volume,) = pool["template"]["spec"]["volumes"]
    assert volume == {"name": "datavolumedisk", "dataVolume": {"name": "web-disk"}}


def test_a_source_that_no_key_takes_is_refused_where_it_stands() -> None:
    found = of(
        vm(
            spec=OWN_DISK % "source: {registry: {url: quay.io/containerdisks/fedora}}",
            root="dataVolume: {name: web-disk}",
        )
    )
    assert "dataVolumeTemplates[0].spec.source.registry.url" in found.problems
    assert "must begin with docker://" in found.problems


def test_cpus_that_only_the_request_counts_are_counted_so_still() -> None:
    text = vm(domain="resources: {requests: {cpu: 2}, limits: {cpu: 2}}")
    assert (of(text).problems, of_vms(text, of(text))) == ("", set())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            vm(domain="cpu: two"),
            "VirtualMachine web: spec.template.spec.domain.cpu must be an object of keys and "
            "values; correct the manifest",
        ),
        (
            vm(network="networks: pod"),
            "VirtualMachine web: spec.template.spec.networks must be a list; correct the manifest",
        ),
        (
            vm(volumes="- {name: ci, cloudInitNoCloud: {userDataBase64: aGk}}"),
            "VirtualMachine web: spec.template.spec.volumes.cloudinitdisk.userDataBase64 is no "
            "base64, which KubeVirt refuses; give the text itself as userData",
        ),
    ],
)
def test_what_an_api_server_cannot_read_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(UserError) as refused:
        of(text)
    assert str(refused.value) == said
