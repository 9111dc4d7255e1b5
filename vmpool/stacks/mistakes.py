"""What is wrong with what was typed for new stacks, told where it was typed: once, whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kubevirt_vm_pool.text.listing import first_of
from kubevirt_vm_pool.text.paths import Path as Key
from kubevirt_vm_pool.text.paths import are_one_in_the_other, dotted
from kubevirt_vm_pool.validation.problems import (
    UNKNOWN_KEY,
    ConfigurationError,
    Problem,
    shown_value,
)

from ..console import UserError
from .user import User

COMMAND_LINE = "the command line"
# Of the rows in which the same is wrong.
MOST_ROWS = 5


def require_none(wrong: Sequence[Problem], where: str, after: str = "") -> None:
    """Raise UserError if anything is wrong. where: what has it. after: what is said at the end."""
    if wrong:
        raise UserError(str(ConfigurationError(wrong, where=where)) + after)


class InRows:
    """What is wrong in a table; what is so in many rows is told once."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, str, str | None], list[int]] = {}

    def add(
        self, rows: Iterable[int], key: str, rule: str, fix: str, value: str | None = None
    ) -> None:
        """Add what is wrong in a column, or in the whole rows if the key is ""."""
        self._rows.setdefault((key, rule, fix, value), []).extend(rows)

    def problems(self) -> list[Problem]:
        """Return all of it, in the order of the rows."""
        return [
            Problem(f"{_in_words(rows)}{key and f', {key}'}", rule, fix, value)
            for (key, rule, fix, value), rows in sorted(self._rows.items(), key=lambda one: one[1])
        ]


def _in_words(rows: Sequence[int]) -> str:
    return f"row{'s' if len(rows) > 1 else ''} {first_of([*map(str, rows)], MOST_ROWS)}"


class OfValues:
    """What the check finds wrong with values that were typed, for one user after the other."""

    def __init__(self) -> None:
        self._in_rows = InRows()
        self._in_header: dict[str, Problem] = {}
        self._in_arguments: dict[str, Problem] = {}
        self._file = ""

    def add(self, user: User, problems: Iterable[Problem]) -> list[Problem]:
        """Add what was typed wrong; return what the stack has from its source."""
        rest = []
        for problem in problems:
            is_in_row = _is_about(problem, user.values.keys() & user.own)
            self._file = user.file if is_in_row else self._file
            if is_in_row and problem.rule == UNKNOWN_KEY:
                told = replace(problem, key=f"header, {problem.key}")
                self._in_header.setdefault(problem.key, told)
            elif is_in_row:
                shown = _shown(problem)
                self._in_rows.add([user.row], problem.key, problem.rule, problem.fix, shown)
            elif _is_about(problem, user.values):
                told = replace(problem, key=f"--set {problem.key}")
                self._in_arguments.setdefault(str(told), told)
            else:
                rest.append(problem)
        return rest

    def reports(self) -> Iterator[str]:
        """Yield a report on the table and one on the command line, if anything is wrong there."""
        of_places = (
            (self._file, [*self._in_header.values(), *self._in_rows.problems()]),
            (COMMAND_LINE, list(self._in_arguments.values())),
        )
        for where, problems in of_places:
            if problems:
                yield str(ConfigurationError(problems, where=where))


def _is_about(problem: Problem, typed: Iterable[Key]) -> bool:
    return any(are_one_in_the_other(dotted(path), problem.key) for path in typed)


def _shown(problem: Problem) -> str | None:
    value = problem.value
    return None if value is None else shown_value(value, quoted=problem.top != problem.key)
