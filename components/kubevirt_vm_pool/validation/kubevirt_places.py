"""Where a field of KubeVirt's belongs that stands where it is unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..kubevirt.fields import Field, Fields
from ..text.paths import Path, dotted
from ..text.spelling import did_you_mean
from .kubevirt_values import in_words

# What people write who know the field from elsewhere; the first that is known there is meant.
ALSO_CALLED: Mapping[str, tuple[str, ...]] = {
    "basePolicy": ("sortPolicy",),
    "storageClass": ("storageClassName",),
    "userDataSecretRef": ("secretRef",),
}
SHORT_LIST = 12
MOST_PLACES = 3
DEEPEST = 12


def what_to_do(
    known: Fields, root: str, path: Path, top: Path, members: Mapping[str, Field]
) -> str:
    """Return what to do about an unknown field.

    root: the type of the object at the key `top`. members: the fields that are known at the place.
    """
    name = str(path[-1])
    near = next((one for one in ALSO_CALLED.get(name, ()) if one in members), None)
    near = near or did_you_mean(name, members, nearness=0.75)
    if near:
        return f"did you mean {near}?"
    above = path[len(top) : -1]
    places = _nearest(known, root, above, name)
    if len(places) == 1:
        return f"its place is {dotted((*top, *places[0]))}"
    if 1 < len(places) <= MOST_PLACES and all(place[: len(above)] == above for place in places):
        if not above:
            return f"its place is {in_words([dotted((*top, *place)) for place in places])}"
        return f"its place is {in_words([dotted(place[len(above) :]) for place in places])} there"
    near = did_you_mean(name, members)
    if near:
        return f"did you mean {near}?"
    return f"known here: {', '.join(members)}" if 0 < len(members) <= SHORT_LIST else "remove it"


def _nearest(known: Fields, root: str, above: Path, name: str) -> list[Path]:
    """Return the places of a field that are nearest to an object.

    Elements of lists have the indices of those that the object is in; others are "[]".
    """
    names = [step for step in above if isinstance(step, str)]
    distances: dict[Path, int] = {}
    for steps, lists in _places(known, root, name):
        shared = 0
        for ours, theirs in zip(names, steps[:-1], strict=False):
            if ours != theirs:
                break
            shared += 1
        distances[_with_indices(steps, lists, above, shared)] = len(names) + len(steps) - 2 * shared
    least = min(distances.values(), default=0)
    return [place for place, distance in distances.items() if distance == least]


def _with_indices(steps: list[str], lists: set[int], above: Path, shared: int) -> Path:
    """Return a place as a path; `shared` of its steps are those of the object at `above`."""
    end = 0
    for _ in range(shared):
        end += 1
        while end < len(above) and isinstance(above[end], int):
            end += 1
    rest = (
        f"{step}[]" if shared + place in lists else step
        for place, step in enumerate(steps[shared:])
    )
    return (*above[:end], *rest)


def _places(known: Fields, root: str, name: str) -> Iterator[tuple[list[str], set[int]]]:
    """Yield every place of a field: the names that lead to it, and which of them are lists."""
    to_do: list[tuple[str, list[str], set[int]]] = [(root, [], set())]
    while to_do:
        type_name, above, lists = to_do.pop(0)
        for key, field in known.types[type_name].items():
            if key == name:
                yield [*above, key], lists
            # No type of KubeVirt's holds itself; but one may in time.
            if field.of in known.types and len(above) < DEEPEST:
                inner = lists | {len(above)} if field.is_list else lists
                to_do.append((field.of, [*above, key], inner))
