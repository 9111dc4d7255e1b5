"""YAML as the engine reads stack files: version 1.2's scalars, and no key twice.

PyYAML by itself follows version 1.1: `on` is true there, 1:30 is 90, and of two equal keys the last
one wins without a word. A date is refused: the engine would make a time with a zone of it, which
nobody means.
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


class _Loader12(BoundedLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key} stands here twice", key_node.start_mark
                )
            seen.add(key)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


for _tag, _shape, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(0|0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[1-9][0-9_]*)", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
):
    _Loader12.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_shape})$"), list(_first)
    )


def _number(loader: _Loader12, node: yaml.ScalarNode) -> float:
    """Return a number without a fraction as a whole one: the engine makes no difference."""
    number: float = loader.construct_yaml_float(node)
    return int(number) if number.is_integer() else number


_Loader12.add_constructor("tag:yaml.org,2002:float", _number)


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
        raise ValueError(reason(error)) from None
