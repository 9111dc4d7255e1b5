"""Environment variables that name what is allowed for one command."""

from __future__ import annotations

from collections.abc import Mapping


def names_in(variable: str, environment: Mapping[str, str]) -> set[str]:
    """Return the names that a variable lists, separated by commas."""
    return {name.strip() for name in environment.get(variable, "").split(",")}
