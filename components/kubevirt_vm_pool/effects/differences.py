"""Where two objects differ."""

from __future__ import annotations

from collections.abc import Iterator

from ..spec import quantity
from ..text.paths import Path
from .lookup import is_object, unwrapped, whole

Paths = tuple[Path, ...]


def differences(old: object, new: object, path: Path = ()) -> Iterator[Path]:
    """Yield the paths at which two objects differ, the shortest that tell the difference."""
    old, new = unwrapped(old), unwrapped(new)
    if is_object(old) and is_object(new):
        for key in [*old, *(key for key in new if key not in old)]:
            # What Pulumi's provider adds to an object for itself.
            if path or not str(key).startswith("__"):
                yield from differences(old.get(key), new.get(key), (*path, str(key)))
    elif isinstance(old, list | tuple) and isinstance(new, list | tuple):
        for index in range(max(len(old), len(new))):
            before, after = (side[index] if index < len(side) else None for side in (old, new))
            yield from differences(before, after, (*path, index))
    elif not _same(old, new):
        yield path


def below(paths: Paths, *prefixes: Path) -> Paths:
    """Return those of some paths that are one of these, or below one."""
    return tuple(path for path in paths if any(starts(path, prefix) for prefix in prefixes))


def starts(path: Path, prefix: Path) -> bool:
    """Tell whether a path is another one, or below it."""
    return path[: len(prefix)] == prefix


def same_quantity(path: Path, old: object, new: object) -> bool:
    """Tell whether two texts are one quantity: KubeVirt compares 1Gi and 1024Mi as equal.

    path: where the values are, which tells whether they are quantities.
    """
    if path[-2:-1] not in {("requests",), ("limits",)} and path[-2:] != ("memory", "guest"):
        return False
    sides = [side if isinstance(side, str) else whole(side) for side in (old, new)]
    if None in sides:
        return False
    try:
        return quantity.parse(str(sides[0])) == quantity.parse(str(sides[1]))
    except ValueError:
        return False


def _same(old: object, new: object) -> bool:
    """Tell whether two values are the same: 2 and 2.0 are (all of Pulumi's numbers are floats)."""
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    return bool(old == new)
