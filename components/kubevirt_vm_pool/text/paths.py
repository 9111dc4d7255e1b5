"""Paths of configuration keys, and of what objects hold."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

Path = tuple[str | int, ...]


def at(value: object, *steps: str | int) -> Any:
    """Return what stands at a path in plain data, None where nothing does."""
    for step in steps:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def dotted(path: Path) -> str:
    """Return a path as a key: ("service", "ports", 0, "port") is service.ports[0].port."""
    key = ""
    for step in path:
        key += f"[{step}]" if isinstance(step, int) else f".{step}" if key else str(step)
    return key


def are_one_in_the_other(key: str, other: str) -> bool:
    """Tell whether of two keys (see dotted) one is the other, or holds it."""
    short, long = sorted((key, other), key=len)
    return long == short or long.startswith((f"{short}.", f"{short}["))


# A member by its name, a member by its name in brackets and quotes, an item by its number.
_STEP = re.compile(r'(?:^|\.)([^.\[\]"]+)|\[("(?:[^"\\]|\\.)+")\]|\[([0-9]+)\]')


def undotted(key: str) -> Path:
    """Return the path that a key is: what the engine takes for one (`pulumi config set --path`).

    labels["example.com/team"] has a name with dots. Raises ValueError for what is no path.
    """
    steps: list[str | int] = []
    place = 0
    while found := _STEP.match(key, place):
        name, quoted, number = found.groups()
        if not place and key.startswith("."):
            break
        steps.append(name or (json.loads(quoted) if quoted else int(number)))
        place = found.end()
    if place < len(key) or not steps or not isinstance(steps[0], str):
        raise ValueError(f"{key} is no key")
    return tuple(steps)
