"""Which stacks a change reaches, in lists as pipelines take them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ..console import UserError, say

# GitHub makes no more jobs of one matrix.
MOST_JOBS = 256

T = TypeVar("T")


def changed(file: str | Path) -> list[str]:
    """Return the stacks that a report of `vmpool diff --format json` says to bring up.

    Of those whose file is gone it is said that they are left. Raises UserError.
    """
    names = []
    for change in read(Path(file))["changes"]:
        name = change["stack"]
        if change["status"] == "deleted":
            say(
                f"Pulumi.{name}.yaml is gone, and its pool is left running; to take it down, check "
                f"out a commit that has the file and run `vmpool down --stack {name}`"
            )
        else:
            names.append(name)
    return names


def read(file: Path) -> Mapping[str, Any]:
    """Return a report; raises UserError if it is none."""
    try:
        report = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as reason:
        raise UserError(f"{file} is no report of `vmpool diff --format json` ({reason})") from None
    if not isinstance(report, dict) or "changes" not in report:
        raise UserError(f"{file} is no report of `vmpool diff --format json`: it has no changes")
    if failures := report.get("failures"):
        raise UserError(f"nothing can be planned: {'; '.join(failures)}")
    return report


def pages(items: Sequence[T], most: int = MOST_JOBS) -> list[list[T]]:
    """Return items in lists of at most so many."""
    return [list(items[start : start + most]) for start in range(0, len(items), most)]


def output(name: str, value: object) -> str:
    """Return an output of a step, as GitHub takes it: JSON has no line breaks of its own."""
    return f"{name}={json.dumps(value)}\n"
