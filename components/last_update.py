"""What a stack exported when it was last up: all that a program can know of what was before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import get_root_resource

from .specification import Specification

# By program: its stack's outputs are read once.
_read: WeakKeyDictionary[pulumi.Resource, pulumi.Output[Any]] = WeakKeyDictionary()


def of_pool(spec: Specification) -> pulumi.Output[Mapping[str, Any]]:
    """Return the exports of a pool (exports.py) as they were, wherever the program put them.

    They are empty before the first update, and where a program does not export them.
    """

    def find(outputs: Any) -> Mapping[str, Any]:
        for found in _objects_in(outputs):
            if found.get("pool") == spec.name and found.get("namespace") == spec.namespace:
                return found
        return {}

    return _outputs().apply(find)


def _objects_in(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        for member in value.values():
            yield from _objects_in(member)
    elif isinstance(value, list):
        for item in value:
            yield from _objects_in(item)


def _outputs() -> pulumi.Output[Any]:
    root = get_root_resource()
    known = _read.get(root) if root else None
    if known is None:
        own = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
        known = pulumi.StackReference(own).outputs
        if root:
            _read[root] = known
    return known
