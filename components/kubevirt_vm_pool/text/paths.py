"""Paths of configuration keys, and of what objects hold."""

from __future__ import annotations

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
