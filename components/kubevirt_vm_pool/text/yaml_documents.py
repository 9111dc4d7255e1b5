"""YAML documents that must be objects, read and written; no message quotes what is in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

# That aliases may add to a document. No object of Kubernetes holds as many (1.5 MiB in etcd).
MOST_NODES = 100_000
NODE_SIGNS = 100  # a longer text counts as several nodes
DEEPEST = 100  # Python itself gives up at some hundreds

# What PyYAML lets through of what Python says of a date such as 2026-02-30 or of a tag's value.
MISREADINGS = (ValueError, TypeError, KeyError, AttributeError, RecursionError)

_SafeLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class BoundedLoader(_SafeLoader):  # type: ignore[valid-type,misc]
    """Refuses what has no end, or a far one: an alias of ten aliases of ten aliases, and so on."""

    def construct_document(self, node: yaml.Node) -> Any:
        """Return the document; raises ConstructorError if it is refused, before it is made."""
        self.judge(node)
        return super().construct_document(node)

    def judge(self, node: yaml.Node) -> None:
        """Raise ConstructorError if the document is refused."""
        count = _Count()
        # Without aliases a document is as long as its text, and nobody's trap.
        if count.expanded(node) - count.written > MOST_NODES:
            raise yaml.constructor.ConstructorError(
                None,
                None,
                f"it expands by aliases (*name) to more than {MOST_NODES:,} nodes; "
                "use fewer of them, or write out what is meant",
                None,
            )


class _Count:
    """Counts nodes, going through each once however many aliases it has.

    written: how many the document has as it is written.
    """

    def __init__(self) -> None:
        self.written = 0
        self._known: dict[int, tuple[int, int]] = {}
        self._open: set[int] = set()

    def expanded(self, node: yaml.Node) -> int:
        """Return how many nodes a node is with aliases written out.

        Raises ConstructorError if one is a part of itself, or too deep.
        """
        return self._size_and_depth(node)[0]

    def _size_and_depth(self, node: yaml.Node) -> tuple[int, int]:
        if id(node) in self._open:
            raise _refused("an alias makes it a part of itself", node)
        if id(node) not in self._known:
            self._open.add(id(node))
            own = 1
            if isinstance(node, yaml.ScalarNode):
                own += len(node.value) // NODE_SIGNS
            self.written += own
            size, depth = own, 0
            for member in _members(node):
                more, below = self._size_and_depth(member)
                size, depth = size + more, max(depth, below + 1)
            if depth > DEEPEST or len(self._open) > DEEPEST + 1:
                raise _refused(f"it is nested more than {DEEPEST} deep", node)
            self._known[id(node)] = size, depth
            self._open.remove(id(node))
        return self._known[id(node)]


def _refused(why: str, node: yaml.Node) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, why, node.start_mark)


def _members(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair


def dumped(document: Mapping[str, Any], *, header: str = "") -> str:
    """Return a document as YAML."""
    text: str = yaml.dump(
        dict(document),
        Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper),
        sort_keys=False,
        allow_unicode=True,
        width=10_000,  # a long command stays on one line
    )
    return header + text


def parsed(text: str) -> tuple[dict[str, Any] | None, str | None]:
    """Return a YAML document that must be an object, or None and the reason.

    The reason names line and column but quotes nothing: the text may hold secrets. An empty
    document is an empty object.
    """
    try:
        document = yaml.load(text, Loader=BoundedLoader)
    except (yaml.YAMLError, *MISREADINGS) as error:
        return None, reason(error, text)
    if document is None:
        return {}, None
    if not isinstance(document, dict):
        return None, "it is no object of keys and values"
    return document, None


# What libyaml and PyYAML say, and what is meant by it.
SAID = {
    "found unhashable key": "an object or a list stands for a key; a text that begins with {{ must "
    "be quoted, and is a template below perReplica only",
    "but found another document": "a second document begins (---), and there is only one to a file",
}
TAB = "a tab; YAML indents with spaces"


def reason(error: Exception, text: str) -> str:
    """Return why a text is no YAML, and where, without words of it.

    An alias or a tag may be a secret; single signs stay ("could not find expected ':'").
    """
    if not isinstance(error, yaml.MarkedYAMLError):
        return "it is no YAML"
    mark = error.problem_mark
    place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    said = error.problem or "it is no YAML"
    if mark and "cannot start any token" in said and _sign(text, mark) == "\t":
        said = TAB
    said = SAID.get(said, said)
    return place + re.sub(r"""(['"]).{2,}\1""", "(not shown)", said)


def _sign(text: str, mark: yaml.Mark) -> str:
    """Return the sign at a place, "" if there is none."""
    lines = text.splitlines()
    return lines[mark.line][mark.column : mark.column + 1] if mark.line < len(lines) else ""
