"""What a value of the configuration may be, in JSON's words: what the types of the models say."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from ..text.paths import Path
from .model import OrFalse, may_be_false
from .pool import PoolSpec

TEXT = frozenset({"string"})
ANYTHING = TEXT | {"integer", "number", "boolean", "array", "object"}

_OF = {str: "string", int: "integer", float: "number", bool: "boolean"}


def kinds_at(path: Path, model: type[BaseModel] = PoolSpec) -> frozenset[str]:
    """Return what may stand at a path; nothing if that leads to no key.

    Where no type says what a value is, it may be anything.
    """
    found: list[Any] = [model]
    for step in path:
        found = [below for one in found for below in _below(one, step)]
    return frozenset(kind for one in found for kind in _kinds(one))


def _below(annotation: Any, step: str | int) -> Iterator[Any]:
    """Yield the types of a member or an item."""
    plain = get_origin(annotation) or annotation
    if annotation is Any:
        yield Any
    elif plain is list and isinstance(step, int):
        yield from _alternatives(get_args(annotation)[0])
    elif plain is dict and isinstance(step, str):
        yield from _alternatives(get_args(annotation)[1])
    elif isinstance(plain, type) and issubclass(plain, BaseModel):
        for field in plain.model_fields.values():
            if field.alias == step:
                yield from _alternatives(field.annotation)
                if may_be_false(field):
                    yield bool


def _alternatives(annotation: Any) -> Iterator[Any]:
    """Yield the types of which one is a value's; null is no value."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _alternatives(args[0])
        if any(isinstance(one, OrFalse) for one in args[1:]):
            yield bool
    elif origin in (Union, types.UnionType):
        for one in args:
            yield from _alternatives(one)
    elif annotation is not type(None):
        yield annotation


def _kinds(annotation: Any) -> frozenset[str]:
    if annotation is Any:
        return ANYTHING
    plain = get_origin(annotation) or annotation
    if plain is Literal:
        return frozenset(_OF[type(value)] for value in get_args(annotation))
    return frozenset({"array" if plain is list else _OF.get(plain, "object")})
