"""The report as one comment on a pull request: always short enough for GitHub, its summary whole.

Whoever posts it finds the comment of before by MARKER and edits that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from .comparison import StackChange, Status
from .engine_preview import LivePreview
from .markdown_escape import code, code_in_cell, fenced, html_code, plain
from .report import Group, Report, groups

MARKER = "<!-- kubevirt-vm-pool: vmpool diff -->"

# Of the comment with the previews alone.
LIVE_MARKER = "<!-- kubevirt-vm-pool: vmpool ci live -->"

# GitHub takes 65,536 characters. Bytes are never fewer, however it counts.
LIMIT = 65_000
# Of that, for rows of the table that tell everything, and for those that only name stacks.
WHOLE_ROWS = 25_000
SHORT_ROWS = 20_000
# What the live comment has of each of its lists.
LIVE_ROWS = 12_000
ONE_STACK = 12_000
ONE_FAILURE = 500
NAMES_IN_A_SENTENCE = 400
NAMES_IN_SIGHT = 6


def markdown(report: Report) -> str:
    """Return the comment."""
    parts = ["\n".join(_opening(report)), *_table(report), *map(plain, report.rest)]
    parts += _live(report.live or ())
    return _with_details(parts, report.comparison.changes) + "\n"


def live_markdown(
    report: Report, left: Mapping[str, str], older: str = "", closed: str = ""
) -> str:
    """Return the comment on a report that the base's code has made of the stack files alone.

    left: stacks that were not previewed by name, with the reason. older: what the change lacks of
    the base, as a sentence, and closed: why nothing may take disks; "" if there is nothing to say.
    """
    previews = report.live or ()
    parts = [f"{LIVE_MARKER}\n### What the clusters say to this change"]
    if closed:
        at_stake = any(one.loses_disks for one in report.comparison.changes)
        kind = "CAUTION" if at_stake or any(one.refused for one in previews) else "NOTE"
        parts += ["\n".join(_alert(kind, plain(closed[0].upper() + closed[1:])))]
    if older:
        parts += ["\n".join(_alert("WARNING", plain(older)))]
    parts += _disks_at_stake(report)
    weak = [one.stack for one in previews if one.weak and not one.failure]
    if weak:
        parts += ["\n".join(_alert("NOTE", f"Weak, so that more may happen: {_sentence(weak)}"))]
    if left:
        names = _listed([f"{code(name)} ({plain(left[name])})" for name in left], LIVE_ROWS)
        parts += ["\n".join(_alert("WARNING", f"Not previewed before it is merged: {names}"))]
    if table := "".join(_table(report, LIVE_ROWS, LIVE_ROWS)):
        parts += ["#### What the stack files do to running VMs", table]
    parts += list(_live(previews)) or ["No stack that is up changes."]
    parts.append("All by the code of the base, with the stack files of this change.")
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _opening(report: Report) -> Iterator[str]:
    yield MARKER
    yield "### What this change does to running VMs"
    yield ""
    yield f"**{plain(report.headline)}** from {code(report.base)} to {code(report.head)}."
    for note in report.notes:
        yield from _alert("WARNING", plain(note))
    yield from _disks_at_stake(report)
    changes = report.comparison.changes
    for status, what in ((Status.BROKEN, "Broken"), (Status.NOT_KNOWN, "Not known")):
        if names := [one.name for one in changes if one.status is status]:
            yield from _alert("WARNING", f"{what}: {_sentence(names)}")
    for failure in report.comparison.failures:
        yield from _alert("WARNING", plain(failure[:ONE_FAILURE]))


def _disks_at_stake(report: Report) -> list[str]:
    """Return the alert, as one text with lines, if there is anything to say."""
    changes = report.comparison.changes
    names = [one.name for one in changes if one.severity is not None and one.loses_disks]
    if not names:
        return []
    return ["\n".join(_alert("CAUTION", f"Disks are at stake: {_sentence(names)}"))]


def _alert(kind: str, text: str) -> Iterator[str]:
    yield from ("", f"> [!{kind}]", f"> {text}")


# --- the table -----------------------------------------------------------------------------------


def _table(
    report: Report, whole_rows: int = WHOLE_ROWS, short_rows: int = SHORT_ROWS
) -> Iterator[str]:
    found = groups(report.comparison.changes)
    if not found:
        return
    rows = ["| stack | effect | what happens |", "| --- | --- | --- |"]
    left = whole_rows
    while found and (row := _row(found[0], left)):
        rows.append(row)
        left -= _size(row)
        found.pop(0)
    rows += _short_rows(found, short_rows)
    yield "\n".join(rows)


def _row(group: Group, most: int) -> str | None:
    """Return the row of a group, None if it is larger than it may be."""
    happens = [plain(sentence) for sentence in group.like.sentences]
    if group.like.problems:
        happens.append(plain(group.like.problems.splitlines()[0].rstrip(":")))
    row = f"| {_cell(group.names, most)} | {_label(group.like.label)} | {'<br>'.join(happens)} |"
    return row if _size(row) <= most else None


def _short_rows(rest: Iterable[Group], most: int) -> Iterator[str]:
    """Yield a row for each effect of many stacks, when there is no room to tell more."""
    by_label: dict[str, list[str]] = {}
    for group in rest:
        by_label.setdefault(group.like.label, []).extend(group.names)
    for label, names in by_label.items():
        cell = _cell(names, most // len(by_label))
        many = f"{len(names)} stacks, in too many ways for one comment"
        yield f"| {cell} | {_label(label)} | {many} |"


def _cell(names: Iterable[str], most: int) -> str:
    """Return the names of stacks, those beyond the first few folded away."""
    shown = list(names)
    if len(shown) <= NAMES_IN_SIGHT:
        return ", ".join(map(code_in_cell, shown))
    few = ", ".join(map(code_in_cell, shown[:NAMES_IN_SIGHT]))
    folded = _listed([html_code(name) for name in shown[NAMES_IN_SIGHT:]], most)
    count = len(shown) - NAMES_IN_SIGHT
    return f"{few} <details><summary>and {count} more</summary>{folded}</details>"


def _label(label: str) -> str:
    """Return an effect on one line: its column is the narrowest."""
    return f"**{label.replace(' ', '&nbsp;')}**"


def _sentence(names: Iterable[str]) -> str:
    return _listed([code(name) for name in names], NAMES_IN_A_SENTENCE)


def _listed(texts: list[str], most: int) -> str:
    """Return texts in a row, and how many more there are if they take too many bytes."""
    size = 0
    for index, one in enumerate(texts):
        size += _size(one) + 2
        if size > most and index:
            return f"{', '.join(texts[:index])} and {len(texts) - index} more"
    return ", ".join(texts)


# --- on the cluster ------------------------------------------------------------------------------


def _live(previews: Iterable[LivePreview]) -> Iterator[str]:
    """Yield a table with the engine's previews, what is wrong with them first."""
    rows = ["| stack | preview | change | drift, undone by an up |", "| --- | --- | --- | --- |"]
    left, omitted = LIVE_ROWS, []
    for preview in sorted(previews, key=lambda one: not (one.failure or one.weak)):
        row = _live_row(preview)
        left -= _size(row)
        if left < 0:
            omitted.append(preview.stack)
        else:
            rows.append(row)
    if len(rows) > 2:
        yield "#### Previews on the cluster"
        yield "\n".join(rows)
    if omitted:
        yield f"Previews left out, for GitHub's limit: {_sentence(omitted)}"


