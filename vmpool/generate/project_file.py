"""The `config:` block of Pulumi.yaml: every key with its type, default and description."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Collection
from typing import Any

import yaml
from kubevirt_vm_pool.spec.defaults import Declared, declared
from kubevirt_vm_pool.spec.pool import PoolSpec
from kubevirt_vm_pool.stack_config import PROJECT
from pydantic import BaseModel

from ..stack.project import PROJECT_FILE
from .between import Between

FILE = PROJECT_FILE
PLACE = Between("  # begin: make generate\n", "  # end: make generate\n")
WIDTH = 100


def config(model: type[BaseModel] = PoolSpec, without: Collection[str] = ()) -> str:
    """Return the keys as YAML, indented as they stand below `config:`.

    without: keys that are left out.
    """
    keys = declared(model).items()
    return "".join(_key(key, entry) for key, entry in keys if key not in without)


def beside(text: str) -> set[str]:
    """Return the keys that a Pulumi.yaml has outside of what is written: a team's own values.

    The engine takes each key once.
    """
    config = yaml.safe_load(PLACE.replaced(text, "")).get("config") or {}
    return {str(key).removeprefix(f"{PROJECT}:") for key in config}


def _key(key: str, entry: Declared) -> str:
    items = f"    items: {{type: {entry.items}}}\n" if entry.items else ""
    # Of a key with a type the engine would refuse a value of another one.
    shape = f"    type: {entry.type}\n{items}" if entry.typed else ""
    return f"  {key}:\n{shape}{_default(entry.default)}{_text(entry.description)}"


def _default(value: Any) -> str:
    if isinstance(value, str) and yaml.safe_dump(value)[0] in "'\"":
        return f"    default: {json.dumps(value)}\n"
    # Objects and lists of single values stand on one line.
    text = yaml.safe_dump({"default": value}, default_flow_style=None, sort_keys=False, width=WIDTH)
    if text.startswith("{"):
        text = yaml.safe_dump({"default": value}, default_flow_style=False, sort_keys=False)
    return textwrap.indent(text, "    ")


def _text(description: str) -> str:
    line = f"    description: {description}\n"
    if len(line) <= WIDTH and ": " not in description and " #" not in description:
        return line
    wrapped = textwrap.fill(
        description,
        WIDTH,
        initial_indent="      ",
        subsequent_indent="      ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return f"    description: >-\n{wrapped}\n"
