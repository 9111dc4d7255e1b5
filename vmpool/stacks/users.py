"""Who gets a stack, and with which values: the arguments of `vmpool stack new`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kubevirt_vm_pool.spec.names import dns_label
from kubevirt_vm_pool.stack_config import PROJECT
from kubevirt_vm_pool.text.paths import Path as Key
from kubevirt_vm_pool.text.paths import dotted, undotted
from kubevirt_vm_pool.validation.problems import Problem
from pydantic_core import PydanticCustomError

from ..console import UserError
from . import values
from .mistakes import COMMAND_LINE, InRows, require_none
from .user import User

DELIMITERS = ",;\t"
_SIGNS = frozenset(DELIMITERS)
# What the column with the names of the stacks is called, in any case; it is the first one.
NAMES = ("name", "user")
COMMENT = "#"


@dataclass(frozen=True)
class _Row:
    """A row of a file. number: as a spreadsheet counts, from 1."""

    number: int
    cells: list[str] = field(repr=False)

    def cell(self, place: int) -> str:
        return self.cells[place] if place < len(self.cells) else ""

    @property
    def name(self) -> str:
        return self.cell(0).strip()


@dataclass(frozen=True)
class _Column:
    """A column of a table. place: which one, from 0. key: its header."""

    place: int
    key: str
    path: Key


def named(name: str, common: Mapping[Key, Any]) -> User:
    """Return the user of a name; raises UserError if no stack is called so. common: its values."""
    require_none([Problem("name", *why, name) for why in _why_no_name(name)], COMMAND_LINE)
    return User(name, common)


def assigned(arguments: Iterable[str]) -> dict[Key, Any]:
    """Return what arguments key=value set; raises UserError with all that is wrong."""
    found: dict[Key, Any] = {}
    wrong = []
    for argument in arguments:
        key, equals, text = argument.partition("=")
        if not equals:
            rule = "has no =, and --set takes key=value"
            wrong.append(Problem(f"--set {key}", rule, "for instance disk.size=20Gi"))
            continue
        try:
            path = _path(key)
            value = values.read(path, text)
            if also := [one for one in found if one[: len(path)] == path]:
                rule = f"comes after --set {dotted(also[0])}, in whose place it would be put"
                wrong.append(Problem(f"--set {key}", rule, "keep one of them"))
            found[path] = value
        except values.NoValueError as error:
            wrong.append(Problem(f"--set {key}", error.rule, error.fix))
    require_none(wrong, COMMAND_LINE)
    return found


def listed(file: str, common: Mapping[Key, Any]) -> list[User]:
    """Return the users of a file: a name a line, or CSV with keys as the header of its columns.

    common: what each has that says nothing else. The first column has the names; a cell with
    nothing in it sets nothing. Raises UserError with all that is wrong.
    """
    rows, columns = _rows(file, _text(file)), []
    if rows and rows[0].name.lower() in NAMES:
        columns, rows = _columns(rows[0], file), rows[1:]
    elif rows and any(cell.strip() for cell in rows[0].cells[1:]):
        # None of it is quoted: it may be somebody's password.
        raise UserError(
            f"the first line of {file} must say what its columns are, and the first one is called "
            f"{' or '.join(NAMES)} (of the stacks); for instance name,password,disk.size"
        )
    if not rows:
        raise UserError(f"{file} names nobody")
    wrong = InRows()
    users = []
    for row in rows:
        _require_place(row, columns, wrong)
        _require_name(row, wrong)
        own = _own(row, columns, wrong)
        users.append(User(row.name, {**common, **own}, frozenset(own), file, row.number))
    for name, numbers in _numbers(rows).items():
        if len(numbers) > 1:
            wrong.add(numbers, "", "are for one stack", "keep one of them", name)
    require_none(wrong.problems(), file, "\nno file is written")
    return users


# --- what is wrong -------------------------------------------------------------------------------


def _why_no_name(name: str) -> Iterator[tuple[str, str]]:
    """Yield why a name can be no stack's, and what to do."""
    try:
        dns_label(name)
    except PydanticCustomError as error:
        rule, _, fix = error.message().partition("; ")
        yield f"is a namespace's name, too, and that {rule}", fix


