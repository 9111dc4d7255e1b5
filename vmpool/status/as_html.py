"""The report as a page to keep open."""

from __future__ import annotations

from .. import page
from .as_text import scaled
from .facts import Report, StackStatus, State, age

# The classes of vmpool/page/style.css.
TONES = {
    State.UNSEEN: "bad",
    State.NOT_READY: "bad",
    State.NOT_UP: "warn",
    State.DRIFTED: "warn",
    State.NOT_SCALING: "warn",
    State.READY: "good",
}


def as_html(report: Report, *, refresh: int | None = None) -> str:
    """Return the page. refresh: seconds after which it loads itself anew; None is never."""
    return page.render(
        "status.html",
        report=report,
        refresh=refresh,
        tones=TONES,
        age=age,
        scaled=scaled,
        drifts=_drifts,
        wrong=_wrong,
    )


def _drifts(stack: StackStatus) -> str:
    count = len(stack.drift)
    return f"{count} object{'' if count == 1 else 's'}" if count else ""


def _wrong(stack: StackStatus) -> str:
    """Return the worst thing that is wrong with a stack, on one line."""
    told = (
        stack.old,
        *stack.why,
        *(str(one) for one in stack.drift if one.missing),
        *(f"an up: {one}" for one in stack.undone),
        *map(str, stack.drift),
        stack.scaling.cannot if stack.scaling else "",
    )
    return next(filter(None, told), "").partition("\n")[0].removesuffix(":")
