"""Fields of KubeVirt's whose values may be secrets, and what stands at them in an object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..text.paths import Path

# Cloud-init documents inside of a volume, and the headers with which CDI fetches an image.
USER_DATA = frozenset({"userData", "userDataBase64"})
SECRET_FIELDS = USER_DATA | {"networkData", "networkDataBase64", "extraHeaders"}
# The values of a probe's headers, which may be a token; their names are none.
PROBES_HEADERS, VALUE = "httpHeaders", "value"


def is_secret(path: Path) -> bool:
    """Tell whether a path leads to such a field, or into one."""
    of_header = PROBES_HEADERS in path and VALUE in path
    return of_header or not SECRET_FIELDS.isdisjoint(path)


def may_be_secret(path: Path) -> bool:
    """Tell whether a single value at a path of a VirtualMachine's spec may be a secret.

    It may where the field is one of these, and where no field of KubeVirt's takes a single value:
    it may be a misspelt or misplaced secret.
    """
    return is_secret(path) or not _takes_single_values(path)


def _takes_single_values(path: Path) -> bool:
    # To read the fields takes time, and most stacks do without.
    from .fields import VIRTUAL_MACHINE, Field, fields
    from .list_keys import PATCH

    types, field = fields().types, Field(VIRTUAL_MACHINE)
    for step in path:
        if step == PATCH or field == Field("anything"):
            return True
        if isinstance(step, int) or field.is_map:
            if field.is_list != isinstance(step, int):
                return False
            field = Field(field.of)
        else:
            members = {} if field.is_list else types.get(field.of, {})
            if step not in members:
                return False
            field = members[step]
    return field.of not in types


def secret_places(value: object, path: Path = ()) -> Iterator[Path]:
    """Yield the paths of the single values that stand at such fields of an object."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from secret_places(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from secret_places(inner, (*path, index))
    elif value is not None and is_secret(path):
        yield path


def with_secrets_changed(value: Any, change: Callable[[Path, Any], Any], path: Path = ()) -> Any:
    """Return an object with something else in place of each value that secret_places yields."""
    if isinstance(value, dict):
        return {
            name: with_secrets_changed(inner, change, (*path, name))
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [
            with_secrets_changed(inner, change, (*path, index)) for index, inner in enumerate(value)
        ]
    return change(path, value) if value is not None and is_secret(path) else value
