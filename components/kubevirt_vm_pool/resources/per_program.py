"""What there is once in a program: several may run in one process, also at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import get_root_resource

T = TypeVar("T")


class PerProgram(Generic[T]):
    """Something that is made when a program first asks for it; outside of one, each time."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: WeakKeyDictionary[pulumi.Resource, T] = WeakKeyDictionary()

    def get(self) -> T:
        """Return that of the program that runs."""
        root = get_root_resource()
        if root is None:
            return self._make()
        if root not in self._made:
            self._made[root] = self._make()
        return self._made[root]
