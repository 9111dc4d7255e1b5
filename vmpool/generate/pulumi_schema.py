"""The schema of the package that other languages' SDKs are made from: plugin/schema.json.

https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/ says what may stand in
it. What is an Input in VmPoolArgs is one in every language; all else is `plain`, since the shape of
the objects depends on it.
"""

from __future__ import annotations

import ast
import inspect
import json
import types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from kubevirt_vm_pool import VmPool
from kubevirt_vm_pool.spec.model import mark_of, may_be_false
from kubevirt_vm_pool.spec.pool import PoolSpec
from kubevirt_vm_pool.stack_config import PROJECT
from kubevirt_vm_pool.version import VERSION
from kubevirt_vm_pool.vm_pool import TYPE
from pydantic import BaseModel

from ..stack.project import ROOT
from .arguments import ArgumentType, Member, argument_types

FILE = ROOT / "components" / "kubevirt_vm_pool" / "plugin" / "schema.json"

Schema = dict[str, Any]

ANY: Schema = {"$ref": "pulumi.json#/Any"}
SIMPLE: Mapping[Any, Schema] = {
    Any: ANY,
    bool: {"type": "boolean"},
    float: {"type": "number"},
    int: {"type": "integer"},
    str: {"type": "string"},
}

# What a pool tells (outputs.py), by name; those that it always tells are REQUIRED.
TEXT = SIMPLE[str]
OUTPUTS: Mapping[str, Schema] = {
    "namespace": TEXT,
    "pool": TEXT,
    "service": TEXT,
    "host": TEXT,
    "url": TEXT,
    "replicas": {"oneOf": [SIMPLE[int], {"$ref": f"#/types/{PROJECT}:index:ReplicaRange"}]},
    "cluster": {"type": "object", "additionalProperties": TEXT},
}
REQUIRED = ["namespace", "pool", "replicas"]
REPLICA_RANGE: Schema = {
    "type": "object",
    "description": "Between what the number of VMs moves.",
    "properties": {
        "min": SIMPLE[int] | {"description": "Smallest number of VMs."},
        "max": SIMPLE[int] | {"description": "Largest number of VMs."},
        "scaledBy": TEXT
        | {"description": "others, where it is no HorizontalPodAutoscaler of ours."},
    },
}


def package(model: type[BaseModel] = PoolSpec) -> Schema:
    """Return the schema of the package."""
    found = argument_types(model)
    own_types: Schema = {_token("ReplicaRange"): REPLICA_RANGE}
    for name, kind in found.items():
        if kind.model is not model:
            _add(own_types, name, _object(kind, own_types))
    return {
        "name": PROJECT,
        "displayName": "KubeVirt VM pool",
        "version": VERSION,
        "description": "A pool of identical KubeVirt virtual machines, its Service and its "
        "HorizontalPodAutoscaler.",
        "keywords": ["pulumi", "kubernetes", "kubevirt", "kind/component"],
        "language": {
            language: {"respectSchemaVersion": True}
            for language in ("csharp", "go", "nodejs", "python")
        },
        "types": own_types,
        "resources": {TYPE: _component(found[model.__name__], own_types)},
    }


def as_json() -> str:
    """Return the schema as text, the same for the same models."""
    return json.dumps(package(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _component(arguments: ArgumentType, own_types: Schema) -> Schema:
    about, outputs = documentation(VmPool)
    return {
        "isComponent": True,
        "description": about,
        "inputProperties": _object(arguments, own_types)["properties"],
        "properties": {
            key: shape | {"description": outputs[key]} for key, shape in OUTPUTS.items()
        },
        "required": REQUIRED,
    }


def documentation(component: type) -> tuple[str, Mapping[str, str]]:
    """Return the first line of a class's docstring, and the texts below its attributes by name."""
    (found,) = ast.parse(inspect.getsource(component)).body
    assert isinstance(found, ast.ClassDef)
    texts = {
        one.target.id: str(text.value.value)
        for one, text in zip(found.body, found.body[1:], strict=False)
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
    }
    return (ast.get_docstring(found) or "").partition("\n")[0], texts


def _object(kind: ArgumentType, own_types: Schema) -> Schema:
    """Return the schema of a type of the arguments; enumerations that it has are added."""
    # An enumeration is named after the key that has it, and what the key is in; keys of the pool's
    # own need no more.
    owner = "" if issubclass(kind.model, PoolSpec) else kind.model.__name__
    return {
        "type": "object",
        "description": kind.description,
        "properties": {member.key: _property(member, owner, own_types) for member in kind.members},
    }


def _property(member: Member, owner: str, own_types: Schema) -> Schema:
    field, mark = member.field, mark_of(member.field)
    if member.shape is not None:
        shape = _reference(member.shape.__name__)
        if get_origin(field.annotation) is list:
            shape = {"type": "array", "items": shape}
    else:
        name = f"{owner}{member.key[0].upper()}{member.key[1:]}"
        shape = _shape(field.annotation, name, own_types)
    if may_be_false(field):
        shape = {"oneOf": [*shape.get("oneOf", [shape]), SIMPLE[bool]]}
    shape |= {"description": member.description}
    if mark and not mark.inside and not mark.public:
        shape |= {"secret": True}
    return shape if mark else _plain(shape)


def _plain(shape: Schema) -> Schema:
    """Return the schema of a value that is no Output; what an object's own type says stays."""
    own = {key: _plain(shape[key]) for key in ("items", "additionalProperties") if key in shape}
    options = {"oneOf": [_plain(one) for one in shape["oneOf"]]} if "oneOf" in shape else {}
    return shape | own | options | {"plain": True}


def _shape(annotation: Any, name: str, own_types: Schema) -> Schema:
    """Return the schema of a type. name: of the enumeration, should it be one."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shape(args[0], name, own_types)
    if origin in (Union, types.UnionType):
        options = [_shape(one, name, own_types) for one in args if one is not type(None)]
        return options[0] if len(options) == 1 else {"oneOf": options}
    if origin is Literal:
        return _enumeration(args, name, own_types)
    if origin is list:
        return {"type": "array", "items": _shape(args[0], name, own_types)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _shape(args[1], name, own_types)}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _reference(annotation.__name__)
    return dict(SIMPLE[annotation])


def _enumeration(values: tuple[Any, ...], name: str, own_types: Schema) -> Schema:
    texts = [value for value in values if value != ""]
    if all(isinstance(value, bool) for value in texts):
        return dict(SIMPLE[bool])
    found = {
        "type": "string",
        "description": f"One of {', '.join(texts)}.",
        "enum": [{"value": value} for value in texts],
    }
    _add(own_types, name, found)
    return _reference(name)


def _add(own_types: Schema, name: str, shape: Schema) -> None:
    """Add a type; raises ValueError if another one has its name."""
    if own_types.setdefault(_token(name), shape) != shape:
        raise ValueError(f"two types of the package would be called {name}")


def _reference(name: str) -> Schema:
    return {"$ref": f"#/types/{_token(name)}"}


def _token(name: str) -> str:
    return f"{PROJECT}:index:{name}"
