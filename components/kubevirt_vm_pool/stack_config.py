"""A stack's configuration, from the engine or from its file, with the declared defaults filled in.

Both ways give the same values: what a stack file holds passes through the same text form that the
engine hands to a program, and is decoded by the type that Pulumi.yaml declares.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import yaml

if TYPE_CHECKING:
    from .vm_pool import VmPoolArgs

PROJECT_FILE = Path(__file__).parents[2] / "Pulumi.yaml"
PROJECT = "kubevirt-vm-pool"

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
    unsaid: frozenset[str]


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
    unsaid = set()
    for key, entry in declared().items():
        value = values.pop(key, None)
        if value in NOT_SET:
            value = entry.default
        elif isinstance(value, Mapping) and isinstance(entry.default, Mapping):
            value = {**entry.default, **value}
        if value == entry.default:
            unsaid.add(key)
        if value not in NOT_SET:
            values[key] = value
    if "namespace" not in values:
        values["namespace"] = stack
        unsaid.add("namespace")
    return Configuration(values, frozenset(unsaid))


def decoded(key: str, text: str) -> Any:
    """Return the value that the engine's text for a key stands for.

    A text that is not of the declared type comes back as it is, for the check to refuse.
    """
    entry = declared().get(key)
    if entry is None or entry.type == "string":
        return text
    try:
        value = json.loads(text)
    except ValueError:
        return text
    fits = {"integer": int, "boolean": bool, "array": list, "object": dict}[entry.type]
    return value if isinstance(value, fits) else text


def from_engine() -> VmPoolArgs:
    """Return what the engine gives of this project's configuration: the arguments of a VmPool."""
    # pulumi.Config reads single keys that one must know; only the runtime knows all there are.
    from pulumi.runtime import config

    given = {**config.get_config_env(), **config.CONFIG.get()}
    prefix = f"{PROJECT}:"
    args: Any = {
        key.removeprefix(prefix): decoded(key.removeprefix(prefix), value)
        for key, value in given.items()
        if key.startswith(prefix)
    }
    return cast("VmPoolArgs", args)
