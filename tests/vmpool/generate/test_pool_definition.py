"""The schema of a pool's spec in the embedded control plane: whole, and right in its parts."""

from __future__ import annotations

from typing import Any

import pytest
from kubevirt_objects import every_place
from kubevirt_vm_pool.kubevirt.fields import Fields, fields, read

from vmpool.controlplane.crds import manifests
from vmpool.generate.pool_definition import LEFT_OUT, MORE, spec_schema

ROOT = fields().root


def made(root: str, **types: Any) -> Fields:
    """Return data of one release with these types."""
    return read({"versions": ["1.8", "1.9"], "root": root, "atomic": ["Ref"], "types": types})


def at(schema: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        schema = schema["items"] if step == 0 else schema["properties"][step]
    return schema


def test_every_field_of_the_newest_kubevirt_is_in_the_definition() -> None:
    versions = manifests()[0]["spec"]["versions"]
    for version in versions:
        spec = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
        for place in every_place(ROOT):
            if not LEFT_OUT.intersection(place.path):
                assert at(spec, place.path), place.path


def test_what_is_said_beyond_the_data_is_of_fields_that_there_are() -> None:
    for name, members in MORE.items():
        assert members.keys() <= fields().types[name].keys(), name


@pytest.mark.parametrize(
    ("field", "schema"),
    [
        ("string", {"type": "string"}),
        ("int64", {"type": "integer", "format": "int64"}),
        ("int-or-string", {"x-kubernetes-int-or-string": True}),
        ("anything", {"type": "object", "x-kubernetes-preserve-unknown-fields": True}),
        ("[string]", {"type": "array", "items": {"type": "string"}}),
        ("{boolean}", {"type": "object", "additionalProperties": {"type": "boolean"}}),
        ("Empty", {"type": "object"}),
        (
            "[Ref]",
            {
                "type": "array",
                "items": {
                    "type": "object",
                    "x-kubernetes-map-type": "atomic",
                    "required": ["name"],
                    "properties": {"name": {"type": "string"}},
                },
            },
        ),
        (
            {"type": "[string]", "unique": True},
            {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
        ),
        (
            {"type": "[Empty]", "keys": ["name"]},
            {
                "type": "array",
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
                "items": {"type": "object"},
            },
        ),
        ({"type": "string", "enum": ["A"]}, {"type": "string", "enum": ["A", ""]}),
        (
            {"type": "time", "nullable": True},
            {"type": "string", "format": "date-time", "nullable": True},
        ),
        # Of itself no schema can be made.
        ("Root", {"type": "object", "x-kubernetes-preserve-unknown-fields": True}),
    ],
)
def test_a_field_is_said_as_kubernetes_says_it(field: Any, schema: Any) -> None:
    ref = {"name": {"type": "string", "required": True}}
    known = made("Root", Root={"field": field}, Ref=ref, Empty={})
    assert spec_schema(known)["properties"] == {"field": schema}


def test_only_what_the_newest_version_has_and_requires_is_in_it() -> None:
    members = {
        "old": {"type": "string", "gone": "1.9"},
        "new": {"type": "string", "since": "1.9", "required": True},
        "free": {"type": "string", "requiredBefore": "1.9"},
    }
    schema = spec_schema(made("Root", Root=members))
    assert schema["required"] == ["new"]
    assert schema["properties"].keys() == {"new", "free"}
