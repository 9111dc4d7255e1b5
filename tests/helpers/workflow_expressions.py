"""GitHub's expressions, as far as the workflows use them: ${{ needs.plan.result == 'success' }}."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+)|(?P<sign>&&|\|\||==|!=|[!(),\[\]])"
    r"|(?P<name>[\w-]+(?:\.[\w-]+)*))"
)
WORDS = {"true": True, "false": False, "null": None}
WHOLE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
STATUS = re.compile(r"\b(success|failure|always|cancelled)\(\)")

Functions = Mapping[str, Callable[..., Any]]
COMMON: Functions = {
    "fromJSON": json.loads,
    "toJSON": lambda value: json.dumps(value, indent=2),
    "join": lambda items, by=",": by.join(map(shown, items)),
    "contains": lambda items, one: one in items,
    "hashFiles": lambda *_: "of-files",
}


def filled(value: Any, context: Mapping[str, Any], functions: Functions) -> Any:
    """Return a value of a workflow with its expressions evaluated; one alone may be no text."""
    if isinstance(value, Mapping):
        return {key: filled(inner, context, functions) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, context, functions) for inner in value]
    if not isinstance(value, str):
        return value
    if alone := re.fullmatch(r"\s*\$\{\{((?:(?!\}\}).)*)\}\}\s*", value, re.DOTALL):
        return evaluated(alone[1], context, functions)
    return WHOLE.sub(lambda found: shown(evaluated(found[1], context, functions)), value)


def condition(text: str | None, context: Mapping[str, Any], functions: Functions) -> bool:
    """Return whether a job or a step runs; success() goes without saying."""
    said = re.sub(r"^\s*\$\{\{(.*)\}\}\s*$", r"\1", text or "success()", flags=re.DOTALL)
    if not STATUS.search(said):
        said = f"success() && ({said})"
    return bool(evaluated(said, context, functions))


def shown(value: Any) -> str:
    """Return a value as GitHub puts it into text."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def evaluated(text: str, context: Mapping[str, Any], functions: Functions) -> Any:
    """Return what an expression is worth; what is not there is null, as with GitHub."""
    parser = _Parser(text, context, {**COMMON, **functions})
    value = parser.either()
    assert parser.at_end, f"{text} goes on after {parser.place}"
    return value


class _Parser:
    def __init__(self, text: str, context: Mapping[str, Any], functions: Functions) -> None:
        self.place, self._context, self._functions = 0, context, functions
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while text[at:].strip():
            found = TOKEN.match(text, at)
            assert found, f"no expression that is known here: {text[at:]}"
            assert found.lastgroup
            self._tokens.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()

    @property
    def at_end(self) -> bool:
        return self.place == len(self._tokens)

    def either(self) -> Any:
        value = self._both()
        while self._took("||"):
            other = self._both()
            value = value or other
        return value

    def _both(self) -> Any:
        value = self._compared()
        while self._took("&&"):
            other = self._compared()
            value = value and other
        return value

    def _compared(self) -> Any:
        value = self._single()
        for sign, holds in (("==", True), ("!=", False)):
            if self._took(sign):
                return (_loose(value) == _loose(self._single())) is holds
        return value

    def _single(self) -> Any:
        if self._took("!"):
            return not self._single()
        if self._took("("):
            value = self.either()
            assert self._took(")")
            return value
        kind, text = self._tokens[self.place]
        self.place += 1
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return int(text)
        if self._took("("):
            return self._functions[text](*self._arguments())
        return WORDS[text] if text in WORDS else self._found(text)

    def _arguments(self) -> list[Any]:
        values: list[Any] = []
        while not self._took(")"):
            values.append(self.either())
            self._took(",")
        return values

    def _found(self, path: str) -> Any:
        value: Any = self._context
        for key in path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def _took(self, sign: str) -> bool:
        found = not self.at_end and self._tokens[self.place] == ("sign", sign)
        self.place += found
        return found


def _loose(value: Any) -> Any:
    """Return what is compared: GitHub takes nothing and no text for equal, and ignores case."""
    return value.lower() if isinstance(value, str) else value or ""
