"""What a stack exported when it was last up: all that a program can know of what was before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from ..spec.pool import PoolSpec
from .per_program import PerProgram


def of_pool(spec: PoolSpec) -> pulumi.Output[Mapping[str, Any]]:
    """Return the exports of a pool (outputs.py) as they were, wherever the program put them.

    They are empty before the first update, and where a program does not export them.
    """

    def find(outputs: Any) -> Mapping[str, Any]:
        for found in _objects_in(outputs):
            if found.get("pool") == spec.name and found.get("namespace") == spec.namespace:
                return found
        return {}

    return _outputs.get().apply(find)


def _objects_in(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        for member in value.values():
            yield from _objects_in(member)
    elif isinstance(value, list):
        for item in value:
            yield from _objects_in(item)


def _read() -> pulumi.Output[Any]:
    own = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    return pulumi.StackReference(own).outputs


_outputs = PerProgram(_read)
