"""A stack's configuration, from the engine or from its file, with the declared defaults filled in.

Both ways give the same values: what a stack file holds passes through the same text form that the
engine hands to a program, and is decoded by the type that the models declare.
"""

from __future__ import annotations

import json
from typing import Any

from .spec.defaults import declared

PROJECT = "kubevirt-vm-pool"


# The only member of an object that stands for a number or a truth value, which its text tells.
WRAPPER = "kubevirt-vm-pool/json"


class StackConfig(dict[str, Any]):
    """The arguments of a VmPool that are a stack's configuration: reports call them so."""


def decoded(key: str, text: str) -> Any:
    """Return the value that the engine's text for a key stands for.

    A text that is not of the key's type comes back as it is, for the check to refuse.
    """
    entry = declared().get(key)
    if entry is None or (entry.kind == "string" and not entry.or_object):
        return text
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if value is False and entry.or_false:
        return value
    if entry.or_object:
        return value if isinstance(value, dict) else text
    fits = {"integer": int, "boolean": bool, "array": list, "object": dict}[entry.kind]
    return value if isinstance(value, fits) else text


def wrapped(value: float | bool) -> dict[str, str]:
    """Return an object that stands for a value where the engine takes texts only."""
    # In brackets: the engine hides in all that it says what it was given encrypted, and "true" or
    # "100" stand in many a line.
    return {WRAPPER: json.dumps([value])}


def unwrapped(value: Any) -> Any:
    """Return a value of the engine's with what wrapped has wrapped in it."""
    if isinstance(value, dict):
        if value.keys() == {WRAPPER}:
            return json.loads(value[WRAPPER])[0]
        return {key: unwrapped(member) for key, member in value.items()}
    return [unwrapped(item) for item in value] if isinstance(value, list) else value
