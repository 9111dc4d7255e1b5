"""What all stacks have in common: the values in Pulumi.yaml, given to each as the engine does it.

A key there is one of the configuration, or a member of one: `disk.storageClassName`. What a stack's
own file says wins, member by member. The engine (mergeConfig in pkg/workspace/config.go) goes
through the keys by their spelling, and sets each that the stack has not got yet.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kubevirt_vm_pool.spec.defaults import declared
from kubevirt_vm_pool.stack_config import PROJECT
from kubevirt_vm_pool.text import yaml_1_2
from kubevirt_vm_pool.text.paths import Path as Key
from kubevirt_vm_pool.text.paths import undotted

from ..console import UserError

FILE = "Pulumi.yaml"


@dataclass(frozen=True)
class Value:
    """A value that every stack has which says nothing else.

    written: its key as it stands in Pulumi.yaml. key: the one of the configuration, with its
    namespace if that is not the project's. members: where below it the value stands, () if it is
    the whole.
    """

    written: str
    key: str
    members: Key
    value: Any = field(repr=False)


def values(root: Path) -> tuple[Value, ...]:
    """Return what the project's file says for all stacks; () where there is no such file.

    A declared default is left out: the specification has it anyhow. Raises UserError.
    """
    try:
        text = (root / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except UnicodeDecodeError:
        raise UserError(f"{FILE} cannot be read: it is no UTF-8") from None
    return _values(text)


# Every stack of a command asks.
@functools.lru_cache(8)
def _values(text: str) -> tuple[Value, ...]:
    try:
        document = yaml_1_2.load(text)
    except ValueError as reason:
        raise UserError(f"{FILE} cannot be read: {reason}") from None
    config = document.get("config") if isinstance(document, dict) else None
    entries = config.items() if isinstance(config, dict) else ()
    said = [(str(key), entry) for key, entry in entries if _tells(entry)]
    _require_single(key for key, _ in said)
    return tuple(
        _value(key, entry)
        for key, entry in sorted(said, key=lambda pair: pair[0])
        if not _is_declared(key, entry)
    )


def _tells(entry: Any) -> bool:
    return isinstance(entry, dict) and _said(entry) is not None


def _require_single(keys: Iterable[str]) -> None:
    """Raise UserError for a key with and without its namespace: which one counts is luck."""
    seen = set()
    for key in keys:
        name = key.removeprefix(f"{PROJECT}:")
        if name in seen:
            raise UserError(
                f"{FILE} has {name} and {PROJECT}:{name}, which are the same; run make generate, "
                "or remove one of them"
            )
        seen.add(name)


def _said(entry: Mapping[str, Any]) -> Any:
    return entry["value"] if entry.get("value") is not None else entry.get("default")


def _is_declared(key: str, entry: Mapping[str, Any]) -> bool:
    known = declared().get(key)
    # True is 1 to Python, and not to YAML.
    return known is not None and repr(known.default) == repr(_said(entry))


def _value(written: str, entry: Mapping[str, Any]) -> Value:
    namespace, _, name = written.rpartition(":")
    said = _said(entry)
    if namespace not in {"", PROJECT}:
        return Value(written, written, (), said)
    try:
        key, *members = undotted(name)
    except ValueError:
        raise UserError(f"{written} in {FILE} is no key, and no member of one") from None
    if not all(isinstance(step, str) for step in members):
        raise UserError(f"{written} in {FILE} is a part of a list: give the whole list")
    if _has_secure(said):
        raise UserError(
            f"{written} in {FILE} is encrypted, and the engine decrypts nothing there: give it to "
            f"each stack, by `pulumi config set --secret --path '{name}' --stack ...`"
        )
    if members and _looks_otherwise(said):
        # The engine makes a number or a truth value of such a text.
        raise UserError(
            f"{written} in {FILE} is a text that looks like a number or a truth value, which the "
            f"engine makes of it: give the whole of {key}"
        )
    return Value(written, str(key), tuple(members), said)


def _has_secure(value: Any) -> bool:
    if isinstance(value, dict):
        return value.keys() == {"secure"} or any(map(_has_secure, value.values()))
    return isinstance(value, list) and any(map(_has_secure, value))


def _looks_otherwise(value: Any) -> bool:
    """Tell whether a text is a number or a truth value once its quotes are gone."""
    if not isinstance(value, str):
        return False
    try:
        return isinstance(yaml_1_2.load(value), bool | int)
    except ValueError:
        return False


def top(written: str) -> str:
    """Return the key of the configuration that a key of Pulumi.yaml is, or is a member of."""
    return str(undotted(written.removeprefix(f"{PROJECT}:"))[0])


def completed(config: Mapping[str, Any], common: Sequence[Value], *, file: str) -> dict[str, Any]:
    """Return a stack's configuration with what all stacks have in common.

    config: as its file has it, encrypted values as they are. Raises UserError where a stack has no
    object, and a member of one is common: the engine would put an object in its place.
    """
    result = dict(config)
    own = set(config)
    for one in common:
        key = f"{PROJECT}:{one.key}" if f"{PROJECT}:{one.key}" in own else one.key
        if not one.members:
            result.setdefault(key, one.value)
            continue
        value = result.get(key)
        if key not in own and not isinstance(value, dict):
            value = {}
        result[key] = _with(value, one.members, one, file)
    return result


def _with(value: Any, members: Key, one: Value, file: str) -> Any:
    if value is None:
        value = {}
    if not isinstance(value, dict) or value.keys() == {"secure"}:
        raise UserError(
            f"{one.key} in {file} is no object, and {FILE} has a member of it for all stacks "
            f"({one.written}); the engine would put an object in its place: say {one.key} as an "
            f"object, or give each stack its own {one.written}"
        )
    step, *rest = members
    if not rest:
        return {**value, step: value.get(step, one.value)}
    return {**value, step: _with(value.get(step), tuple(rest), one, file)}
