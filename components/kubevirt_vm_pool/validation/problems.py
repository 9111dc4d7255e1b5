"""Mistakes in a configuration, and the one report that names all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

# What stands below these keys may be a secret, and so may the value of a key that nobody knows.
SECRET_KEYS = frozenset({"password", "cloudInit", "perReplica"})
# ... except for these members.
PUBLIC = frozenset(
    {("cloudInit", member) for member in ("timezone", "user", "packages", "secretName")}
    | {("perReplica", member) for member in ("spare", "generate", "hostname")}
)
WIDTH_OF_VALUE = 60
# 80 columns, of which `pulumi` takes 4 to indent what a program reports.
WIDTH_OF_REPORT = 76

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One mistake.

    key: the configuration key as its author typed it ("service.ports[0].port").
    rule: what is wrong with it, and why.
    fix: what to do about it.
    value: the value as typed; None where it is absent or must not be shown.
    """

    key: str
    rule: str
    fix: str
    value: object = None

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


def may_show(path: Path) -> bool:
    """Tell whether the value at a path of the configuration can be no secret."""
    if not path or path[0] not in SECRET_KEYS:
        return True
    return path[:2] in PUBLIC


def dotted(path: Path) -> str:
    """Return a path as a key: ("service", "ports", 0, "port") is service.ports[0].port."""
    key = ""
    for step in path:
        key += f"[{step}]" if isinstance(step, int) else f".{step}" if key else str(step)
    return key


def did_you_mean(word: str, known: Iterable[str], *, nearness: float = 0.6) -> str | None:
    """Return the known word nearest to a misspelt one, if one is near (1 is the same)."""
    import difflib

    by_plain = {plain(name): name for name in known}
    near = difflib.get_close_matches(plain(word), by_plain, n=1, cutoff=nearness)
    return by_plain[near[0]] if near else None


def plain(word: str) -> str:
    """Return a word without what people take for the same: case, '_' and '-'."""
    return word.lower().replace("_", "").replace("-", "")
