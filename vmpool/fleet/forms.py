"""The report as text, as Markdown and as JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

from kubevirt_vm_pool.effects.disk_guard import as_allowed

from ..console import UserError
from ..diff.markdown_escape import plain
from .of_each import of_all
from .report import Group, Report, groups, planned, what_happens
from .result import Result, worst_first

Form = Callable[[Report], str]

# Of the JSON; another one where a member goes or means something else.
VERSION = 1


def as_text(report: Report) -> str:
    """Return the report for a terminal: a paragraph for stacks of which the same is said."""
    lines = [line for group in groups(report.results) for line in _paragraph(group, report.verb)]
    return "\n".join([*lines, report.headline, ""])


def _paragraph(group: Group, verb: str) -> Iterator[str]:
    yield f"{group.label(verb)} ({len(group.names)}): {group.named}"
    for sentence in _sentences(group):
        yield from (f"  {line}" for line in sentence.splitlines())


def _sentences(group: Group) -> Iterator[str]:
    """Yield what is said of stacks, each thing once."""
    result = group.like
    if happens := what_happens(result):
        yield happens
    effects = (f"{planned(result)}{effect}" for effect in result.effects)
    for sentence in dict.fromkeys(filter(None, (*effects, *result.notes, result.reason))):
        told = of_all if group.differ else as_allowed
        yield told(sentence, group.names)


def as_markdown(report: Report) -> str:
    """Return the report as a table, a row for stacks of which the same is said."""
    rows = ["| stacks | | what happens |", "| --- | --- | --- |"]
    for group in groups(report.results):
        lines = (line for one in _sentences(group) for line in one.splitlines())
        said = "<br>".join(map(plain, lines))
        names = plain(", ".join(group.names))
        rows.append(f"| {names} | {plain(group.label(report.verb))} | {said} |")
    title = f"## vmpool fleet {report.verb}"
    return "\n".join([title, "", f"{plain(report.headline)}.", "", *rows, ""])


def as_json(report: Report) -> str:
    """Return the report as JSON, with a member for each stack."""
    return (
        json.dumps(
            {
                "version": VERSION,
                "verb": report.verb,
                "status": report.status,
                "seconds": round(report.seconds, 1),
                "counts": {outcome.value: number for outcome, number in report.counts.items()},
                "stacks": [_member(one) for one in worst_first(report.results)],
            },
            indent=2,
        )
        + "\n"
    )


def _member(result: Result) -> dict[str, object]:
    return {
        "stack": result.stack,
        "outcome": result.outcome.value,
        "seconds": round(result.seconds, 1),
        "objects": dict(result.objects),
        "drifted": result.drifted,
        "worst": result.worst.label,
        "losesDisks": result.loses_disks,
        "effects": [as_allowed(one, [result.stack]) for one in result.effects],
        "notes": list(result.notes),
        "disksAtStake": list(result.at_stake),
        "reason": as_allowed(result.reason, [result.stack]),
    }


BY_ENDING: dict[str, Form] = {".json": as_json, ".md": as_markdown, ".markdown": as_markdown}


def form_of(file: PurePath) -> Form:
    """Return the form that a report file's ending asks for; raises UserError for another."""
    try:
        return BY_ENDING[file.suffix.lower()]
    except KeyError:
        raise UserError(
            f"--report {file}: its ending must be one of {', '.join(BY_ENDING)}"
        ) from None


def require_writable(file: Path) -> None:
    """Raise UserError unless a report can be put into its folder, beside what is there."""
    folder = file.parent
    if not folder.is_dir():
        raise UserError(f"--report {file}: there is no folder {folder}")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UserError(f"--report {file}: this user may write nothing into {folder}")
