"""YAML as the engine (go-yaml 3) reads stack files: version 1.2's scalars, and no key twice.

PyYAML by itself follows version 1.1: `on` is true there, 1:30 is 90, and of two equal keys the last
one wins without a word. A date is refused: the engine would make a time with a zone of it, which
nobody means.

What may mean something else than what stands there is marked: a number that has another text than
its own (Respelt), and a text that is a truth value in version 1.1 (Unquoted).
"""

from __future__ import annotations

import datetime
import re
from typing import Any

import yaml

from .yaml_documents import MISREADINGS, BoundedLoader, reason

_BEGINS_LIKE_A_DATE = "!begins-like-a-date"

# What the engine's reader (go-yaml 3) takes for a time: with T and a zone, or with neither.
_CLOCK = r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?"
_ZONE = r"(?:Z|[-+][0-9]{2}:[0-9]{2})"
_TIME = re.compile(rf"([0-9]{{4}})-([0-9]{{1,2}})-([0-9]{{1,2}})(?:[Tt]{_CLOCK}{_ZONE}| {_CLOCK})?")


_MERGE = "tag:yaml.org,2002:merge"
_ANOTHER_TRUTH = "!truth-of-1.1"
_NO_NUMBER = "!no-number"


class Unquoted(str):
    """A text that stands without quotes and is true or false in YAML 1.1: yes, no, on, off."""

    __slots__ = ()

    @property
    def truth(self) -> bool:
        """What it is in YAML 1.1."""
        return self.lower() in {"yes", "on"}


class Respelt:
    """A number whose own text is not the one that stands there. written: that one."""

    written: str


class _Int(int, Respelt):
    pass


class _Float(float, Respelt):
    pass


class _Loader12(BoundedLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}

    def judge(self, node: yaml.Node) -> None:
        """Refuse what has no end, and a key that stands there twice."""
        super().judge(node)
        # Before anything is merged (<<): from then on an object holds what it overrides, too.
        self._judged: set[int] = set()
        self._require_single_keys(node)

    def _require_single_keys(self, node: yaml.Node) -> None:
        if isinstance(node, yaml.ScalarNode) or id(node) in self._judged:
            return
        self._judged.add(id(node))
        if not isinstance(node, yaml.MappingNode):
            for item in node.value:
                self._require_single_keys(item)
            return
        seen = set()
        for key_node, value_node in node.value:
            merges = key_node.tag == _MERGE
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "found unhashable key", key_node.start_mark
                )
            key = key_node.value if merges else self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key} stands here twice", key_node.start_mark
                )
            seen.add(key)
            self._require_single_keys(value_node)

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Merge what << names: an object's own keys win, then those of the first in a list.

        PyYAML (6.0.4) lets a later one win over an earlier, and what is merged over what merges.
        """
        own, merged = [], []
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE:
                for source in _merged_in(value_node):
                    self.flatten_mapping(source)
                    merged += source.value
            else:
                own.append((key_node, value_node))
        pairs: dict[Any, Any] = {}
        for pair in (*own, *merged):
            scalar = isinstance(pair[0], yaml.ScalarNode)
            pairs.setdefault((pair[0].tag, pair[0].value) if scalar else id(pair[0]), pair)
        node.value = list(pairs.values())


def _merged_in(node: yaml.Node) -> list[yaml.MappingNode]:
    sources = node.value if isinstance(node, yaml.SequenceNode) else [node]
    if not all(isinstance(source, yaml.MappingNode) for source in sources):
        raise yaml.constructor.ConstructorError(
            None, None, "what << merges is an object, or a list of objects", node.start_mark
        )
    return list(sources)


for _tag, _shape, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(0|0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[1-9][0-9_]*)", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", "<<", "<"),
):
    _Loader12.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_shape})$"), list(_first)
    )


def _number(loader: _Loader12, node: yaml.ScalarNode) -> float:
    """Return a number without a fraction as a whole one: the engine makes no difference."""
    number: float = loader.construct_yaml_float(node)
    return _as_written(int(number) if number.is_integer() else number, node)


def _whole_number(loader: _Loader12, node: yaml.ScalarNode) -> float:
    """Return a whole number; beyond 64 bits it is a float to the engine, with fewer digits."""
    number: int = loader.construct_yaml_int(node)
    return _as_written(number if -(2**63) <= number < 2**64 else int(float(number)), node)


def _as_written(number: float, node: yaml.ScalarNode) -> float:
    if str(number) == node.value:
        return number
    marked = _Int(number) if isinstance(number, int) else _Float(number)
    marked.written = node.value
    return marked


_Loader12.add_constructor("tag:yaml.org,2002:float", _number)
_Loader12.add_constructor("tag:yaml.org,2002:int", _whole_number)


def _unquoted(loader: _Loader12, node: yaml.ScalarNode) -> str:
    return Unquoted(loader.construct_scalar(node))


_Loader12.add_constructor(_ANOTHER_TRUTH, _unquoted)
_Loader12.add_implicit_resolver(
    _ANOTHER_TRUTH,
    re.compile("^(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$"),
    list("yYnNoO"),
)


def _refuse_no_number(loader: _Loader12, node: yaml.Node) -> Any:
    raise yaml.constructor.ConstructorError(
        None, None, "an unquoted infinity or no number (.inf, .nan); quote it", node.start_mark
    )


_Loader12.add_constructor(_NO_NUMBER, _refuse_no_number)
_Loader12.add_implicit_resolver(
    _NO_NUMBER, re.compile(r"^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"), list("-+.")
)


def _refuse_date(loader: _Loader12, node: yaml.Node) -> Any:
    raise yaml.constructor.ConstructorError(
        None, None, "an unquoted date; quote it", node.start_mark
    )


def _no_date(loader: _Loader12, node: yaml.ScalarNode) -> str:
    """Return a text that only begins like a date."""
    text: str = loader.construct_scalar(node)
    if _is_time(text):
        _refuse_date(loader, node)
    return text


def _is_time(text: str) -> bool:
    found = _TIME.fullmatch(text)
    if found is None:
        return False
    year, month, day, *clock = (int(number) for number in found.groups() if number is not None)
    try:
        # Leap years come back after 400 years, and Python's first year is 1.
        hour, minute, second = clock or (0, 0, 0)
        datetime.datetime(2000 + year % 400, month, day, hour, minute, second)
    except ValueError:
        return False
    return True


_Loader12.add_constructor("tag:yaml.org,2002:timestamp", _refuse_date)
_Loader12.add_implicit_resolver(_BEGINS_LIKE_A_DATE, re.compile(r"^[0-9]{4}-"), list("0123456789"))
_Loader12.add_constructor(_BEGINS_LIKE_A_DATE, _no_date)


def load(text: str) -> Any:
    """Return the document.

    Raises ValueError with the reason and its place; it quotes nothing, since any value may be a
    secret.
    """
    try:
        return yaml.load(text, Loader=_Loader12)
    except (yaml.YAMLError, *MISREADINGS) as error:
        raise ValueError(reason(error, text)) from None
