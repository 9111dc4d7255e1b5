"""Which fields of an object a version of KubeVirt does not have."""

from __future__ import annotations

from collections.abc import Iterator

from ..text.paths import Path
from .fields import POOL, Field, Fields, Version, fields


def unknown_in(
    version: Version, value: object, root: str = POOL, path: Path = ()
) -> Iterator[tuple[Path, Field]]:
    """Yield the known fields of an object that a version of KubeVirt does not have.

    root: the object's type. path: where it stands. What is below such a field is not looked at.
    """
    yield from _unknown(fields(), version, Field(root), value, path)


def _unknown(
    known: Fields, version: Version, field: Field, value: object, path: Path
) -> Iterator[tuple[Path, Field]]:
    if isinstance(value, list):
        for index, element in enumerate(value):
            yield from _unknown(known, version, Field(field.of), element, (*path, index))
    if not isinstance(value, dict):
        return
    members = None if field.is_map else known.types.get(field.of)
    for name, inner in value.items():
        here = (*path, name)
        member = Field(field.of) if field.is_map else (members or {}).get(name)
        if member is None:
            continue
        if not member.known_in(version):
            yield here, member
        else:
            yield from _unknown(known, version, member, inner, here)