def _live_row(preview: LivePreview) -> str:
    reasons = [plain(reason) for reason in (preview.failure, *preview.weak) if reason]
    verdict = "<br>".join([f"**{preview.label}**" if reasons else preview.label, *reasons])
    change = "<br>".join(map(plain, [*preview.sentences, *map(str, preview.changes)])) or "none"
    drift = "<br>".join(map(plain, map(str, preview.drift))) or "none"
    return f"| {code_in_cell(preview.stack)} | {verdict} | {change} | {drift} |"


# --- details -------------------------------------------------------------------------------------


def _with_details(parts: list[str], changes: Iterable[StackChange]) -> str:
    """Return the parts, and as many of the stacks' details as there is room for, worst first."""
    left = LIMIT - sum(_size(part) + 2 for part in parts) - 2 * NAMES_IN_A_SENTENCE
    by_body: dict[str, list[StackChange]] = {}
    for change in changes:
        if body := _body(change):
            by_body.setdefault(f"{change.label}\n\n{body}", []).append(change)
    omitted: list[str] = []
    for body, alike in by_body.items():
        names = [change.name for change in alike]
        who = _listed([html_code(name) for name in names], NAMES_IN_A_SENTENCE)
        label, _, blocks = body.partition("\n\n")
        details = f"<details><summary>{who}: {label}</summary>\n\n{blocks}\n\n</details>"
        left -= _size(details) + 2
        if left < 0:
            omitted += names
        else:
            parts.append(details)
    if omitted:
        parts.append(
            f"Left out, for GitHub's limit, are the objects of {_sentence(omitted)}; "
            f"{code('vmpool diff --stack NAME')} shows them."
        )
    return "\n\n".join(parts)


def _body(change: StackChange) -> str:
    """Return a stack's problems and the diffs of its objects."""
    blocks = [fenced(change.problems.splitlines())] if change.problems else []
    left = ONE_STACK
    for changed in change.objects:
        blocks.append(code(changed.title))
        lines = _fitting(changed.lines, left)
        left -= _size("\n".join(lines))
        if lines:
            blocks.append(fenced(lines, "diff"))
    return "\n\n".join(blocks)


def _fitting(lines: tuple[str, ...], most: int) -> list[str]:
    size = 0
    for index, line in enumerate(lines):
        size += _size(line) + 1
        if size > most:
            return [*lines[:index], f"@@ {len(lines) - index} more lines @@"]
    return list(lines)


def _size(text: str) -> int:
    return len(text.encode(errors="replace"))
