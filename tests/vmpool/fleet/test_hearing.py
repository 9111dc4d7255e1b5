"""What is known of a stack when somebody cancels the run that works on it."""

from __future__ import annotations

import pytest
from engine_events import step

from vmpool.engine.events import Began
from vmpool.fleet.hearing import Hearing
from vmpool.fleet.result import Outcome


@pytest.mark.parametrize(("preview", "done"), [(True, {}), (False, {"created": 1})])
def test_a_cancelled_run_tells_what_it_has_done_and_not_what_it_planned(
    preview: bool, done: dict[str, int]
) -> None:
    lines: list[str] = []
    hearing = Hearing(lines.append)
    for event in (Began(preview), step("create", event="resourcePreEvent"), step("create")):
        hearing.heard(event)
    result = hearing.cancelled("ann", 1.0)
    assert (result.outcome, result.objects) == (Outcome.CANCELLED, done)
    assert result.reason == "interrupted"


def test_of_a_preview_that_fails_nothing_is_told_as_done() -> None:
    """A down begins with one."""
    hearing = Hearing(str)
    hearing.heard(Began(preview=True))
    hearing.heard(step("delete", event="resourcePreEvent"))
    result = hearing.result("ann", 1, 1.0)
    assert (result.outcome, result.objects) == (Outcome.FAILED, {})
