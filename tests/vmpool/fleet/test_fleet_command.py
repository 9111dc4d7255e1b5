"""The steps of a fleet, what comes between them and after them, without an engine."""

from __future__ import annotations

import json
import os
import pty
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from vmpool import lifecycle
from vmpool.cli import main
from vmpool.console import Say, UserError
from vmpool.fleet import command, one_stack
from vmpool.fleet.known import Known
from vmpool.fleet.result import Outcome, Result

AT_STAKE = Result("ann", Outcome.REFUSED, at_stake=("web",), reason="refused: all is lost")
FAILED = Result("bob", Outcome.FAILED, reason="no namespace")
NEW = Result("cid", Outcome.CHANGED, objects={"created": 3})

LetPreviews = Callable[..., None]


@pytest.fixture(autouse=True)
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stacks that an up has worked on; it ends well for all."""
    names: list[str] = []

    def up(known: Known, allowed: object) -> one_stack.Work:
        def work(name: str, say: Say) -> Result:
            names.append(name)
            return Result(name, Outcome.CHANGED)

        return work

    monkeypatch.setattr(lifecycle, "require_engine", lambda: None)
    monkeypatch.setattr(one_stack, "up", up)
    return names


@pytest.fixture
def let_previews(monkeypatch: pytest.MonkeyPatch) -> LetPreviews:
    """Lets the previews of stacks be these results, or end with an error."""

    def let(*ends: Result | tuple[str, Exception]) -> None:
        by_name = {one.stack if isinstance(one, Result) else one[0]: one for one in ends}

        def preview(known: Known, **_: bool) -> one_stack.Work:
            def work(name: str, say: Say) -> Result:
                end = by_name[name]
                if isinstance(end, Result):
                    return end
                raise end[1]

            return work

        monkeypatch.setattr(one_stack, "preview", preview)

    return let


def run(verb: str, *names: str, report: Path | None = None, fail_fast: bool = False) -> int:
    return command.run(verb, list(names), 1, fail_fast=fail_fast, report=report)


def stacks(report: Path) -> dict[str, Any]:
    told = json.loads(report.read_text(encoding="utf-8"))
    return {one["stack"]: one for one in told["stacks"]}


def test_a_bug_at_one_stack_is_told_when_all_others_have_ended_and_are_reported(
    let_previews: LetPreviews, begun: list[str], tmp_path: Path
) -> None:
    let_previews(("bob", ZeroDivisionError("hunter22")), NEW)
    report = tmp_path / "report.json"
    args = ["fleet", "up", "--stacks", "bob", "--stacks", "cid", "--report", str(report)]
    done = CliRunner().invoke(main, args)
    assert done.exit_code == 1
    assert begun == ["cid"]
    assert "failed (1): bob\n  an error in vmpool: ZeroDivisionError\n" in done.stdout
    assert "error: this is a bug in vmpool: ZeroDivisionError, in vmpool fleet\n" in done.stderr
    assert "test_fleet_command.work, line " in done.stderr
    assert "hunter22" not in done.output
    assert {name: one["outcome"] for name, one in stacks(report).items()} == {
        "bob": "failed",
        "cid": "changed",
    }


@pytest.mark.parametrize("fail_fast", [True, False])
def test_nobody_is_asked_for_disks_where_nothing_would_be_done_then(
    let_previews: LetPreviews,
    begun: list[str],
    monkeypatch: pytest.MonkeyPatch,
    fail_fast: bool,
) -> None:
    let_previews(AT_STAKE, FAILED)
    asked: list[str] = []

    def yes(those: list[Result]) -> bool:
        asked.extend(one.stack for one in those)
        return True

    monkeypatch.setattr(command, "_given_away", yes)
    assert run("up", "ann", "bob", fail_fast=fail_fast) == 1
    assert (asked, begun) == (([], []) if fail_fast else (["ann"], ["ann"]))


def test_disks_at_stake_end_a_preview_that_is_all_that_was_asked_for(
    let_previews: LetPreviews, tmp_path: Path
) -> None:
    let_previews(AT_STAKE, NEW)
    report = tmp_path / "report.json"
    assert run("preview", "ann", "cid", fail_fast=True, report=report) == 1
    assert stacks(report)["cid"]["reason"] == "stack ann refused"


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interruption_between_two_steps_is_one_as_any_other(
    let_previews: LetPreviews,
    begun: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    number: signal.Signals,
    status: int,
) -> None:
    let_previews(NEW)
    between = command._with_permission

    def interrupted(*args: Any) -> Any:
        os.kill(os.getpid(), number)
        return between(*args)

    monkeypatch.setattr(command, "_with_permission", interrupted)
    report = tmp_path / "report.json"
    assert run("up", "cid", report=report) == status
    assert begun == []
    assert stacks(report)["cid"]["outcome"] == "not begun"


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_at_the_question_ends_it_and_nothing_is_touched(
    let_previews: LetPreviews,
    begun: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    number: signal.Signals,
    status: int,
) -> None:
    let_previews(AT_STAKE, NEW)
    master, slave = pty.openpty()
    monkeypatch.setattr(sys, "stdin", os.fdopen(slave, encoding="utf-8"))
    main_thread = threading.get_ident()
    threading.Timer(0.5, signal.pthread_kill, (main_thread, number)).start()
    # Where the signal is not heard, the question is answered.
    answer = threading.Timer(10, os.write, (master, b"yes\n"))
    answer.start()
    report = tmp_path / "report.json"
    assert run("up", "ann", "cid", report=report) == status
    answer.cancel()
    os.close(master)
    assert begun == []
    told = {name: one["outcome"] for name, one in stacks(report).items()}
    assert told == {"ann": "refused", "cid": "not begun"}


def test_a_report_that_is_there_is_replaced_all_at_once(
    let_previews: LetPreviews, tmp_path: Path
) -> None:
    let_previews(NEW)
    report = tmp_path / "report.json"
    report.write_text("of before", encoding="utf-8")
    with report.open(encoding="utf-8") as reader:
        run("preview", "cid", report=report)
        assert reader.read() == "of before"
    assert stacks(report)["cid"]["outcome"] == "changed"


def test_nothing_is_done_if_the_report_has_no_place(
    let_previews: LetPreviews, begun: list[str], tmp_path: Path
) -> None:
    let_previews(NEW)
    with pytest.raises(UserError, match="there is no folder"):
        run("up", "cid", report=tmp_path / "nowhere" / "report.json")
    assert begun == []
