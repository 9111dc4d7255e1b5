"""The README's table of keys."""

from __future__ import annotations

import json
import re

from kubevirt_vm_pool.spec.defaults import Declared, declared
from kubevirt_vm_pool.spec.pool import PoolSpec
from pydantic import BaseModel

from ..stack.project import ROOT
from .between import Between

FILE = ROOT / "README.md"
PLACE = Between("<!-- begin: make generate -->\n", "<!-- end: make generate -->\n")


def table(model: type[BaseModel] = PoolSpec) -> str:
    """Return the table: a row for each key, with its default and its first sentence."""
    rows = [
        f"| `{key}` | {_default(entry)} | {_first_sentence(entry.description)} |\n"
        for key, entry in declared(model).items()
    ]
    return "".join(["| key | default | |\n", "| --- | --- | --- |\n", *rows])


def _default(entry: Declared) -> str:
    if entry.optional:
        return ""
    text = entry.default if isinstance(entry.default, str) else json.dumps(entry.default)
    # As it stands in a stack file.
    plain = re.sub(r'"([A-Za-z][A-Za-z0-9]*)"', r"\1", text)
    return f"`{plain}`"


def _first_sentence(description: str) -> str:
    sentence = re.match(r".*?\.(?=\s|$)", description)
    text = (sentence[0] if sentence else description).replace("<", r"\<").replace("|", r"\|")
    return text.rstrip(".")
