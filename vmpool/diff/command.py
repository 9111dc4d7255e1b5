"""`vmpool diff`: from two revisions to the report."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path, PurePath

from ..console import UserError
from ..stack import stack_files
from ..stack.project import ROOT
from . import revisions
from .as_html import html
from .as_json import as_json
from .as_markdown import markdown
from .as_text import text
from .comparison import Comparison, Status, compare
from .report import Report
from .revision_stacks import rendered
from .revisions import SHORT, Revision

FORMS: Mapping[str, Callable[[Report], str]] = {
    "text": text,
    "markdown": markdown,
    "json": as_json,
    "html": html,
}


def compared(
    base_name: str, head_name: str | None, names: Iterable[str] = (), root: Path = ROOT
) -> Report:
    """Return what becomes of stacks from one revision to another.

    head_name: None is the working tree. names: of some stacks; none are all. root: the project's
    folder. Raises UserError.
    """
    with _ended_in_order(), ExitStack() as held:
        base = held.enter_context(revisions.checked_out(base_name, root))
        head = held.enter_context(
            revisions.working_tree(root)
            if head_name is None
            else revisions.checked_out(head_name, root)
        )
        files = revisions.renamed(base.commit, head_name and head.commit, root)
        before, after = rendered([base.folder, head.folder])
        comparison = compare(before, after, _stacks_renamed(files))
        notes = tuple(_notes(base, head, root))
    return Report(base.label, head.label, _only(comparison, set(names)), notes)


def with_previews(report: Report, *, unchanged: bool) -> Report:
    """Return a report with the engine's previews of its stacks, which are the working tree's.

    unchanged: whether those are previewed too that do not change, for their drift.
    """
    # Loads what starts clusters and engines.
    from . import live_preview

    found = report.comparison
    unseen = {Status.BROKEN, Status.DELETED}
    chosen = [one.name for one in found.changes if one.status not in unseen]
    return replace(
        report, live=live_preview.previews([*chosen, *(found.unchanged if unchanged else ())])
    )


def _stacks_renamed(files: Mapping[str, str]) -> dict[str, str]:
    names = (
        (stack_files.name_of(PurePath(new)), stack_files.name_of(PurePath(files[new])))
        for new in files
    )
    return {new: old for new, old in names if new and old}


def _only(comparison: Comparison, names: set[str]) -> Comparison:
    if not names or comparison.failures:
        return comparison
    chosen = comparison.only(names)
    known = {*chosen.unchanged, *chosen.still_broken}
    known |= {name for change in chosen.changes for name in (change.name, change.before)}
    if unknown := sorted(names - known):
        raise UserError(f"there is no stack {', '.join(unknown)} in either revision")
    return chosen


def _notes(base: Revision, head: Revision, root: Path) -> Iterator[str]:
    """Yield what makes the comparison say more than its reader thinks."""
    if parting := revisions.parting(base, head, root):
        yield (
            f"{base.label} has changes that {head.label} lacks, and they show here backwards; "
            f"without them: --base {parting[:SHORT]}"
        )


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let SIGTERM, with which CI systems end a job, remove what Ctrl-C removes."""
    before = signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
