"""YAML as the engine reads stack files: version 1.2's scalars, and no key twice.

PyYAML by itself follows version 1.1: `on` is true there, 1:30 is 90, and of two equal keys the last
one wins without a word.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from components.cloud_init import MISREADINGS, reason

_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader12(_Loader):  # type: ignore[valid-type,misc]
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
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
):
    _Loader12.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_shape})$"), list(_first)
    )


def load(text: str) -> Any:
    """Return the document.

    Raises ValueError with the reason and its place; it quotes nothing, since any value may be a
    secret.
    """
    try:
        return yaml.load(text, Loader=_Loader12)
    except (yaml.YAMLError, *MISREADINGS) as error:
        raise ValueError(reason(error)) from None
