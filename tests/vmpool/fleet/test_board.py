"""What is shown while a fleet is worked on."""

from __future__ import annotations

import io

import pytest
from kubevirt_vm_pool.effects import Severity
from rich.console import Console

from vmpool.fleet import board
from vmpool.fleet.result import Outcome, Result

RESTART = Result("bob", Outcome.CHANGED, 2.0, {"updated": 1}, 0, Severity.RESTART_ALL)


def shown(width: int) -> list[str]:
    """Return the lines of a live table."""
    made = board.table(
        "up",
        30,
        [("ann", 3.2, "created Secret [x] web-cloudinit " + "and so on " * 20)],
        [Result("cid", Outcome.FAILED, 1.0, reason="no namespace"), RESTART],
        {"changed": 6, "failed": 1},
    )
    out = io.StringIO()
    Console(file=out, width=width).print(made)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_the_live_table_has_what_runs_then_the_worst_that_has_ended() -> None:
    title, head, *rows = shown(100)
    assert title == "up: 7 of 30 stacks (6 changed, 1 failed)"
    assert head.split("  ")[0].strip() == "stack"
    assert [row.split()[0] for row in rows] == ["ann", "cid", "bob"]
    assert "created Secret [x] web-cloudinit" in rows[0]
    assert rows[2].endswith("restart all")


@pytest.mark.parametrize("width", [60, 100, 200])
def test_a_row_is_one_line_however_long_its_words_are(width: int) -> None:
    assert len(shown(width)) == 5


def test_elsewhere_a_stack_is_one_line_when_it_has_ended(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with board.board("up", 2) as plain:
        plain.begun("bob")
        plain.said("bob", "created Service web")
        plain.ended(RESTART, 1)
    assert capsys.readouterr().err == "[1/2] up bob: changed, restart all, 1 updated (2 s)\n"


def test_a_preview_and_a_look_say_of_nothing_that_it_was_changed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with board.board("preview", 1) as plain:
        plain.ended(RESTART, 1)
    with board.board("look", 1) as plain:
        plain.ended(Result("bob", Outcome.CHANGED), 1)
    assert capsys.readouterr().err == (
        "[1/1] preview bob: to change, restart all, 1 updated (2 s)\n"
        "[1/1] look bob: to take down (0 s)\n"
    )


def test_a_line_on_a_refusal_leaves_out_how_to_allow_it(capsys: pytest.CaptureFixture[str]) -> None:
    words = "refused: all is lost. To allow it for one command, set VMPOOL_ALLOW_DISK_LOSS=web"
    with board.board("up", 1) as plain:
        plain.ended(Result("bob", Outcome.REFUSED, reason=words), 1)
    assert capsys.readouterr().err == "[1/1] up bob: refused, all is lost (0 s)\n"
