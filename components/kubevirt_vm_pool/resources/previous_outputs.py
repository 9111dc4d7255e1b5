"""What a pool told when its stack was last up: all that a program can know of what was before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from ..spec.pool import PoolSpec
from .surroundings import surroundings


def of_pool(spec: PoolSpec) -> pulumi.Output[Mapping[str, Any]]:
    """Return the exports of a pool (outputs.py) as they were; empty before the first update."""
    before = surroundings.get().before

    async def find() -> Mapping[str, Any]:
        for found in await before.components():
            if found.get("pool") == spec.name and found.get("namespace") == spec.namespace:
                return found
        return {}

    return pulumi.Output.from_input(find())
