"""Somebody who is given a stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kubevirt_vm_pool.text.paths import Path as Key


@dataclass(frozen=True)
class User:
    """A stack to be made.

    values: what is set, by its path in the configuration. own: which of it the user's row in a
    table sets, and not the command line. file: that table. row: as a spreadsheet counts, from 1.
    """

    name: str
    values: Mapping[Key, Any] = field(default_factory=dict, repr=False)
    own: frozenset[Key] = frozenset()
    file: str = ""
    row: int = 0
