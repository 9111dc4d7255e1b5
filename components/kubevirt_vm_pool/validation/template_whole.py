"""The VMs that `template` makes with what the other keys make, and where a person said what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..kubevirt.fields import VIRTUAL_MACHINE, fields
from ..kubevirt.list_keys import PATCH, Key, key_of, list_keys
from ..spec.pool import PoolSpec
from ..text.paths import Path, at, dotted
from .problems import Problem

KEY = "template"
GUEST: Path = ("template", "spec")
DEVICES: Path = (*GUEST, "domain", "devices")
DISKS: Path = (*DEVICES, "disks")
FILESYSTEMS: Path = (*DEVICES, "filesystems")
INTERFACES: Path = (*DEVICES, "interfaces")
VOLUMES: Path = (*GUEST, "volumes")
NETWORKS: Path = (*GUEST, "networks")
DISK_TEMPLATES: Path = ("dataVolumeTemplates",)


@dataclass(frozen=True)
class Whole:
    """spec: what the other keys say. vm: the spec of a VirtualMachine, all fields of it sound."""

    spec: PoolSpec
    vm: Mapping[str, Any]

    def at(self, *steps: str | int) -> Any:
        """Return what stands at a path, None where nothing does."""
        return at(self.vm, *steps)

    def elements(self, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        """Yield the objects in a list, each with its path."""
        for index, element in enumerate(self.at(*path) or ()):
            yield (*path, index), element

    def said(self, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        """Yield those of which the person said something themselves."""
        return ((place, one) for place, one in self.elements(path) if self.says(place))

    def names(self, path: Path) -> list[str]:
        """Return the names of the objects in a list."""
        return [str(element.get("name")) for _, element in self.elements(path)]

    def disk_templates(self) -> list[str]:
        """Return the names of the dataVolumeTemplates."""
        return [
            str(at(element, "metadata", "name")) for _, element in self.elements(DISK_TEMPLATES)
        ]

    def typed(self, path: Path) -> Path:
        """Return where the person said what stands at a path, or as much of the way as they did.

        An element of a list is where its key is, whatever stands before it.
        """
        here: Any = self.spec.template
        there: Any = self.vm
        type_name = VIRTUAL_MACHINE
        way: Path = (KEY,)
        keys: tuple[Key, ...] = ()
        for step in path:
            inner = at(there, step)
            if isinstance(step, int):
                if keys:
                    wanted = key_of(inner, keys)
                    same = (i for i, one in enumerate(here) if key_of(one, keys) == wanted)
                    step = next(same, len(here))
                if step >= len(here):
                    break
                keys = ()
            else:
                if not isinstance(here, dict) or here.get(step) is None:
                    break
                members = fields().types.get(type_name, {})
                keys = list_keys(type_name, step) if step in members else ()
                type_name = members[step].of if step in members else ""
            here, there, way = here[step], inner, (*way, step)
        return way

    def says(self, path: Path) -> bool:
        """Tell whether the person said something at a path themselves."""
        return len(self.typed(path)) == 1 + len(path)

    def problem(self, path: Path, rule: str, fix: str, *, show: bool = True) -> Problem:
        """Return a problem of what stands at a path; show: whether its value is shown."""
        value = self.at(*path) if show and self.says(path) else None
        shown = None if isinstance(value, dict | list) else value
        return Problem(dotted(self.typed(path)), rule, fix, shown)


def without(path: Path, name: str) -> str:
    """Return what leaves out an element of a list, to be written below `template:`."""
    key = f"metadata: {{name: {name}}}" if path == DISK_TEMPLATES else f"name: {name}"
    return f"{dotted((KEY, *path))}: [{{{key}, {PATCH}: delete}}]"
