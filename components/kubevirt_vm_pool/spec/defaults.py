"""A configuration with the declared defaults filled in."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

PROJECT_FILE = Path(__file__).parents[3] / "Pulumi.yaml"

NOT_SET: tuple[object, ...] = ("", {}, [], None)


@dataclass(frozen=True)
class Declared:
    """A key as Pulumi.yaml declares it."""

    type: str
    default: Any
    description: str

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
def declared(project_file: Path = PROJECT_FILE) -> Mapping[str, Declared]:
    """Return the keys that Pulumi.yaml declares."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with project_file.open("rb") as stream:
        config = yaml.load(stream, Loader=loader)["config"]
    return {
        key: Declared(entry["type"], entry["default"], entry["description"])
        for key, entry in config.items()
        if "type" in entry
    }


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
        if value in NOT_SET:
            value = entry.default
        elif isinstance(value, Mapping) and isinstance(entry.default, Mapping):
            value = {**entry.default, **value}
        if value == entry.default:
            defaulted.add(key)
        if value not in NOT_SET:
            values[key] = value
    if "namespace" not in values:
        values["namespace"] = stack
        defaulted.add("namespace")
    return Configuration(values, frozenset(defaulted))
