"""The difference of two objects as a compact diff of their YAML."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kubevirt_vm_pool.manifests.metadata import Object

from ..manifest_yaml import as_yaml, redacted

LINES_AROUND = 2
HASH_DIGITS = 8

_KEY = re.compile(r"[^\s'\"#]+(?=:(?: |$))")


@dataclass(frozen=True)
class ObjectChange:
    """A changed object.

    fate: "created", "changed" or "removed". lines: a diff, each line beginning with "+", "-", " "
    or "@@"; of a removed object there are none.
    """

    kind: str
    name: str
    namespace: str | None
    fate: str
    lines: tuple[str, ...]

    @property
    def title(self) -> str:
        """Kind, name and, unless the object merely changes, what becomes of it."""
        return f"{self.kind} {self.name}{'' if self.fate == 'changed' else f', {self.fate}'}"


def object_change(old: Object | None, new: Object | None, *, pair: str) -> ObjectChange | None:
    """Return what changes in an object, None if nothing does.

    old, new: manifests with hashes for secret values; None where there is no object.
    pair: goes into the hashes that are shown, so that equal secrets of two stacks look different.
    """
    known = new or old
    if old == new or known is None:
        return None
    metadata = known["metadata"]
    fate = "created" if old is None else "removed" if new is None else "changed"
    lines = () if new is None else tuple(_diff(_lines(old, pair), _lines(new, pair)))
    return ObjectChange(known["kind"], metadata["name"], metadata.get("namespace"), fate, lines)


def _lines(manifest: Object | None, pair: str) -> list[str]:
    if manifest is None:
        return []

    def shown(key: str, value: Any) -> str:
        return f"[secret {hashlib.sha256(f'{pair} {value}'.encode()).hexdigest()[:HASH_DIGITS]}]"

    # Without the line that begins a document.
    return as_yaml([redacted(manifest, shown)], show_secrets=True).splitlines()[1:]


def _diff(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """Yield the changed lines with those around them, in groups, above each the path to it."""
    if not old:
        yield from (f"+{line}" for line in new)
        return
    old_paths, new_paths = _paths(old), _paths(new)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(LINES_AROUND):
        _, old_from, _, new_from, new_to = next(step for step in group if step[0] != "equal")
        path = new_paths[new_from] if new_to > new_from else old_paths[old_from]
        yield f"@@ {path} @@" if path else "@@"
        shown = [line for step in group for line in _of_step(old, new, *step)]
        # The path says how deep they stand.
        indent = min(len(line) - len(line.lstrip(" ")) for _, line in shown)
        yield from (f"{mark}{line[indent:]}" for mark, line in shown)


def _of_step(
    old: Sequence[str],
    new: Sequence[str],
    what: str,
    old_from: int,
    old_to: int,
    new_from: int,
    new_to: int,
) -> Iterator[tuple[str, str]]:
    """Yield the lines of a step, each with its mark."""
    if what == "equal":
        yield from ((" ", line) for line in new[new_from:new_to])
    else:
        yield from (("-", line) for line in old[old_from:old_to])
        yield from (("+", line) for line in new[new_from:new_to])


def _paths(lines: Sequence[str]) -> list[str]:
    """Return of each line of YAML the path to what it stands in: "spec.ports[0]"."""
    # What a line stands in, with its depth: an item of a list is deeper than the list's key,
    # though its dash is in the same column.
    open_: list[tuple[int, str]] = []
    paths = []
    for line in lines:
        rest = line.lstrip(" ")
        depth = 2 * (len(line) - len(rest))
        while rest.startswith("- "):
            count = _closed(open_, depth + 1)
            open_.append((depth + 1, f"[{count}]"))
            rest, depth = rest[2:], depth + 4
        _closed(open_, depth)
        paths.append("".join(step for _, step in open_).removeprefix("."))
        if found := _KEY.match(rest):
            open_.append((depth, f".{found[0]}"))
    return paths


def _closed(open_: list[tuple[int, str]], depth: int) -> int:
    """Leave what is not above a depth; return the index of the item that begins there."""
    index = 0
    while open_ and open_[-1][0] >= depth:
        at, step = open_.pop()
        if at == depth and step.startswith("["):
            index = int(step[1:-1]) + 1
    return index
