"""Values of the configuration that were typed into an argument or a cell, none changed silently."""

from __future__ import annotations

from typing import Any

import yaml
from kubevirt_vm_pool.spec.kinds import TEXT, kinds_at
from kubevirt_vm_pool.spec.secrecy import may_show
from kubevirt_vm_pool.text import yaml_1_2
from kubevirt_vm_pool.text.paths import Path

NULLS = frozenset({"null", "Null", "NULL", "~"})
TRUTHS = {"true": True, "false": False}
# What encloses a list or an object.
ENCLOSED = {"[]": "array", "{}": "object"}
# What stands in YAML beside the value itself: types, names of nodes, marks of a document.
BESIDE = (
    yaml.AliasToken,
    yaml.AnchorToken,
    yaml.DirectiveToken,
    yaml.DocumentEndToken,
    yaml.DocumentStartToken,
    yaml.TagToken,
)


class NoValueError(Exception):
    """A text that stands for no value. rule: why. fix: what to do. Neither quotes the text."""

    def __init__(self, rule: str, fix: str) -> None:
        super().__init__(f"{rule}; {fix}")
        self.rule = rule
        self.fix = fix


def read(path: Path, text: str) -> Any:
    """Return the value that a text stands for at a path of the configuration.

    Where only text can stand it is taken as it is, without a pair of quotes around it. So it is
    where anything can stand and the value may be a secret, but for true, false, [...] and {...}.
    All else is read as a stack file is. Raises NoValueError.
    """
    if not text.strip():
        raise NoValueError("is empty", 'leave it out, or write "" for an empty text')
    kinds, secret = kinds_at(path), not may_show(path)
    # A key that nobody knows is for the check to tell, whatever it has.
    if kinds <= TEXT:
        return _secret_text(text) if secret else _plain_text(text)
    if secret and kinds > TEXT:
        inner = text.strip()
        if "boolean" in kinds and inner in TRUTHS:
            return TRUTHS[inner]
        if ENCLOSED.get(inner[0] + inner[-1]) not in kinds:
            return _secret_text(text)
    return _as_in_a_file(text)


def _unquoted(text: str) -> str | None:
    """Return what is between a pair of quotes, None if there is no such pair."""
    inner = text.strip()
    paired = len(inner) > 1 and inner[0] == inner[-1] and inner[0] in "'\""
    return inner[1:-1] if paired else None


def _plain_text(text: str) -> str:
    quoted = _unquoted(text)
    if quoted is None and text.strip() in NULLS:
        raise NoValueError(
            "is null in a stack file", "leave it out, or put quotes around it if it is a text"
        )
    return text.strip() if quoted is None else quoted


def _secret_text(text: str) -> str:
    quoted, inner = _unquoted(text), text.strip()
    if quoted is not None:
        return quoted
    if text != inner and "\n" not in inner:
        raise NoValueError(
            "begins or ends with a space",
            "take it away, or put quotes around the whole if it belongs to it",
        )
    if _is_encrypted(inner):
        raise NoValueError(
            "is encrypted, as a stack file holds it",
            "give the value itself; where a passphrase is at hand, it is encrypted with that",
        )
    return text


def _is_encrypted(text: str) -> bool:
    try:
        found = yaml_1_2.load(text)
    except ValueError:
        return False
    return isinstance(found, dict) and found.keys() == {"secure"}


def _as_in_a_file(text: str) -> Any:
    try:
        value = yaml_1_2.load(text)
    except ValueError as reason:
        raise NoValueError(
            f"cannot be read as in a stack file ({reason})", "put quotes around what is text"
        ) from None
    if value is None:
        raise NoValueError("is null in a stack file", "leave it out, or give a value")
    if _has_more_than_its_value(text):
        raise NoValueError(
            "has a part that would be lost, since it is no value in YAML (a comment from # on, "
            "a word that begins with & or !)",
            "put quotes around the text that it belongs to",
        )
    return value


def _has_more_than_its_value(text: str) -> bool:
    """Tell whether a text that can be read holds a comment, or what else is in no value."""
    end = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, BESIDE) or "#" in text[end : token.start_mark.index]:
            return True
        end = max(end, token.end_mark.index)
    return False
