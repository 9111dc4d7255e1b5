"""The JSON Schema of a stack's file, for editors: made from the same models as the check.

A schema says what one value may be. What spans keys, what YAML hides in a text and most of what a
function checks is known to `vmpool check` and to the program only.

`python -m vmpool.generate.json_schema` writes schema/stack.json, which stack files name by
`# yaml-language-server: $schema=...`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kubevirt_vm_pool import stack_config
from kubevirt_vm_pool.spec import defaults
from kubevirt_vm_pool.spec.affinity import Affinity, TopologySpreadConstraint
from kubevirt_vm_pool.spec.network_peers import NetworkPolicyPeer
from kubevirt_vm_pool.spec.pool import PoolSpec
from kubevirt_vm_pool.spec.scheduling import Toleration
from pydantic.json_schema import models_json_schema

from ..stack.project import ROOT

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


def stack_schema() -> Schema:
    """Return the JSON Schema of a stack's file."""
    of_kubernetes = (Toleration, Affinity, TopologySpreadConstraint, NetworkPolicyPeer)
    _, generated = models_json_schema(
        [(model, "validation") for model in (PoolSpec, *of_kubernetes)], by_alias=True
    )
    definitions: Schema = {name: _tidied(model) for name, model in generated["$defs"].items()}
    definitions["secure"] = SECURE
    definitions["CloudInit"] = _with_secrets(definitions["CloudInit"])
    definitions["NetworkPolicy"]["properties"]["from"]["items"] = _ref("NetworkPolicyPeer")
    shapes = definitions.pop("PoolSpec")["properties"] | {
        "tolerations": {"type": "array", "items": _ref("Toleration")},
        "affinity": _ref("Affinity"),
        "topologySpreadConstraints": {"type": "array", "items": _ref("TopologySpreadConstraint")},
    }
    declared = defaults.declared()
    for key, entry in declared.items():
        model = definitions.get(_model_name(shapes[key]) or "")
        if model and isinstance(entry.default, dict):
            # Members with a default need not be said.
            required = [name for name in model.get("required", ()) if name not in entry.default]
            model["required"] = required
    return {
        "$schema": DRAFT,
        "title": "Pulumi.<stack>.yaml of a pool of KubeVirt VMs",
        "type": "object",
        "properties": {
            "config": _config({key: _key(shapes[key], entry) for key, entry in declared.items()}),
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
        "anyOf": [{"required": ["disk"]}, {"required": [f"{project}:disk"]}],
    }


def _key(shape: Schema, entry: defaults.Declared) -> Schema:
    """Return the schema of a declared key: its shape, or one of the ways not to set it."""
    options = [*shape.get("anyOf", [shape]), _SECRET]
    if entry.type in AS_TEXT:
        options.append(AS_TEXT[entry.type])
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


def _model_name(shape: Schema) -> str | None:
    """Return the name of the model that a shape refers to."""
    for option in shape.get("anyOf", [shape]):
        for part in option.get("allOf", ()):
            return str(part["$ref"]).rpartition("/")[2]
    return None


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


def _with_secrets(schema: Any) -> Any:
    """Return a schema in which every text may be encrypted."""
    if isinstance(schema, list):
        return [_with_secrets(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "string":
        return {"anyOf": [schema, _SECRET]}
    return {key: _with_secrets(value) for key, value in schema.items()}


def main(file: Path = FILE) -> None:
    """Write the schema to its file."""
    file.write_text(as_json(), encoding="utf-8")
    print(f"wrote {file}", file=sys.stderr)


if __name__ == "__main__":
    main()
