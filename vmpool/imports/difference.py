"""What one object has that another one lacks: as what `template` merges, and place by place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kubevirt_vm_pool.kubevirt.fields import VIRTUAL_MACHINE, Field, fields
from kubevirt_vm_pool.kubevirt.list_keys import PATCH, REPLACED, Key, key_of, list_keys
from kubevirt_vm_pool.text.paths import Path

ABSENT = object()


class Place(NamedTuple):
    """A place where two objects differ; ABSENT stands for nothing there."""

    path: Path
    wanted: Any
    made: Any


def patch(
    base: Mapping[str, Any], wanted: Mapping[str, Any], type_name: str = VIRTUAL_MACHINE
) -> dict[str, Any]:
    """Return what manifests/merge.py must merge over an object of KubeVirt's to make another one.

    Neither may hold null. {} if they are equal.
    """
    members = fields().types.get(type_name, {})
    result: dict[str, Any] = {}
    for name, value in wanted.items():
        old = base.get(name, ABSENT)
        if value == old:
            continue
        field = members.get(name, Field("anything"))
        if isinstance(value, dict) and isinstance(old, dict):
            result[name] = patch(old, value, field.of)
        elif isinstance(value, list):
            keys = list_keys(type_name, name) if name in members else ()
            result[name] = _list(old if isinstance(old, list) else [], value, keys, field.of)
        else:
            result[name] = value
    return result | dict.fromkeys(base.keys() - wanted.keys())


def _list(base: list[Any], wanted: list[Any], keys: tuple[Key, ...], type_name: str) -> list[Any]:
    if not keys:
        return wanted
    old = {key_of(one, keys): one for one in base}
    new = {key_of(one, keys): one for one in wanted}
    replaced = [REPLACED, *wanted] if base else wanted
    if None in old or None in new or len(old) < len(base) or len(new) < len(wanted):
        return replaced
    kept = [key for key in old if key in new]
    if [*kept, *(key for key in new if key not in old)] != list(new):
        # The order has a meaning, the first disk is booted; a merge would leave another one.
        return replaced
    if not kept:
        return replaced
    result = [
        _identity(one, keys) | {PATCH: "delete"} for key, one in old.items() if key not in new
    ]
    for key, one in new.items():
        if key not in old:
            result.append(one)
        elif one != old[key]:
            result.append(_joined(_identity(one, keys), patch(old[key], one, type_name)))
    return result


def _joined(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return two objects as one, of members that both have the other's."""
    result = dict(one)
    for key, value in other.items():
        old = result.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        result[key] = _joined(old, value) if both and isinstance(old, dict) else value
    return result


def _identity(element: Mapping[str, Any], keys: tuple[Key, ...]) -> dict[str, Any]:
    """Return the members by which an element is told apart, as far as it has them."""
    result: dict[str, Any] = {}
    for key in keys:
        value: Any = element
        for step in key:
            value = value.get(step) if isinstance(value, Mapping) else None
        if value is not None:
            for step in reversed(key):
                value = {step: value}
            result |= value
    return result


def differing(wanted: Any, made: Any, path: Path = ()) -> Iterator[Place]:
    """Yield every place where two objects differ; of lists of different length the list."""
    if wanted == made:
        return
    if isinstance(wanted, dict) and isinstance(made, dict):
        for key in dict.fromkeys([*wanted, *made]):
            here = (*path, str(key))
            yield from differing(wanted.get(key, ABSENT), made.get(key, ABSENT), here)
    elif isinstance(wanted, list) and isinstance(made, list) and len(wanted) == len(made):
        for index, (one, other) in enumerate(zip(wanted, made, strict=True)):
            yield from differing(one, other, (*path, index))
    else:
        yield Place(path, wanted, made)


def without_nulls(value: Any) -> Any:
    """Return plain data without the members that are null, which are absent for Kubernetes."""
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value
