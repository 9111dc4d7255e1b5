"""Any text in GitHub's Markdown: shown as it is, and calling nobody."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

# A backslash does not keep GitHub from taking @name for a person, or #1 for an issue.
_NO_SPACE = "&#8203;"


def plain(text: str) -> str:
    """Return a text for a paragraph or the cell of a table."""
    escaped = html.escape(_one_line(text), quote=False)
    escaped = re.sub(r"[\\`*_{}\[\]|~$]", r"\\\g<0>", escaped)
    return re.sub(r"@|#(?=[0-9])(?<!&#)", rf"\g<0>{_NO_SPACE}", escaped)


def code(text: str) -> str:
    """Return a text as code, for a paragraph."""
    one_line = _one_line(text)
    mark = "`" * (_longest_run(one_line) + 1)
    space = " " if one_line.startswith("`") or one_line.endswith("`") else ""
    return f"{mark}{space}{one_line}{space}{mark}"


def code_in_cell(text: str) -> str:
    """Return a text as code, for the cell of a table."""
    return code(text).replace("|", "\\|")


def html_code(text: str) -> str:
    """Return a text as code within HTML, where Markdown means nothing but the end of a cell."""
    return f"<code>{html.escape(_one_line(text)).replace('|', '&#124;')}</code>"


def fenced(lines: Iterable[str], language: str = "") -> str:
    """Return lines as a block of code that nothing in them can end."""
    shown = [line.translate(_CONTROL) for line in lines]
    fence = "`" * max(3, max(map(_longest_run, shown), default=0) + 1)
    return "\n".join([f"{fence}{language}", *shown, fence])


_CONTROL = dict.fromkeys([*range(32), 127, 0x85, 0x2028, 0x2029], " ")


def _one_line(text: str) -> str:
    return text.translate(_CONTROL)


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