def _require_name(row: _Row, wrong: InRows) -> None:
    if not row.name:
        wrong.add([row.number], "", "has no name in its first column", "add it, or remove the row")
    elif not _SIGNS.isdisjoint(row.name):
        # It is not quoted: what is in the other columns may be a password.
        rule = "has another separator than the first line"
        wrong.add([row.number], "", rule, "let all rows have the same")
    else:
        for why in _why_no_name(row.name):
            wrong.add([row.number], "", *why, row.name)


def _require_place(row: _Row, columns: Iterable[_Column], wrong: InRows) -> None:
    """Tell if something stands where it does not belong; it is not quoted, either."""
    known = {0, *(column.place for column in columns)}
    if any(cell.strip() for place, cell in enumerate(row.cells) if place not in known):
        wrong.add(
            [row.number],
            "",
            "has a value below no header",
            "put quotes around a value with the separator in it, or give the column a header",
        )


def _numbers(rows: Iterable[_Row]) -> Mapping[str, list[int]]:
    """Return the numbers of rows by the names in them."""
    found: dict[str, list[int]] = {}
    for row in rows:
        if row.name:
            found.setdefault(row.name, []).append(row.number)
    return found


# --- files ---------------------------------------------------------------------------------------


def _text(file: str) -> str:
    try:
        # A spreadsheet begins its files with a mark.
        return Path(file).read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise UserError(f"there is no file {file}") from None
    except UnicodeDecodeError:
        raise UserError(
            f"{file} cannot be read: it is no UTF-8; save it as such (CSV UTF-8 in a spreadsheet)"
        ) from None


def _rows(file: str, text: str) -> list[_Row]:
    """Return the rows with something in them; raises UserError."""
    lines = (line for line in text.split("\n") if line.strip() and not line.startswith(COMMENT))
    first = next(lines, "")
    delimiter = next((sign for sign in first if sign in _SIGNS), DELIMITERS[0])
    # "name, password": the space belongs to the separator then.
    spaced = first.partition(delimiter)[2].startswith(" ")
    table = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=spaced, strict=True)
    rows: list[_Row] = []
    try:
        for cells in table:
            rows.append(_Row(len(rows) + 1, cells))
    except csv.Error:
        raise UserError(
            f"row {len(rows) + 1} of {file} cannot be read: a value that begins with a double "
            "quote ends with one, and each that it holds stands there twice"
        ) from None
    return [
        row
        for row in rows
        if any(cell.strip() for cell in row.cells) and not row.cells[0].startswith(COMMENT)
    ]


def _columns(header: _Row, file: str) -> list[_Column]:
    """Return the columns with values, which are those with a header; raises UserError."""
    columns: list[_Column] = []
    wrong = []
    for place, cell in enumerate(header.cells[1:], 1):
        if not (key := cell.strip()):
            continue
        try:
            column = _Column(place, key, _path(key))
        except values.NoValueError as error:
            wrong.append(Problem(f"header, {key}", error.rule, error.fix))
            continue
        for other in columns:
            if other.path[: len(column.path)] == column.path:
                rule = f"comes after {other.key}, in whose place it would be put"
                wrong.append(Problem(f"header, {key}", rule, "keep one of them"))
        columns.append(column)
    require_none(wrong, file)
    return columns


def _own(row: _Row, columns: Iterable[_Column], wrong: InRows) -> dict[Key, Any]:
    """Return the values of a row; what cannot be read is added to what is wrong."""
    found: dict[Key, Any] = {}
    for column in columns:
        cell = row.cell(column.place)
        try:
            if cell.strip():
                found[column.path] = values.read(column.path, cell)
        except values.NoValueError as error:
            wrong.add([row.number], column.key, error.rule, error.fix)
    return found


def _path(key: str) -> Key:
    try:
        return undotted(key.strip().removeprefix(f"{PROJECT}:"))
    except ValueError:
        raise values.NoValueError(
            "is no key", 'for instance replicas, disk.size or labels["example.com/team"]'
        ) from None
