"""Mistakes in a configuration, and the one report that names all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ..text.paths import Path

UNKNOWN_KEY = "unknown key"

WIDTH_OF_VALUE = 60
# 80 columns, of which `pulumi` takes 4 to indent what a program reports.
WIDTH_OF_REPORT = 76


@dataclass(frozen=True)
class Problem:
    """One mistake.

    key: the configuration key as its author typed it ("service.ports[0].port").
    rule: what is wrong with it, and why.
    fix: what to do about it.
    value: the value as typed; None where it is absent or must not be shown.
    fix_of_argument: what to do about it in a program, where that is not the same.
    """

    key: str
    rule: str
    fix: str
    value: object = None
    fix_of_argument: str = field(default="", compare=False, repr=False)

    @property
    def top(self) -> str:
        """The top-level key that the problem is under."""
        return self.key.split(".")[0].split("[")[0]

    @property
    def _title(self) -> str:
        if self.value is None:
            return f"{self.key}:"
        # The engine hands every value of a top-level key to the program as text.
        return f"{self.key}: {shown_value(self.value, quoted=self.top != self.key)}"

    def __str__(self) -> str:
        return f"{self._title}\n    {self.rule}; {self.fix}"

    def wrapped(self, indent: str, width: int = WIDTH_OF_REPORT) -> str:
        """Return the text with the explanation broken into lines."""
        import textwrap

        deeper = f"{indent}    "
        explanation = textwrap.fill(
            f"{self.rule}; {self.fix}",
            width,
            initial_indent=deeper,
            subsequent_indent=deeper,
            # Names and values stay whole, to be found and copied.
            break_long_words=False,
            break_on_hyphens=False,
        )
        return f"{indent}{self._title}\n{explanation}"


class ConfigurationError(Exception):
    """A configuration with mistakes; its text is the whole report and holds no secret."""

    def __init__(self, problems: Iterable[Problem], *, where: str) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"{where} has {count} problem{'s' if count != 1 else ''}:"
        super().__init__("\n".join([head, *(problem.wrapped("  ") for problem in self.problems)]))

    def of_arguments(self, where: str) -> ConfigurationError:
        """Return the same for arguments in a program, which no stack file holds."""
        told = (replace(one, fix=one.fix_of_argument or one.fix) for one in self.problems)
        return ConfigurationError(told, where=where)


def shown_value(value: object, *, quoted: bool = True) -> str:
    """Return a value as the person would recognise it, on one line.

    quoted: whether a text that YAML would read as something else is shown in quotes.
    """
    text = value if isinstance(value, str) and value.strip() == value and value else None
    if text is None or not text.isprintable() or (quoted and _reads_as_something_else(text)):
        text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= WIDTH_OF_VALUE else text[: WIDTH_OF_VALUE - 3] + "..."


def _reads_as_something_else(text: str) -> bool:
    return bool(re.fullmatch(r"[-+.0-9][0-9.eE]*|true|false|null|~", text, re.IGNORECASE))


class Found(NamedTuple):
    """A problem, and the place in the configuration that it is about."""

    path: Path
    problem: Problem
