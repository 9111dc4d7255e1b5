"""Every field that a VirtualMachinePool may hold, in which versions of KubeVirt: fields.json.

The data are facts of KubeVirt's published API descriptions: names, types, enums, first versions.
vmpool/generate/kubevirt_fields.py writes them. Reading them takes a few milliseconds, and most
stacks do without.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from .values import VALUES

FILE = Path(__file__).with_name("fields.json")
VIRTUAL_MACHINE = "v1.VirtualMachineSpec"
POOL = "v1beta1.VirtualMachinePoolSpec"

Version = tuple[int, int]
# Types that hold no further fields; "anything" is an object with keys of its author's own.
SCALARS = frozenset(
    {"string", "boolean", "int32", "int64", "quantity", "int-or-string", "duration", "time"}
    | {"anything"}
)


class Field(NamedTuple):
    """A field of an object.

    type: a scalar, a type's name, or a list [of] or a map {of} these.
    required: whether the newest version refuses an object without it.
    required_before: the first version that no longer does.
    enum: the only values that there are, if there are such.
    since: the first version that has it; None if the oldest that is known does.
    gone: the first version that no longer has it.
    keys: in a list, the members by which KubeVirt tells its elements apart.
    unique: in a list of texts, whether each may be there only once.
    nullable: whether null is a value of it.
    """

    type: str
    required: bool = False
    required_before: Version | None = None
    enum: tuple[str, ...] = ()
    since: Version | None = None
    gone: Version | None = None
    keys: tuple[str, ...] = ()
    unique: bool = False
    nullable: bool = False

    @property
    def is_list(self) -> bool:
        """Whether its value is a list."""
        return self.type.startswith("[")

    @property
    def is_map(self) -> bool:
        """Whether its value is an object with keys of its author's own."""
        return self.type.startswith("{")

    @property
    def of(self) -> str:
        """The type of its value, or of what its list or map holds."""
        return self.type.strip("[]{}")

    def known_in(self, version: Version) -> bool:
        """Whether a version of KubeVirt has it."""
        return (self.since or version) <= version and (self.gone is None or version < self.gone)

    def required_in(self, version: Version) -> bool:
        """Whether a version of KubeVirt refuses an object without it."""
        before = self.required_before
        return self.known_in(version) and (self.required or bool(before and version < before))


@dataclass(frozen=True)
class Fields:
    """The fields of every type.

    versions: those that the data were read from, oldest first. root: the type of a pool's spec.
    atomic: types that are replaced as a whole, never in part.
    """

    versions: tuple[Version, ...]
    root: str
    atomic: frozenset[str]
    types: Mapping[str, Mapping[str, Field]]

    @property
    def newest(self) -> Version:
        """The newest version of KubeVirt that the data know."""
        return self.versions[-1]


def field_at(place: Iterable[str | int], root: str = POOL) -> tuple[str, Field]:
    """Return the field at a place of an object, and the type of the object that holds it.

    root: the object's type. Raises KeyError where there is none.
    """
    owner, found = "", Field(root)
    for step in place:
        owner = found.of
        found = fields().types[owner][str(step)]
    return owner, found


@lru_cache(maxsize=1)
def fields() -> Fields:
    """Return what fields.json says."""
    import json

    return read(json.loads(FILE.read_text(encoding="utf-8")))


def read(data: Mapping[str, Any]) -> Fields:
    """Return what data of the form of fields.json say."""
    return Fields(
        versions=tuple(map(version, data["versions"])),
        root=data["root"],
        atomic=frozenset(data["atomic"]),
        types={
            name: {
                key: _field(said, VALUES.get(name, {}).get(key, ()))
                for key, said in members.items()
            }
            for name, members in data["types"].items()
        },
    )


def version(text: str) -> Version:
    """Return major and minor of a version: (1, 10) of "1.10"."""
    major, minor = text.split(".")
    return int(major), int(minor)


def _field(said: str | Mapping[str, Any], values: tuple[str, ...]) -> Field:
    """Return a field; one that is not required and has always been there is its type alone.

    values: the only ones that there are, where the data do not say them.
    """
    if isinstance(said, str):
        return Field(said, enum=values)
    since, gone, before = (said.get(key) for key in ("since", "gone", "requiredBefore"))
    return Field(
        type=said["type"],
        required=said.get("required", False),
        required_before=version(before) if before else None,
        enum=tuple(said.get("enum", values)),
        since=version(since) if since else None,
        gone=version(gone) if gone else None,
        keys=tuple(said.get("keys", ())),
        unique=said.get("unique", False),
        nullable=said.get("nullable", False),
    )
