"""Looking into objects of which a part may not be known yet, or is wrapped by the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

Object = Mapping[str, Any]

# How Pulumi marks what stands for a value in place of it: a secret, an output.
PULUMI_MARK = "4dabf18193072939515e22adb298388d"


def at(value: object, *steps: str | int) -> Any:
    """Return what is at a path, None where nothing is or nobody can look."""
    for step in steps:
        value = unwrapped(value)
        if isinstance(value, Mapping) and is_object(value):
            value = value.get(str(step))
        elif isinstance(value, list | tuple) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return unwrapped(value)


def unwrapped(value: object) -> object:
    """Return what a secret of Pulumi's holds, where that can be seen."""
    if isinstance(value, Mapping) and PULUMI_MARK in value and "value" in value:
        return value["value"]
    return value


def is_object(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Tell whether a value is a mapping, and not one that stands for another value."""
    return isinstance(value, Mapping) and PULUMI_MARK not in value


def text(value: object) -> str | None:
    """Return a text, None for all else."""
    return value if isinstance(value, str) else None


def whole(value: object) -> int | None:
    """Return a whole number, None for all else; all of Pulumi's numbers are floats."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def name(manifest: Object) -> str:
    """Return what sentences call an object."""
    return text(at(manifest, "metadata", "name")) or "an object without a known name"
