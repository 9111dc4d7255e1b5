"""The keys of a configuration with their defaults, as the models have them, and filled in.

The engine knows a key by a type and a default, which it demands of every key: a default of "", {}
or [] stands for "not set" there.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from .model import may_be_false, model_in
from .pool import PoolSpec

NOT_SET: tuple[object, ...] = ("", {}, [], None)

_UNSET_BY_TYPE: Mapping[str, Any] = {"string": "", "array": [], "object": {}}


@dataclass(frozen=True)
class Declared:
    """A key as Pulumi.yaml declares it.

    type: string, integer, boolean, array or object, in the engine's eyes. kind: what the value
    really is: an integer or a boolean that need not be set is a string with "" to the engine, which
    could not leave it out. items: what the items of an array are, "" for anything else.
    or_false: whether false is a value, too; the engine then knows the key without a type.
    or_object: whether an object is one; the engine then knows no type, either.
    """

    type: str
    kind: str
    default: Any
    description: str
    items: str = ""
    or_false: bool = False
    or_object: bool = False

    @property
    def typed(self) -> bool:
        """Whether the engine knows its type: of a key with one it refuses a value of another."""
        return not (self.or_false or self.or_object)

    @property
    def optional(self) -> bool:
        """Whether the default stands for "not set"."""
        return self.default in NOT_SET


@dataclass(frozen=True)
class Configuration:
    """A complete configuration: every value by key, and the keys that hold their default."""

    values: dict[str, Any] = field(repr=False)
    defaulted: frozenset[str]


@functools.cache
def declared(model: type[BaseModel] = PoolSpec) -> Mapping[str, Declared]:
    """Return the keys of a configuration, in their order."""
    return {str(one.alias): _declared(one) for one in model.model_fields.values()}


def _declared(one: FieldInfo) -> Declared:
    kind, default = kind_of(one.annotation), default_of(one)
    engines = kind
    if default is None:
        engines = kind if kind in _UNSET_BY_TYPE else "string"
        # Without a type the engine takes any: [] then is what somebody said.
        default = "" if may_be_false(one) else _UNSET_BY_TYPE[engines]
    typed = kind == "array" and not may_be_false(one)
    items = kind_of(get_args(one.annotation)[0]) if typed else ""
    or_object = kind == "string" and dict in {get_origin(arg) for arg in get_args(one.annotation)}
    text = one.description or ""
    return Declared(engines, kind, default, text, items, may_be_false(one), or_object)


def kind_of(annotation: Any) -> str:
    """Return what a value of an annotation is in JSON's words."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return kind_of(args[0])
    if origin in (Union, types.UnionType):
        return kind_of(next(arg for arg in args if arg is not type(None)))
    if origin is Literal:
        return "string"
    plain = origin or annotation
    if isinstance(plain, type) and issubclass(plain, BaseModel):
        return "object"
    kinds = {str: "string", bool: "boolean", int: "integer", list: "array", dict: "object"}
    return kinds[plain]


def default_of(one: FieldInfo) -> Any:
    """Return the default of a field as plain data, None if that is not set.

    An object that must be said has the defaults of its members.
    """
    model, factory = model_in(one.annotation), one.default_factory
    if factory is not None and factory is not model:
        made: list[BaseModel] = factory()  # type: ignore[call-arg]
        return [_said(item) for item in made]
    if factory is None and not one.is_required():
        return one.default
    if model is None:
        return None
    members = {str(member.alias): default_of(member) for member in model.model_fields.values()}
    return {key: value for key, value in members.items() if value not in NOT_SET}


def _said(item: BaseModel) -> dict[str, Any]:
    """Return what was said of an object; to dump it would build its model on its own."""
    fields = type(item).model_fields
    return {str(fields[name].alias): getattr(item, name) for name in item.model_fields_set}


def defaults() -> dict[str, Any]:
    """Return the declared defaults, without those that stand for "not set"."""
    return {key: entry.default for key, entry in declared().items() if not entry.optional}


def completed(given: Mapping[str, Any], *, stack: str) -> Configuration:
    """Fill in the declared defaults: key by key, and in an object member by member.

    stack: the stack's name, which is the namespace where none is given.
    Keys that nobody declared stay in it: to name them is the check's business.
    """
    values = dict(given)
    defaulted = set()
    for key, entry in declared().items():
        value = values.pop(key, None)
        said = entry.or_false and value == []
        if value in NOT_SET and not said:
            value = entry.default
        elif isinstance(value, Mapping) and isinstance(entry.default, Mapping):
            value = {**entry.default, **value}
        if value == entry.default:
            defaulted.add(key)
        if value not in NOT_SET or said:
            values[key] = value
    if "namespace" not in values:
        values["namespace"] = stack
        defaulted.add("namespace")
    return Configuration(values, frozenset(defaulted))
