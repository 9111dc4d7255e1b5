"""Templates in Jinja's language, of which a mistake is told by its line and without any value.

They run in Jinja's sandbox, which keeps them from Python's insides, and an undefined variable is an
error. Nothing of the data may show in a message: it may be a secret. None takes seconds: what a
document's templates may do is bounded (template_work).
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError, pass_context
from jinja2.exceptions import SecurityError

from ..text.paths import Path, dotted
from . import template_work
from .template_environment import BoundedEnvironment
from .template_work import TooMuchWorkError

EXPRESSION = re.compile(r"\{\{-?((?:(?!\{\{|\}\}).)*?)-?\}\}", re.DOTALL)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
TOO_MUCH = "does more than a template may (by a loop, a repetition, a width or a large number)"


class TemplateError(Exception):
    """Templates that cannot be filled in.

    mistakes: where each stands, from the root of the document that was filled in, and what is wrong
    with it, with its line; no value is in it.
    """

    def __init__(self, mistakes: list[tuple[Path, str]]) -> None:
        super().__init__("; ".join(f"{dotted(path)}: {rule}" for path, rule in mistakes))
        self.mistakes = mistakes


def filled_in(document: Any, variables: Mapping[str, Any], path: Path = ()) -> Any:
    """Return a document with every text in it filled in, keys too.

    A text that is one expression and nothing else becomes what the expression is (a number, a
    list); any other text stays text. Raises TemplateError with every mistake.
    """
    mistakes: list[tuple[Path, str]] = []
    with template_work.account():
        found = _filled_in(document, variables, path, mistakes)
    if mistakes:
        raise TemplateError(mistakes)
    return found


def _filled_in(
    document: Any, variables: Mapping[str, Any], path: Path, mistakes: list[tuple[Path, str]]
) -> Any:
    if isinstance(document, str):
        return _text(document, variables, path, mistakes)
    if isinstance(document, Mapping):
        found: dict[Any, Any] = {}
        for key, value in document.items():
            there = (*path, key)
            filled = _key(key, variables, there, mistakes)
            if filled in found:
                mistakes.append((there, "makes a key that another one beside it makes too"))
            found[filled] = _filled_in(value, variables, there, mistakes)
        return found
    if isinstance(document, list):
        return [
            _filled_in(item, variables, (*path, at), mistakes) for at, item in enumerate(document)
        ]
    return document


def _key(
    key: Any, variables: Mapping[str, Any], path: Path, mistakes: list[tuple[Path, str]]
) -> Any:
    return str(_text(key, variables, path, mistakes)) if isinstance(key, str) else key


def _text(
    source: str, variables: Mapping[str, Any], path: Path, mistakes: list[tuple[Path, str]]
) -> Any:
    if "{" not in source or template_work.is_empty():
        return source
    try:
        _environment().pay_for_making(source)
        with contextlib.suppress(Exception):
            found = _value(source, variables)
            if found is not None:
                return found
        # Any mistake shows again here, and with the line that it is in.
        return _template(source).render(variables)
    except TemplateSyntaxError as error:
        rule = f"line {error.lineno}: is no template of Jinja's ({_grammar(error, source)})"
    except UndefinedError as error:
        rule = f"line {_line(error)}: {_undefined(error, source)}"
    except _NoTextError as error:
        rule = f"line {_line(error)}: a value in it is null or a function, which is no text"
    except TooMuchWorkError as error:
        rule = f"line {_line(error)}: {TOO_MUCH}"
    except SecurityError as error:
        rule = f"line {_line(error)}: does what a template must not (Jinja's sandbox)"
    except Exception as error:
        # Whatever a filter raises; its text may quote a value.
        rule = f"line {_line(error)}: cannot be filled in ({type(error).__name__})"
    mistakes.append((path, rule))
    return source


def _value(source: str, variables: Mapping[str, Any]) -> Any:
    """Return the value of a text that is one expression; None if it has no plain one."""
    expression = _expression(source)
    found = expression(**variables) if expression else None
    if isinstance(found, str):
        return str(found)  # without Jinja's marks of what is safe in HTML
    return found if isinstance(found, bool | int | float | list | dict) else None


class _NoTextError(Exception):
    pass


# With a context Jinja does not call it for constants as soon as it sees them.
@pass_context
def _as_text(_: Any, value: Any) -> Any:
    """Refuse what would come out as None or <built-in method>, and pay for the rest."""
    if value is None or callable(value):
        # An undefined variable can be called, too, and has its own error.
        if isinstance(value, StrictUndefined):
            return value
        raise _NoTextError
    template_work.pay_for(value)
    return value


class _Environment(BoundedEnvironment):
    """Prefers the members of an object to the methods of Python's dict: {{ values.items }}."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


@functools.cache
def _environment() -> _Environment:
    return _Environment(
        undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False, finalize=_as_text
    )


@functools.lru_cache(maxsize=1024)
def _template(source: str) -> Any:
    return _environment().from_string(source)


@functools.lru_cache(maxsize=1024)
def _expression(source: str) -> Any:
    """Return what evaluates a text that is one expression, or None for any other text."""
    match = EXPRESSION.fullmatch(source)
    if match is None:
        return None
    return _environment().compile_expression(match[1].strip(), undefined_to_none=False)


def _line(error: Exception) -> int:
    """Return the line of the template where it happened; Jinja puts it into the traceback."""
    found, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in {"<template>", "<unknown>"}:
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


def _undefined(error: UndefinedError, source: str) -> str:
    """Say which name is not defined: Jinja quotes it, and it must be a word of the template."""
    words = set(NAME.findall(source))
    names = [name for name in re.findall(r"'([^']*)'", str(error)) if name in words]
    return f"{names[-1]} is not defined" if names else "something in it is not defined"


def _grammar(error: TemplateSyntaxError, source: str) -> str:
    """Return what Jinja says of the grammar, without words of the template but filters and tags."""
    said = (error.message or "").rstrip(".")
    if re.match("(No (filter|test) named|Encountered unknown tag) '", said):
        return said.partition(". ")[0]

    def hidden(quoted: re.Match[str]) -> str:
        return "(not shown)" if len(quoted[1]) > 2 and quoted[1] in source else quoted[0]

    return re.sub("'([^']*)'", hidden, said)
