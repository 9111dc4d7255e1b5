"""A VM or pool as an API server reads it: without fields that KubeVirt does not have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubevirt_vm_pool.kubevirt.fields import POOL, VIRTUAL_MACHINE, Field, Fields, fields
from kubevirt_vm_pool.text.paths import Path, dotted
from kubevirt_vm_pool.validation.kubevirt_places import what_to_do

from ..console import UserError
from .manifests import Note, Object, told

ROOTS = {"VirtualMachine": VIRTUAL_MACHINE, "VirtualMachinePool": POOL}
TOP: Path = ("spec",)


def as_read(workload: Object) -> tuple[Object, list[Note]]:
    """Return a VM or pool without unknown fields, and a note of each.

    An API server drops such a field, or refuses it where it is asked to be strict (kubectl does).
    Raises UserError where an object or a list is needed and something else stands.
    """
    reading = _Reading(workload, fields())
    spec = reading.value(Field(reading.root), workload["spec"], TOP)
    return {**workload, "spec": spec}, reading.notes


class _Reading:
    """What stays the same while a spec is walked through, and the notes so far."""

    def __init__(self, workload: Object, known: Fields) -> None:
        self.notes: list[Note] = []
        self.root = ROOTS[workload["kind"]]
        self._of = told(workload)
        self._known = known

    def value(self, field: Field, value: Any, path: Path) -> Any:
        """Return a value of a field without what is unknown in it."""
        members = self._known.types.get(field.of)
        if field.is_list:
            inner = Field(field.of)
            each = enumerate(self._checked(value, list, "a list", path))
            return [self.value(inner, one, (*path, index)) for index, one in each]
        if members is None:
            return value
        there: Mapping[Any, Any] = self._checked(value, dict, "an object of keys and values", path)
        if field.is_map:
            inner = Field(field.of)
            return {key: self.value(inner, one, (*path, key)) for key, one in there.items()}
        kept = {}
        for name, one in there.items():
            here = (*path, str(name))
            if name in members:
                kept[name] = self.value(members[name], one, here)
            else:
                self._note(here, members)
        return kept

    def _checked(self, value: Any, kind: type, words: str, path: Path) -> Any:
        if not isinstance(value, kind):
            raise UserError(f"{self._of}: {dotted(path)} must be {words}; correct the manifest")
        return value

    def _note(self, path: Path, members: Mapping[str, Field]) -> None:
        fix = what_to_do(self._known, self.root, path, TOP, members)
        ours = f"; {fix}" if fix.startswith(("did you mean", "its place")) else ""
        text = f"is no field of KubeVirt's, and left out, as an API server does{ours}"
        self.notes.append(Note(f"{self._of}: {dotted(path)}", text, lost=True))
