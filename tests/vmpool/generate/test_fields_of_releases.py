"""KubeVirt's fields, read from made-up API descriptions of several releases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from kubevirt_vm_pool.kubevirt.fields import FILE, read

from vmpool.generate import kubevirt_fields
from vmpool.generate.kubevirt_fields import Description, as_json, data

TEXT = {"type": "string"}


def made(properties: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "description": "Words.", "properties": properties, **more}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/definitions/{name}"}


def release(number: str, api: str = "v1", **types: Mapping[str, Any]) -> Description:
    """Return a release whose pool has a field `vm` of type v1.VM."""
    pool = made({"vm": ref("v1.VM")})
    rest = {f"v1.{name}": said for name, said in types.items()}
    return Description(number, {f"{api}.VirtualMachinePoolSpec": pool, **rest})


def of_vm(*releases: Description) -> dict[str, Any]:
    """Return what is said of the fields of v1.VM."""
    found: dict[str, Any] = data(releases)["types"]["v1.VM"]
    return found


def test_a_field_that_was_always_there_is_its_type() -> None:
    number = {"type": "integer", "format": "int32"}
    many = {"type": "array", "items": ref("v1.Disk")}
    labels = {"type": "object", "additionalProperties": {**TEXT, "default": ""}}
    vm = made({"name": TEXT, "cores": number, "disks": many, "labels": labels})
    assert of_vm(release("1.8", VM=vm, Disk=made({}))) == {
        "cores": "int32",
        "disks": "[v1.Disk]",
        "labels": "{string}",
        "name": "string",
    }


def test_types_without_fields_are_named_by_what_they_hold() -> None:
    quantity = "k8s.io.apimachinery.pkg.api.resource.Quantity"
    free = "k8s.io.apimachinery.pkg.apis.meta.v1.FieldsV1"
    either = "k8s.io.apimachinery.pkg.util.intstr.IntOrString"
    vm = made(
        {
            "size": ref(quantity),
            "free": ref(free),
            "most": ref(either),
            "rng": ref("v1.Rng"),
            "port": {"type": ["string", "number"]},
            "made": {"type": ["string", "null"]},
        }
    )
    one = release("1.8", VM=vm, Rng={"type": "object"})
    shapes: dict[str, dict[str, Any]] = {
        quantity: {"type": ["string", "integer", "number"]},
        free: {"type": "object"},
        either: {"type": "string", "format": "int-or-string"},
    }
    said = data([Description("1.8", {**one.definitions, **shapes})])["types"]
    assert said["v1.VM"] == {
        "free": "anything",
        "made": {"nullable": True, "type": "time"},
        "most": "int-or-string",
        "port": "int-or-string",
        "rng": "v1.Rng",
        "size": "quantity",
    }
    assert said["v1.Rng"] == {}
    assert quantity not in said


def test_a_new_field_says_since_when() -> None:
    before, after = made({"a": TEXT}), made({"a": TEXT, "b": TEXT})
    found = of_vm(release("1.8", VM=before), release("1.9", VM=before), release("1.10", VM=after))
    assert found == {"a": "string", "b": {"since": "1.10", "type": "string"}}


def test_a_field_that_went_says_since_when() -> None:
    before, after = made({"a": TEXT, "b": ref("v1.Old")}), made({"a": TEXT})
    old = made({"c": TEXT}, required=["c"])
    found = data(
        [release("1.7", VM=before, Old=old), release("1.8", VM=before, Old=old)]
        + [release("1.9", VM=after)]
    )["types"]
    assert found["v1.VM"]["b"] == {"gone": "1.9", "type": "v1.Old"}
    assert found["v1.Old"] == {"c": {"required": True, "type": "string"}}


def test_a_member_is_as_old_as_its_place_though_the_type_there_is_new() -> None:
    before = made({"flush": ref("v1.State")})
    after = made({"flush": ref("v1.Flush")})
    state, flush = made({"enabled": TEXT}), made({"enabled": TEXT, "direct": TEXT})
    found = data(
        [release("1.7", VM=before, State=state)]
        + [release("1.8", VM=after, State=state, Flush=flush)]
    )["types"]
    assert found["v1.Flush"] == {
        "direct": {"since": "1.8", "type": "string"},
        "enabled": "string",
    }


def test_the_pool_of_another_version_of_its_api_is_the_same_pool() -> None:
    vm = made({"a": TEXT})
    found = data([release("1.6", "v1alpha1", VM=vm), release("1.7", "v1beta1", VM=vm)])
    assert found["root"] == "v1beta1.VirtualMachinePoolSpec"
    assert found["types"][found["root"]] == {"vm": "v1.VM"}


def test_what_is_required_no_longer_says_since_when() -> None:
    before, after = made({"a": TEXT, "b": TEXT}, required=["a", "b"]), made({"a": TEXT, "b": TEXT})
    after["required"] = ["b"]
    assert of_vm(release("1.5", VM=before), release("1.6", VM=after)) == {
        "a": {"requiredBefore": "1.6", "type": "string"},
        "b": {"required": True, "type": "string"},
    }


def test_enums_and_the_keys_of_lists_are_kept() -> None:
    keyed = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
    vm = made(
        {
            "how": {**TEXT, "enum": ["B", "A"]},
            "claims": {"type": "array", "items": TEXT, **keyed},
            "users": {"type": "array", "items": TEXT, "x-kubernetes-list-type": "set"},
        }
    )
    assert of_vm(release("1.9", VM=vm)) == {
        "claims": {"keys": ["name"], "type": "[string]"},
        "how": {"enum": ["A", "B"], "type": "string"},
        "users": {"type": "[string]", "unique": True},
    }


def test_the_file_has_a_line_for_each_type_and_no_description() -> None:
    text = as_json(data([release("1.9", VM=made({"a": TEXT}))]))
    assert '"v1.VM": {"a": "string"}' in text.replace(",\n", "\n").splitlines()
    assert "Words" not in text
    assert read(json.loads(text)).newest == (1, 9)


def test_the_file_is_as_it_is_written() -> None:
    said = json.loads(FILE.read_text(encoding="utf-8"))
    assert as_json(said) == FILE.read_text(encoding="utf-8")


def test_the_releases_are_taken_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kubevirt_fields, "FILE", tmp_path / "fields.json")
    for one in (release("1.9", VM=made({})), release("1.10", VM=made({"new": TEXT}))):
        said = json.dumps({"definitions": one.definitions})
        (tmp_path / one.version).write_text(said, encoding="utf-8")
    kubevirt_fields.main([f"1.10={tmp_path}/1.10", f"1.9={tmp_path}/1.9"])
    written = json.loads((tmp_path / "fields.json").read_text(encoding="utf-8"))
    assert written["versions"] == ["1.9", "1.10"]
    assert written["types"]["v1.VM"] == {"new": {"since": "1.10", "type": "string"}}


@pytest.mark.parametrize("arguments", [[], ["swagger.json"], ["1.9=nowhere.json"], ["1.9"]])
def test_arguments_that_name_no_release_are_told_how(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="VERSION=FILE, like 1.9=swagger.json"):
        kubevirt_fields.main(arguments)
