"""Values as the text of a stack file, and a stack file's text with some values changed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml
from kubevirt_vm_pool.spec.secrecy import may_show
from kubevirt_vm_pool.text import yaml_1_2
from kubevirt_vm_pool.text.paths import Path, dotted


class _Dumper(yaml.SafeDumper):
    """Writes every text so that no reader of YAML, 1.1 or 1.2, takes it for something else."""

    def ignore_aliases(self, data: object) -> bool:
        return True


_Dumper.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("[yYnN]$"), list("yYnN"))
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(([.][0-9]+|[0-9]+([.][0-9]*)?)[eE][-+]?[0-9]+|0[oO][0-7_]+|[0-9]+)$"),
    list("-+.0123456789"),
)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text.strip("\n") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
# What a reader has marked is written as it stood, and so is read in the same way.
_Dumper.add_multi_representer(
    yaml_1_2.Respelt, lambda dumper, one: _as_it_stood(dumper, type(one).__mro__[1], one.written)
)
_Dumper.add_representer(yaml_1_2.Unquoted, lambda dumper, one: _as_it_stood(dumper, str, str(one)))


def _as_it_stood(dumper: yaml.SafeDumper, kind: type, text: str) -> yaml.ScalarNode:
    tag = {int: "int", float: "float"}.get(kind, "bool")
    return dumper.represent_scalar(f"tag:yaml.org,2002:{tag}", text)


def written(document: Mapping[str, Any]) -> str:
    """Return a document as YAML that is read as the same; texts of several lines as blocks."""
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    if yaml_1_2.load(text) != document:
        # No text is worth a wrong value: JSON is YAML that nobody reads in two ways.
        text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return text


def inline(value: Any) -> str:
    """Return a value on one line."""
    text: str = yaml.dump(
        [value],
        Dumper=_Dumper,
        default_flow_style=True,
        sort_keys=False,
        allow_unicode=True,
        width=1_000_000,
    )
    line = text.strip().removeprefix("[").removesuffix("]")
    if "\n" in line or yaml_1_2.load(line) != value:
        return json.dumps(value, ensure_ascii=False)
    return line


def each_secret_text(value: Any, path: Path, change: Callable[[Path, str], Any]) -> Any:
    """Return a value with another one for each text that may be a secret."""
    if isinstance(value, Mapping):
        if value.keys() == {"secure"}:
            return value
        return {key: each_secret_text(one, (*path, str(key)), change) for key, one in value.items()}
    if isinstance(value, list):
        return [each_secret_text(one, (*path, place), change) for place, one in enumerate(value)]
    return change(path, value) if isinstance(value, str) and value and not may_show(path) else value


def with_value(text: str, path: Path, value: Any) -> str:
    """Return a document's text with a value at a path; comments and order stay if they can.

    Raises ValueError where something on the way is no object and no list that goes so far.
    """
    wanted = _put(yaml_1_2.load(text) or {}, path, value)
    return _verified(text, wanted, lambda: _put_in_place(text, path, value))


def without(text: str, path: Path) -> str:
    """Return a document's text without what is at the path of a member."""
    wanted = _removed(yaml_1_2.load(text), path)
    return _verified(text, wanted, lambda: _removed_in_place(text, path))


def _verified(text: str, wanted: Mapping[str, Any], edit: Callable[[], str | None]) -> str:
    """Return the text as it is edited, if that is read as it should be; else write it anew."""
    try:
        edited = edit()
        if edited is not None and yaml_1_2.load(edited) == wanted:
            return edited
    except (ValueError, yaml.YAMLError):
        pass
    head = re.match(r"(#.*\n)*", text)
    return (head[0] if head else "") + written(wanted)


def _put(value: Any, path: Path, new: Any, above: Path = ()) -> Any:
    if not path:
        return new
    step, *rest = path
    if value is None:
        value = {} if isinstance(step, str) else []
    if isinstance(value, dict) and isinstance(step, str) and value.keys() != {"secure"}:
        return {**value, step: _put(value.get(step), tuple(rest), new, (*above, step))}
    if isinstance(value, list) and isinstance(step, int) and step <= len(value):
        old = value[step] if step < len(value) else None
        return [*value[:step], _put(old, tuple(rest), new, (*above, step)), *value[step + 1 :]]
    kind = "a list that goes so far" if isinstance(step, int) else "an object"
    raise ValueError(f"{dotted(above)} is not {kind}")


def _removed(value: Any, path: Path) -> Any:
    step, *rest = path
    if rest:
        return {**value, step: _removed(value[step], tuple(rest))}
    return {key: one for key, one in value.items() if key != step}


def _put_in_place(text: str, path: Path, value: Any) -> str | None:
    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    for place, step in enumerate(path):
        found = _child(node, step)
        rest = path[place:]
        if found is None:
            return _added(text, node, str(step), _nested(rest[1:], value))
        key, child = found
        is_last = len(rest) == 1
        if is_last or (isinstance(child, yaml.ScalarNode) and not child.value):
            return _replaced(text, key, child, value if is_last else _nested(rest[1:], value))
        node = child
    return None


def _nested(path: Path, value: Any) -> Any:
    for step in reversed(path):
        value = {step: value} if isinstance(step, str) else [value]
    return value


def _child(node: Any, step: str | int) -> tuple[Any, Any] | None:
    """Return the key and the value of a member, None and the item of a list, or None."""
    if isinstance(node, yaml.MappingNode):
        return next((pair for pair in node.value if pair[0].value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None


def _end(text: str, node: Any) -> int:
    """Return where a value ends: of a block, where its last member does."""
    if not isinstance(node, yaml.ScalarNode) and node.value and not node.flow_style:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    end: int = node.end_mark.index
    return len(text[:end].rstrip()) if text[:end].endswith("\n") else end


def _replaced(text: str, key: Any, old: Any, value: Any) -> str:
    end = _end(text, old)
    if key is None:
        return text[: old.start_mark.index] + inline(value) + text[end:]
    colon = text.index(":", key.end_mark.index) + 1
    return f"{text[:colon]} {inline(value)}{text[max(end, colon) :]}"


def _added(text: str, node: Any, key: str, value: Any) -> str | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    entry = f"{inline(key)}: {inline(value)}"
    if node.flow_style:
        brace = node.end_mark.index - 1
        return f"{text[:brace].rstrip()}{', ' if node.value else ''}{entry}{text[brace:]}"
    line_end = text.find("\n", _end(text, node))
    place = len(text) if line_end < 0 else line_end
    return f"{text[:place]}\n{' ' * node.start_mark.column}{entry}{text[place:]}"


def _removed_in_place(text: str, path: Path) -> str | None:
    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    for step in path[:-1]:
        found = _child(node, step)
        if found is None:
            return None
        node = found[1]
    found = _child(node, path[-1])
    if found is None or node.flow_style:
        return None
    start = text.rfind("\n", 0, found[0].start_mark.index) + 1
    line_end = text.find("\n", _end(text, found[1]))
    return text[:start] + (text[line_end + 1 :] if line_end >= 0 else "")
