"""Which values of a configuration may be secrets: what the marks of the models say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from ..kubevirt.secret_fields import is_secret
from ..text.paths import Path
from .model import MaySecret, mark_of, model_in
from .pool import PoolSpec


def marks(model: type[BaseModel] = PoolSpec) -> Mapping[Path, MaySecret]:
    """Return the marks by the path of the key: ("password",), or ("cloudInit", "userData")."""
    return {path: mark for path, mark in _fields(model) if mark is not None}


def _fields(model: type[BaseModel], above: Path = ()) -> Iterator[tuple[Path, MaySecret | None]]:
    """Yield the paths of all keys, two steps deep, with their marks."""
    for field in model.model_fields.values():
        path = (*above, str(field.alias))
        yield path, mark_of(field)
        inner = model_in(field.annotation)
        if inner is not None and not above:
            yield from _fields(inner, path)


MARKS = marks()
# What stands below these keys may be a secret, and so may the value of a key that nobody knows.
SECRET_KEYS = frozenset(path[0] for path in MARKS)
# ... except for these members.
PUBLIC = frozenset(
    path for path, mark in _fields(PoolSpec) if len(path) == 2 and (mark is None or mark.public)
)

# Of these keys the models tell for each part whether it may be one.
WITHIN = {path[0]: mark.within for path, mark in MARKS.items() if mark.within and len(path) == 1}


# Below these keys stand headers: what they are in KubeVirt's objects they are here.
WITH_HEADERS = frozenset({"disk", "disks", "readinessProbe", "livenessProbe"})


def may_show(path: Path) -> bool:
    """Tell whether the value at a path of the configuration can be no secret."""
    if path and path[0] in WITH_HEADERS and is_secret(path):
        return False
    if not path or path[0] not in SECRET_KEYS:
        return True
    within = WITHIN.get(path[0])
    if within is not None:
        return len(path) > 1 and not within(path[1:])
    return path[:2] in PUBLIC
