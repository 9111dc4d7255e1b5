"""Paths of configuration keys."""

from __future__ import annotations

Path = tuple[str | int, ...]


def dotted(path: Path) -> str:
    """Return a path as a key: ("service", "ports", 0, "port") is service.ports[0].port."""
    key = ""
    for step in path:
        key += f"[{step}]" if isinstance(step, int) else f".{step}" if key else str(step)
    return key
