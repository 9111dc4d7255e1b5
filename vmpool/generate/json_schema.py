"""The JSON Schema of a stack's file, for editors: made from the same models as the check.

A schema says what one value may be. What spans keys, what YAML hides in a text and most of what a
function checks only the program knows.

`make generate` writes schema/stack.json, which stack files name by
`# yaml-language-server: $schema=...`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kubevirt_vm_pool import stack_config
from kubevirt_vm_pool.spec.defaults import Declared, declared, kind_of
from kubevirt_vm_pool.spec.model import model_in
from kubevirt_vm_pool.spec.pool import PoolSpec
from kubevirt_vm_pool.spec.secrecy import marks
from kubevirt_vm_pool.text.paths import Path
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import models_json_schema

from ..stack.project import ROOT
from . import kubevirt_schema
from .shapes import SHAPES

FILE = ROOT / "schema" / "stack.json"

Schema = dict[str, Any]

# Draft 7 is what editors know best. It ignores what stands next to a $ref, hence _ref().
DRAFT = "http://json-schema.org/draft-07/schema#"

SECURE: Schema = {
    "description": "A secret that `pulumi config set --secret` encrypted.",
    "type": "object",
    "properties": {"secure": {"type": "string"}},
    "required": ["secure"],
    "additionalProperties": False,
}

# `pulumi config set replicas 3` writes "3".
AS_TEXT: Mapping[str, Schema] = {
    "integer": {"type": "string", "pattern": "^[0-9]+$"},
    "boolean": {"enum": ["true", "false"]},
}

PROVIDER: Mapping[str, str] = {
    "context": "Context of the kubeconfig that is used.",
    "kubeconfig": "Kubeconfig, or the path of one.",
    "clusterIdentifier": "Name of the cluster: only another one replaces every object.",
}

STACK: Mapping[str, Schema] = {
    "secretsprovider": {"type": "string"},
    "encryptedkey": {"type": "string"},
    "encryptionsalt": {"type": "string"},
    "environment": {"type": ["array", "object"]},
}


def stack_schema(model: type[BaseModel] = PoolSpec) -> Schema:
    """Return the JSON Schema of a stack's file."""
    _, generated = models_json_schema(
        [(one, "validation") for one in (model, *SHAPES.values())], by_alias=True
    )
    definitions: Schema = {name: _tidied(model) for name, model in generated["$defs"].items()}
    definitions["secure"] = SECURE
    for path, shape in SHAPES.items():
        if len(path) == 2:
            member = _member(definitions, model, path)
            if member.get("type") == "object":
                member.pop("additionalProperties", None)
                member |= _ref(shape.__name__)
            else:
                member["items"] = _ref(shape.__name__)
    for path, mark in marks(model).items():
        if len(path) == 2:
            inner = _definition(definitions, model, path[0])["properties"]
            inner[path[1]] = _with_secrets(inner[path[1]], whole=not mark.inside)
    shapes = definitions.pop(model.__name__)["properties"]
    for (key, *below), shape in SHAPES.items():
        if not below:
            is_list = kind_of(_field(model, str(key)).annotation) == "array"
            shapes[key] = (
                {"type": "array", "items": _ref(shape.__name__)}
                if is_list
                else _ref(shape.__name__)
            )
    keys = declared(model)
    shapes |= {
        key: shape for key, shape in kubevirt_schema.of_keys(definitions).items() if key in keys
    }
    return {
        "$schema": DRAFT,
        "title": "Pulumi.<stack>.yaml of a pool of KubeVirt VMs",
        "type": "object",
        "properties": {
            "config": _config({key: _key(shapes[key], entry) for key, entry in keys.items()}),
            **STACK,
        },
        "required": ["config"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def as_json() -> str:
    """Return the schema as text, the same for the same models."""
    return json.dumps(stack_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _config(keys: Mapping[str, Schema]) -> Schema:
    """Return the schema of what stands below `config:`."""
    project = stack_config.PROJECT
    return {
        "type": "object",
        "properties": {
            **keys,
            **{
                f"kubernetes:{key}": {"description": text, "anyOf": [{"type": "string"}, _SECRET]}
                for key, text in PROVIDER.items()
            },
        },
        "patternProperties": {
            **{
                f"^{project}:{key}$": {"$ref": f"#/properties/config/properties/{key}"}
                for key in keys
            },
            # What is other packages' own.
            f"^(?!{project}:|kubernetes:({'|'.join(PROVIDER)})$)[^:]+:.": {},
        },
        "additionalProperties": False,
        "anyOf": [
            {"required": [said]}
            for key in ("disk", "containerDisk", "ephemeral")
            for said in (key, f"{project}:{key}")
        ],
    }


def _key(shape: Schema, entry: Declared) -> Schema:
    """Return the schema of a declared key: its shape, or one of the ways not to set it."""
    options = [*shape.get("anyOf", [shape]), _SECRET]
    if entry.kind in AS_TEXT:
        options.append(AS_TEXT[entry.kind])
    if entry.or_false:
        options.append({"enum": [False, "false"]})
    if entry.type == "object":
        options.append({"type": "object", "maxProperties": 0})
    if entry.optional:
        options.append({"const": ""})
    if {"type": "null"} not in options:
        options.append({"type": "null"})
    described: Schema = {"description": entry.description, "anyOf": options}
    return described if entry.optional else described | {"default": entry.default}


def _ref(name: str) -> Schema:
    return {"allOf": [{"$ref": f"#/$defs/{name}"}]}


_SECRET = _ref("secure")


def _tidied(schema: Any) -> Any:
    """Return pydantic's schema without what only repeats a name, and with draft 7's references.

    Defaults go too: they stand in Pulumi.yaml, and a model's own is "not set".
    """
    if isinstance(schema, list):
        return [_tidied(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"allOf": [{"$ref": schema["$ref"]}]}
    tidy = {
        key: _tidied(value)
        for key, value in schema.items()
        if key not in {"properties", "title", "default"}
    }
    if "properties" in schema:
        # Here title and default would be names of keys.
        tidy["properties"] = {key: _tidied(value) for key, value in schema["properties"].items()}
    return tidy


def _field(model: type[BaseModel], key: str) -> FieldInfo:
    return next(one for one in model.model_fields.values() if one.alias == key)


def _definition(definitions: Schema, model: type[BaseModel], key: str | int) -> Schema:
    """Return the schema of the object below a key."""
    inner = model_in(_field(model, str(key)).annotation)
    found: Schema = definitions[inner.__name__ if inner else ""]
    return found


def _member(definitions: Schema, model: type[BaseModel], path: Path) -> Schema:
    """Return the schema of a member of the object below a key."""
    found: Schema = _definition(definitions, model, path[0])["properties"][path[1]]
    return found


def _with_secrets(schema: Any, *, whole: bool) -> Any:
    """Return a schema in which every text may be encrypted. whole: the value itself, too."""
    within = _texts_encrypted(schema)
    options = within.get("anyOf", [within])
    if not whole or _SECRET in options:
        return within
    rest = {key: value for key, value in within.items() if key == "description"}
    options = [{key: value for key, value in one.items() if key not in rest} for one in options]
    return {**rest, "anyOf": [*options, _SECRET]}


def _texts_encrypted(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_texts_encrypted(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "string":
        return {"anyOf": [schema, _SECRET]}
    return {key: _texts_encrypted(value) for key, value in schema.items()}
