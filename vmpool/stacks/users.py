"""Who gets a stack, and with which values: the arguments of `vmpool stack new`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kubevirt_vm_pool.spec.secrecy import may_show
from kubevirt_vm_pool.text import yaml_1_2
from kubevirt_vm_pool.text.paths import Path as Key
from kubevirt_vm_pool.text.paths import undotted

from ..console import UserError

DELIMITERS = ",;\t"


@dataclass(frozen=True)
class User:
    """A stack to be made. values: its own, by their paths in the configuration."""

    name: str
    values: Mapping[Key, Any] = field(default_factory=dict, repr=False)


def assigned(arguments: Iterable[str]) -> dict[Key, Any]:
    """Return what arguments key=value set; raises UserError."""
    found: dict[Key, Any] = {}
    for argument in arguments:
        key, equals, text = argument.partition("=")
        if not equals:
            raise UserError(f"--set takes key=value, for instance disk.size=20Gi; {key} has no =")
        path = _path(key, "--set")
        found[path] = _value(path, text, f"--set {key}")
    return found


def listed(file: str) -> list[User]:
    """Return the users of a file: a name a line, or CSV with keys as the header of its columns.

    The first column has the names; a cell with nothing in it sets nothing. Raises UserError.
    """
    try:
        # A spreadsheet begins its files with a mark.
        text = Path(file).read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise UserError(f"there is no file {file}") from None
    except UnicodeDecodeError:
        raise UserError(f"{file} cannot be read: it is no UTF-8") from None
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        raise UserError(f"{file} names nobody")
    delimiter = next((sign for sign in DELIMITERS if sign in lines[0]), None)
    if delimiter is None:
        return [User(line.strip()) for line in lines]
    return _of_table(file, list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter)))


def _of_table(file: str, rows: list[list[str]]) -> list[User]:
    header, *rest = rows
    keys = [key.strip() for key in header[1:]]
    paths = [_path(key, f"the header of {file}") for key in keys]
    users = []
    for number, row in enumerate(rest, 2):
        if len(row) > len(header):
            raise UserError(
                f"row {number} of {file} has {len(row)} columns, and its header has {len(header)}; "
                "put quotes around a value with the separator in it"
            )
        cells = zip(keys, paths, row[1:], strict=False)
        values = {
            path: _value(path, cell, f"{key} in row {number} of {file}")
            for key, path, cell in cells
            if cell.strip()
        }
        users.append(User(row[0].strip(), values))
    return users


def _path(key: str, where: str) -> Key:
    try:
        return undotted(key.strip())
    except ValueError:
        raise UserError(
            f"{key!r} in {where} is no key; for instance replicas, disk.size or "
            'labels["example.com/team"]'
        ) from None


def _value(path: Key, text: str, where: str) -> Any:
    """Return a value as a stack file's reader reads it."""
    try:
        value = yaml_1_2.load(text)
    except ValueError as reason:
        raise UserError(f"{where} cannot be read: {reason}") from None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    # A secret is text: without quotes one of digits alone would be none, and not be encrypted.
    return text.strip() if number and not may_show(path) else value
