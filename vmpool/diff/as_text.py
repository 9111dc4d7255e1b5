"""The report for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from .comparison import StackChange
from .engine_preview import LivePreview
from .report import Report, groups


def text(report: Report) -> str:
    """Return the report: what happens to all stacks, then each one's objects."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield f"{report.base} -> {report.head}"
    yield from report.notes
    yield report.headline
    yield from report.comparison.failures
    for group in groups(report.comparison.changes):
        yield ""
        yield f"{group.like.label}: {', '.join(group.names)}"
        yield from (f"  {sentence}" for sentence in group.like.sentences)
        yield from (f"  {line}" for line in group.like.problems.splitlines())
    if report.rest:
        yield ""
        yield from report.rest
    for preview in report.live or ():
        yield ""
        yield from _live(preview)
    for change in report.comparison.changes:
        yield from _details(change)


def _live(preview: LivePreview) -> Iterator[str]:
    yield f"{preview.stack} on the cluster: {preview.label}"
    yield from (f"  {why}" for why in (preview.failure, *preview.weak) if why)
    yield from (f"  {sentence}" for sentence in preview.sentences)
    yield from (f"  change: {step}" for step in preview.changes)
    yield from (f"  drift, undone by an up: {step}" for step in preview.drift)


def _details(change: StackChange) -> Iterator[str]:
    if change.objects:
        yield ""
        yield f"--- {change.name} ({change.status})"
    for changed in change.objects:
        yield changed.title
        yield from (f"  {line}" for line in changed.lines)
