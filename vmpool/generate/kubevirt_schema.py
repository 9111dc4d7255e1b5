"""JSON Schemas of KubeVirt's own types, for the keys of a stack that hold them.

They are those of all versions that are known: which one a cluster has, a schema cannot tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubevirt_vm_pool.kubevirt.fields import Field, field_at, fields
from kubevirt_vm_pool.spec.kubevirt_keys import DOMAIN, KEYS
from kubevirt_vm_pool.spec.values import QUANTITY_SCHEMA

Schema = dict[str, Any]

SCALARS: Mapping[str, Schema] = {
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "int32": {"type": "integer"},
    "int64": {"type": "integer"},
    "quantity": QUANTITY_SCHEMA,
    "int-or-string": {"type": ["integer", "string"]},
    "duration": {"type": "string"},
    "time": {"type": "string"},
    "anything": {"type": "object"},
}


def of_keys(definitions: Schema) -> dict[str, Schema]:
    """Return the schemas of the keys' values; the types that they need are added to definitions."""
    shapes = {key: _value(field_at(row.place)[1], definitions) for key, row in KEYS.items()}
    memory = _value(field_at((*DOMAIN, "memory"))[1], definitions)
    return shapes | {"memory": {"anyOf": [QUANTITY_SCHEMA, memory]}}


def _value(field: Field, definitions: Schema) -> Schema:
    single = (
        _reference(field.of, definitions)
        if field.of in fields().types
        else {**SCALARS[field.of], **({"enum": list(field.enum)} if field.enum else {})}
    )
    if field.is_map:
        return {"type": "object", "additionalProperties": single}
    return {"type": "array", "items": single} if field.is_list else single


def _reference(name: str, definitions: Schema) -> Schema:
    if name not in definitions:
        members = fields().types[name]
        definitions[name] = {}
        required = [key for key, field in members.items() if field.required]
        definitions[name] = {
            "type": "object",
            "properties": {key: _value(field, definitions) for key, field in members.items()},
            **({"required": required} if required else {}),
            "additionalProperties": False,
        }
    return {"allOf": [{"$ref": f"#/$defs/{name}"}]}
