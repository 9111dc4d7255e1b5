"""Objects of KubeVirt's made from its fields: one for each place, and random ones."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

from kubevirt_vm_pool.kubevirt.fields import VIRTUAL_MACHINE, Field, Version, fields
from kubevirt_vm_pool.kubevirt.list_keys import Key, list_keys
from kubevirt_vm_pool.kubevirt.one_of import ONE_OF
from kubevirt_vm_pool.text.paths import Path

NEWEST = fields().newest
SOUND: dict[str, Any] = {
    "string": "text",
    "boolean": True,
    "int32": 2,
    "int64": 3,
    "quantity": "2Gi",
    "int-or-string": "25%",
    "duration": "5m",
    "time": "2026-01-31T12:00:00Z",
    "anything": {"any": {"thing": 1}},
}


CHOICES: dict[str, list[Any]] = {
    "string": list("abcdef"),
    "boolean": [True, False],
    "int32": [-5, 0, 1, 70000],
    "int64": [0, 1, 2**40],
    "quantity": ["2Gi", "500m", "1e3", 4, "0.5"],
    "int-or-string": ["http", 80],
    "duration": ["5m", "1h30m", "0"],
    "time": ["2026-01-31T12:00:00Z"],
    "anything": [{"a": 1}, {"a": "b"}, {"a": {"c": []}}],
}


class Place(NamedTuple):
    """A field, and the names that lead to it; those of lists are followed by 0.

    keys: those of its elements, if it is a list that has some. key: whether it is in the key of
    the element that it stands in.
    """

    path: Path
    name: str
    field: Field
    keys: tuple[Key, ...]
    key: bool


def every_place(root: str = VIRTUAL_MACHINE, version: Version = NEWEST) -> Iterator[Place]:
    """Yield every place of an object that a version of KubeVirt knows."""
    to_do: list[tuple[str, Path, tuple[Key, ...]]] = [(root, (), ())]
    while to_do:
        type_name, above, keys = to_do.pop(0)
        for name, field in fields().types[type_name].items():
            if field.known_in(version):
                rest = tuple(key[1:] for key in keys if key[0] == name)
                own = list_keys(type_name, name)
                yield Place((*above, name), name, field, own, bool(rest))
                if field.of in fields().types:
                    below = (*above, name, *((0,) if field.is_list else ()))
                    to_do.append((field.of, below, own or tuple(filter(None, rest))))


def sound(place: Place) -> Any:
    """Return a value that a field may have; an object is empty but for its key."""
    field = place.field
    single = _sound(field)
    for key in place.keys:
        _set(single, key, _sound_key(field.of, key))
    return [single] if field.is_list else {"key": single} if field.is_map else single


def _sound(field: Field) -> Any:
    return field.enum[0] if field.enum else copy.copy(SOUND.get(field.of, {}))


def object_with(path: Path, value: Any, root: str = VIRTUAL_MACHINE) -> dict[str, Any]:
    """Return an object with a value at a place; elements of lists on the way have their keys."""
    whole: dict[str, Any] = {}
    here, type_name = whole, root
    steps = list(path)
    while len(steps) > 1:
        name, *steps = steps
        field = fields().types[type_name][str(name)]
        inner: dict[str, Any] = {}
        if field.is_list:
            steps = steps[1:]
            if not steps:
                here[str(name)] = [value]
                return whole
            for key in list_keys(type_name, str(name)):
                _set(inner, key, _sound_key(field.of, key))
            here[str(name)] = [inner]
        else:
            inner = here.setdefault(str(name), inner)
        here, type_name = inner, field.of
    here[str(steps[0])] = value
    return whole


def _sound_key(type_name: str, key: Key) -> Any:
    for name in key[:-1]:
        type_name = fields().types[type_name][name].of
    return _sound(fields().types[type_name][key[-1]])


def _set(value: dict[str, Any], key: Key, inner: Any) -> None:
    for step in key[:-1]:
        value = value.setdefault(step, {})
    value[key[-1]] = inner


def random_object(
    rng: random.Random,
    root: str = VIRTUAL_MACHINE,
    version: Version = NEWEST,
    *,
    complete: bool = True,
    depth: int = 0,
) -> dict[str, Any]:
    """Return an object with some of its fields; if it is complete, with those that are required."""
    members = fields().types[root]
    known = [name for name, field in members.items() if field.known_in(version)]
    likely = 0.6 if depth < 3 else 0.25
    chosen = [
        name
        for name in known
        if (complete and members[name].required_in(version)) or rng.random() < likely
    ]
    for group in ONE_OF.get(root, ()):
        there = [name for name in chosen if name in group.members]
        if not there and group.needed and complete:
            there = [rng.choice([name for name in group.members if name in known])]
        kept = [rng.choice(there)] if there else []
        chosen = [name for name in chosen if name not in group.members] + kept
    rng.shuffle(chosen)
    return {
        name: _random_value(rng, root, name, members[name], version, complete, depth)
        for name in chosen
    }


def _random_value(
    rng: random.Random,
    type_name: str,
    name: str,
    field: Field,
    version: Version,
    complete: bool,
    depth: int,
) -> Any:
    def single() -> Any:
        if field.of in fields().types:
            return random_object(rng, field.of, version, complete=complete, depth=depth + 1)
        if field.enum:
            return rng.choice(field.enum)
        return rng.choice(CHOICES[field.of])

    if field.is_map:
        return {key: single() for key in rng.sample("abcd", rng.randrange(4))}
    if not field.is_list:
        return single()
    keys = list_keys(type_name, name)
    elements = [single() for _ in range(rng.randrange(4))]
    if field.unique:
        return sorted(set(elements))
    for element, label in zip(elements, rng.sample("abcdefgh", len(elements)), strict=True):
        for key in keys:
            _set(element, key, ord(label) if key == ("port",) else label)
        if keys == (("topologyKey",), ("whenUnsatisfiable",)):
            element["whenUnsatisfiable"] = "DoNotSchedule"
        if ("protocol",) in keys:
            element["protocol"] = "TCP"
    return elements
