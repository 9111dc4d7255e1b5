"""`template`, merged over what the other keys make, in the pool and in what is shown of it."""

from __future__ import annotations

import copy
from typing import Any

from configurations import MARKER, specification
from kubevirt_objects import every_place, object_with, sound
from kubevirt_vm_pool.effects.lookup import at
from kubevirt_vm_pool.kubevirt.list_keys import PATCH
from kubevirt_vm_pool.kubevirt.secret_fields import may_be_secret, secret_places
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.manifests.virtual_machine_pool import virtual_machine, virtual_machine_pool

from vmpool.manifest_yaml import as_yaml, redacted

VM = ("spec", "virtualMachineTemplate", "spec")
GUEST = (*VM, "template", "spec")


def pool(template: dict[str, Any]) -> dict[str, Any]:
    """Return the pool of the dev stack with a template."""
    return virtual_machine_pool(specification({"template": template}))


def of_the_guest(spec: dict[str, Any]) -> dict[str, Any]:
    return {"template": {"spec": spec}}


def test_without_a_template_the_pool_is_what_the_keys_make() -> None:
    without, with_an_empty = specification(), specification("template: {}")
    assert objects(with_an_empty) == objects(without)
    assert at(virtual_machine_pool(without), *VM) == virtual_machine(without)


def test_elements_of_lists_are_found_by_name_and_the_others_stay() -> None:
    made = pool(
        of_the_guest({"domain": {"devices": {"disks": [{"name": "cloudinitdisk", "serial": "1"}]}}})
    )
    assert at(made, *GUEST, "domain", "devices", "disks") == [
        {"name": "datavolumedisk", "disk": {"bus": "virtio"}},
        {"name": "cloudinitdisk", "disk": {"bus": "virtio"}, "serial": "1"},
    ]


def test_null_removes_a_member_and_delete_an_element() -> None:
    gone = [{"name": "cloudinitdisk", PATCH: "delete"}]
    guest = {
        "readinessProbe": None,
        "volumes": gone,
        "domain": {"devices": {"disks": gone}},
    }
    made = at(pool(of_the_guest(guest)), *GUEST)
    assert "readinessProbe" not in made
    assert [volume["name"] for volume in made["volumes"]] == ["datavolumedisk"]
    assert [disk["name"] for disk in made["domain"]["devices"]["disks"]] == ["datavolumedisk"]


def test_nothing_but_the_vms_changes() -> None:
    before = objects(specification())
    after = objects(specification({"template": of_the_guest({"domain": {"cpu": {"model": "a"}}})}))
    assert at(after["pool"], *GUEST, "domain", "cpu") == {"cores": 1, "model": "a"}
    del before["pool"]["spec"]["virtualMachineTemplate"]
    del after["pool"]["spec"]["virtualMachineTemplate"]
    assert after == before


def test_what_was_given_stays_as_it_is() -> None:
    spec = specification({"template": of_the_guest({"domain": {"cpu": {"model": "a"}}})})
    before = copy.deepcopy(spec.template)
    virtual_machine_pool(spec)["spec"]["virtualMachineTemplate"]["spec"]["template"]["x"] = 1
    assert spec.template == before


# --- secrets -------------------------------------------------------------------------------------

DOCUMENT = {"name": "more", "cloudInitNoCloud": {"userData": MARKER}}
WITH_DOCUMENT = of_the_guest({"volumes": [DOCUMENT], "domain": {"cpu": {"model": "mine"}}})


def test_only_documents_and_headers_of_all_fields_may_be_secret() -> None:
    fields = {
        place.name: place
        for place in every_place()
        for path in secret_places(object_with(place.path, sound(place)))
        if may_be_secret(path)
    }
    assert fields.keys() == {
        *("userData", "userDataBase64", "networkData", "networkDataBase64", "extraHeaders"),
        "value",  # of a probe's header, and of nothing else
    }
    for place in every_place():
        single = not place.field.is_list and not isinstance(sound(place), dict)
        of_header = "httpHeaders" in place.path and place.name == "value"
        if single and (place.name not in fields or (place.name == "value" and not of_header)):
            assert not may_be_secret(place.path), place.path


def test_what_is_printed_of_a_pool_has_all_but_its_documents() -> None:
    made = pool(WITH_DOCUMENT)
    text = as_yaml([made])
    assert MARKER not in text
    assert "userData: '[secret]'" in text
    assert "model: mine" in text
    assert MARKER in as_yaml([made], show_secrets=True)
    assert redacted(pool({})) == pool({})
