"""YAML documents that must be objects, read and written; no message quotes what is in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

# What PyYAML lets through of what Python says of a date such as 2026-02-30 or of a tag's value.
MISREADINGS = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


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
        document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, *MISREADINGS) as error:
        return None, reason(error)
    if document is None:
        return {}, None
    if not isinstance(document, dict):
        return None, "it is no object of keys and values"
    return document, None


def reason(error: Exception) -> str:
    """Return why a text is no YAML, and where, without words of it.

    An alias or a tag may be a secret; single signs stay ("could not find expected ':'").
    """
    if not isinstance(error, yaml.MarkedYAMLError):
        return "it is no YAML"
    mark = error.problem_mark
    place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    said = error.problem or "it is no YAML"
    return place + re.sub(r"""(['"]).{2,}\1""", "(not shown)", said)
