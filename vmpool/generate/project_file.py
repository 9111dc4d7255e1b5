"""The `config:` block of Pulumi.yaml: every key with its type, default and description."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import yaml
from kubevirt_vm_pool.spec.defaults import Declared, declared
from kubevirt_vm_pool.spec.pool import PoolSpec
from pydantic import BaseModel

from ..stack.project import PROJECT_FILE
from .between import Between

FILE = PROJECT_FILE
PLACE = Between("  # begin: make generate\n", "  # end: make generate\n")
WIDTH = 100


def config(model: type[BaseModel] = PoolSpec) -> str:
    """Return the keys as YAML, indented as they stand below `config:`."""
    return "".join(_key(key, entry) for key, entry in declared(model).items())


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
