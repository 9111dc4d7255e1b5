"""What there is once in a program: several may run in one process, also at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from pulumi.runtime import get_root_resource

T = TypeVar("T")

# On a program's root resource, and gone with it. In a table of ours, even one with weak keys, every
# program would stay: what is made here knows its program.
MADE = "_kubevirt_vm_pool_made"


class PerProgram(Generic[T]):
    """Something that is made when a program first asks for it; outside of one, each time."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make

    def get(self) -> T:
        """Return that of the program that runs."""
        root = get_root_resource()
        if root is None:
            return self._make()
        made: dict[PerProgram[Any], Any] = vars(root).setdefault(MADE, {})
        if self not in made:
            made[self] = self._make()
        found: T = made[self]
        return found

    def taken(self) -> T | None:
        """Return that of the program that runs, if it was made, and let the program forget it."""
        made: dict[PerProgram[Any], T] = getattr(get_root_resource(), MADE, {})
        return made.pop(self, None)
