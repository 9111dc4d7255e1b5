"""What a stack file says that means something else by the time it gets where it goes.

A file has it as text; between that and a VM stand two readers of YAML: the engine's (version 1.2's
scalars, and texts for keys only) and cloud-init's (version 1.1's).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubevirt_vm_pool.spec.defaults import declared
from kubevirt_vm_pool.spec.secrecy import may_show
from kubevirt_vm_pool.text.paths import Path, dotted
from kubevirt_vm_pool.text.yaml_1_2 import Respelt, Unquoted
from kubevirt_vm_pool.validation.problems import Problem

# Texts that may be said as a number: a quantity is the same however it is written.
QUANTITIES = frozenset({"memory", "cpuRequest"})
# Where anything may stand; what the models know by its type, they refuse by that.
FREE = (
    ("cloudInit", "config"),
    ("cloudInit", "networkData"),
    ("perReplica", "config"),
    ("perReplica", "networkData"),
    ("perReplica", "values"),
)
# ... and is read by cloud-init, which knows yes, no, on and off as truth values.
OF_CLOUD_INIT = FREE[:-1]


def problems(config: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is misread. config: the program's own by key, as yaml_1_2 reads it."""
    for key, value in config.items():
        yield from _keys(value, (key,))
        yield from _text(key, value)
    for path in FREE:
        above = config.get(path[0])
        if isinstance(above, Mapping):
            yield from _values(above.get(path[1]), path, of_cloud_init=path in OF_CLOUD_INIT)


def _text(key: str, value: Any) -> Iterator[Problem]:
    entry = declared().get(key)
    if entry is None or entry.kind != "string" or key in QUANTITIES:
        return
    if isinstance(value, bool):
        yield Problem(key, "must be text, and is a truth value without quotes", "quote it")
    elif isinstance(value, Respelt):
        yield _respelt((key,), value, "must be text")


def _respelt(path: Path, value: Respelt, rule: str) -> Problem:
    return Problem(
        dotted(path),
        f"{rule}: without quotes it is a number, whose text is not the one that stands there",
        "quote it" if rule == "must be text" else "quote it, or write the number itself",
        value.written if may_show(path) else None,
    )


def _values(value: Any, path: Path, *, of_cloud_init: bool) -> Iterator[Problem]:
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from _values(member, (*path, key), of_cloud_init=of_cloud_init)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _values(item, (*path, index), of_cloud_init=of_cloud_init)
    elif isinstance(value, Respelt) and path[-1] != "permissions":
        # Of a file's permissions 0644 is the number that cloud-init means, too.
        yield _respelt(path, value, "is read as another value")
    elif isinstance(value, Unquoted) and of_cloud_init:
        yield Problem(
            dotted(path),
            "is text without quotes, too (a stack file is YAML 1.2), and where cloud-init asks "
            "whether something is so, any text is true",
            f"write {str(value.truth).lower()}, or quote it if it is text",
            value if may_show(path) else None,
        )


def _keys(value: Any, path: Path) -> Iterator[Problem]:
    """Yield what the engine refuses: "expected only string keys"."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _keys(item, (*path, index))
    elif isinstance(value, Mapping):
        for key, member in value.items():
            if not isinstance(key, str):
                shown = "null" if key is None else str(key).lower()
                yield Problem(
                    dotted((*path, shown)),
                    "is a key without quotes that is no text, and the engine takes no other",
                    f'quote it: "{shown}"',
                )
            yield from _keys(member, (*path, key if isinstance(key, str | int) else str(key)))
