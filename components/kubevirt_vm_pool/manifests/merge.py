"""One object of KubeVirt's merged over another, as Kubernetes' strategic merge patch does.

Objects are merged member by member, and null removes a member. Lists whose elements have a key
(kubevirt/list_keys.py) are merged element by element: those of the base keep their order, new ones
follow. Other lists are replaced. `$patch: delete` in such an element removes it, and
`$patch: replace` in an object, or as an element of its own in a list, drops what the base has.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from ..kubevirt.fields import VIRTUAL_MACHINE, Field, fields
from ..kubevirt.list_keys import PATCH, REPLACED, Key, key_of, list_keys
from ..text.paths import Path, dotted


def merged(
    base: Mapping[str, Any], over: Mapping[str, Any], type_name: str = VIRTUAL_MACHINE
) -> dict[str, Any]:
    """Return an object of a type of KubeVirt's with another one merged over it.

    Neither is changed, nor shares anything with what is returned. Raises ValueError where an
    element of a list has no key; validation/kubevirt_fields.py says that in the person's terms.
    """
    return copy.deepcopy(_object(base, over, type_name, ()))


def _object(base: object, over: Mapping[str, Any], type_name: str, path: Path) -> dict[str, Any]:
    members = fields().types.get(type_name, {})
    keep = isinstance(base, dict) and over.get(PATCH) != "replace"
    result: dict[str, Any] = dict(base) if keep and isinstance(base, dict) else {}
    for name, value in over.items():
        if name == PATCH:
            continue
        if value is None:
            result.pop(name, None)
            continue
        here, field = (*path, name), members.get(name, Field("anything"))
        if isinstance(value, dict):
            result[name] = _object(result.get(name), value, field.of, here)
        elif isinstance(value, list):
            keys = list_keys(type_name, name) if name in members else ()
            result[name] = _list(result.get(name), value, keys, field.of, here)
        else:
            result[name] = value
    return result


def _list(
    base: object, over: list[Any], keys: tuple[Key, ...], type_name: str, path: Path
) -> list[Any]:
    given = [element for element in over if element != REPLACED]
    if not keys:
        return [_without_nulls(element) for element in given]
    old = base if isinstance(base, list) and len(given) == len(over) else []
    # An element of the base without a key, which no type allows, stays where it is.
    result: dict[object, Any] = {
        key_of(element, keys) or place: element for place, element in enumerate(old)
    }
    for place, element in enumerate(given):
        key = key_of(element, keys)
        if key is None:
            wanted = " and ".join(".".join(one) for one in keys)
            raise ValueError(f"{dotted((*path, place))} has no {wanted}, by which it is merged")
        if element.get(PATCH) == "delete":
            result.pop(key, None)
        else:
            result[key] = _object(result.get(key), element, type_name, (*path, place))
    return list(result.values())


def _without_nulls(value: Any) -> Any:
    """Return plain data without the members that are null, which are absent for Kubernetes."""
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value
