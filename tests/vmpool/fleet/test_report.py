"""The report on a fleet, in its forms."""

from __future__ import annotations

import json
import os
from pathlib import Path, PurePath

import pytest
from kubevirt_vm_pool.effects import Severity

from vmpool.console import UserError
from vmpool.fleet import forms
from vmpool.fleet.report import Report, groups
from vmpool.fleet.result import Outcome, Result, merged

LOST = "All VMs of web are recreated, and everything on their disks is lost"
SOME = Severity.RESTART_SOME
RESULTS = (
    Result("ann", Outcome.UNCHANGED, 1.0),
    Result(
        "bob", Outcome.CHANGED, 2.0, {"updated": 1}, 0, Severity.RESTART_SOME, ("They restart",)
    ),
    Result("cid", Outcome.FAILED, 3.0, reason="no | namespace\nask for it"),
    Result(
        "dan", Outcome.CHANGED, 2.5, {"updated": 1}, 0, Severity.RESTART_SOME, ("They restart",)
    ),
    Result("eve", Outcome.REFUSED, 1.0, {}, 0, Severity.DISK_LOSS, (LOST,), ("web",), LOST),
)
REPORT = Report("up", RESULTS, 65.0)


def test_the_worst_comes_first_and_the_same_is_said_once() -> None:
    told = [(group.label("up"), group.names) for group in groups(RESULTS)]
    assert told == [
        ("failed", ("cid",)),
        ("refused, disk loss", ("eve",)),
        ("changed, restart n at a time", ("bob", "dan")),
        ("unchanged", ("ann",)),
    ]


def test_as_text_every_stack_is_named_with_what_happens_to_it() -> None:
    assert (
        forms.as_text(REPORT)
        == f"""\
failed (1): cid
  no | namespace
  ask for it
refused, disk loss (1): eve
  {LOST}
changed, restart n at a time (2): bob, dan
  1 updated
  They restart
unchanged (1): ann
up of 5 stacks in 1 min 5 s: 1 failed, 1 refused, 2 changed, 1 unchanged
"""
    )


def test_as_markdown_it_is_a_table_that_nothing_ends() -> None:
    lines = forms.as_markdown(REPORT).splitlines()
    assert lines[:3] == [
        "## vmpool fleet up",
        "",
        "up of 5 stacks in 1 min 5 s: 1 failed, 1 refused, 2 changed, 1 unchanged.",
    ]
    assert "| cid | failed | no \\| namespace<br>ask for it |" in lines
    assert "| bob, dan | changed, restart n at a time | 1 updated<br>They restart |" in lines


def test_what_is_so_of_each_but_for_its_name_is_said_once() -> None:
    results = [
        Result(name, Outcome.FAILED, reason=f"no {name}: it is {name}.x, not web-{name}")
        for name in ("a", "b")
    ]
    assert [group.names for group in groups(results)] == [("a",), ("b",)]
    unfit = "namespace {0} does not exist\nVMPOOL_ALLOW_FINDINGS={0} for one command"
    results = [
        Result(name, Outcome.FAILED, reason=unfit.format(name)) for name in ("web", "ann", "bob")
    ]
    assert (
        "failed (3): ann, bob, web\n"
        "  namespace STACK does not exist\n"
        "  VMPOOL_ALLOW_FINDINGS=ann,bob,web for one command\n"
    ) in forms.as_text(Report("up", tuple(results), 1.0))


@pytest.mark.parametrize(
    ("pool", "allowed"), [("{0}", "ann/ann,bob/bob"), ("web", "ann/web,bob/web")]
)
def test_what_allows_it_for_all_is_told_once(pool: str, allowed: str) -> None:
    refused = f"refused: {{0}} goes. To allow it for one command, set VMPOOL_ALLOW_DISK_LOSS={pool}"
    results = [
        Result(name, Outcome.REFUSED, reason=refused.format(name)) for name in ("bob", "ann")
    ]
    assert (
        "refused (2): ann, bob\n  refused: STACK goes. To allow it for one command, set "
        f"VMPOOL_ALLOW_DISK_LOSS={allowed}\n"
    ) in forms.as_text(Report("up", tuple(results), 1.0))


def test_what_is_the_same_to_the_letter_names_whom_it_is_about() -> None:
    results = [Result(name, Outcome.FAILED, reason="web is gone") for name in ("web", "ann")]
    assert "failed (2): ann, web\n  web is gone\n" in forms.as_text(
        Report("up", tuple(results), 1.0)
    )


def test_as_json_every_stack_has_a_member() -> None:
    told = json.loads(forms.as_json(REPORT))
    assert (told["version"], told["verb"], told["status"]) == (1, "up", 1)
    assert told["counts"] == {"failed": 1, "refused": 1, "changed": 2, "unchanged": 1}
    assert [one["stack"] for one in told["stacks"]] == ["cid", "eve", "bob", "dan", "ann"]
    assert told["stacks"][1] == {
        "stack": "eve",
        "outcome": "refused",
        "seconds": 1.0,
        "objects": {},
        "drifted": 0,
        "worst": "disk loss",
        "losesDisks": True,
        "effects": [LOST],
        "notes": [],
        "disksAtStake": ["web"],
        "reason": LOST,
    }


MANY = tuple(f"s{number:02}" for number in range(30))


def test_of_many_stacks_that_are_well_some_are_named() -> None:
    well = Report("up", tuple(Result(name, Outcome.UNCHANGED) for name in MANY), 1.0)
    assert "unchanged (30): s00, " in forms.as_text(well)
    assert ", s08, s09 and 20 more\n" in forms.as_text(well)
    assert f"| {', '.join(MANY)} | unchanged |" in forms.as_markdown(well)


@pytest.mark.parametrize("outcome", [one for one in Outcome if one.bad])
def test_all_stacks_are_named_that_are_not_as_they_should_be(outcome: Outcome) -> None:
    bad = Report("up", tuple(Result(name, outcome) for name in MANY), 1.0)
    assert f"{outcome.value} (30): {', '.join(MANY)}\n" in forms.as_text(bad)
    assert f"| {', '.join(MANY)} | {outcome.value} |" in forms.as_markdown(bad)


@pytest.mark.parametrize("outcome", [one for one in Outcome if one.unfinished])
def test_what_may_not_have_come_to_pass_is_told_as_planned(outcome: Outcome) -> None:
    one = Result("eve", outcome, 1.0, {}, 0, Severity.DISK_LOSS, (LOST,), (), "why")
    report = Report("down", (one,), 1.0)
    told = f"{outcome.value}, planned: disk loss"
    assert f"{told} (1): eve\n  planned: {LOST}\n  why\n" in forms.as_text(report)
    assert f"| eve | {told} | planned: {LOST}<br>why |" in forms.as_markdown(report)


def test_a_second_step_tells_what_it_has_done_not_what_was_planned() -> None:
    before = Result("eve", Outcome.CHANGED, 1.0, {"created": 4})
    assert Result("eve", Outcome.FAILED).after(before).objects == {}
    assert Result("eve", Outcome.FAILED, objects={"created": 1}).after(before).objects == {
        "created": 1
    }
    assert Result("eve", Outcome.NOT_BEGUN).after(before).objects == {"created": 4}


@pytest.mark.parametrize(
    ("outcome", "interrupted", "status"),
    [
        (Outcome.CHANGED, 0, 0),
        (Outcome.UNCHANGED, 0, 0),
        (Outcome.FAILED, 0, 1),
        (Outcome.NOT_BEGUN, 0, 1),
        (Outcome.CHANGED, 130, 130),
    ],
)
def test_the_exit_code_tells_whether_something_is_left(
    outcome: Outcome, interrupted: int, status: int
) -> None:
    assert Report("up", (Result("a", outcome),), 1.0, interrupted).status == status


def test_what_a_preview_has_found_stays_in_the_report_on_the_up() -> None:
    before = Result("a", Outcome.CHANGED, 1.0, {"updated": 2}, 1, Severity.RESTART_ALL, ("Down",))
    after = Result("a", Outcome.FAILED, 2.0, {"updated": 1}, reason="no answer")
    (one,) = merged({"a": before}, {"a": after})
    assert (one.outcome, one.worst, one.effects) == (
        Outcome.FAILED,
        Severity.RESTART_ALL,
        ("Down",),
    )
    assert (one.seconds, one.objects, one.reason) == (3.0, {"updated": 1}, "no answer")


def test_what_others_have_done_meanwhile_is_not_told_as_done() -> None:
    before = Result("a", Outcome.CHANGED, 1.0, {"updated": 2}, 0, Severity.DISK_LOSS, (LOST,))
    one = Result("a", Outcome.UNCHANGED).after(before)
    assert (one.worst, one.effects, one.loses_disks) == (Severity.NOTHING, (), False)
    assert one.notes == ("what was planned was done meanwhile, not by this command",)


def test_what_has_ended_well_tells_itself_what_it_has_done() -> None:
    before = Result("a", Outcome.CHANGED, 1.0, {}, 0, Severity.DISK_LOSS, (LOST,))
    after = Result("a", Outcome.CHANGED, 1.0, {"deleted": 3}, 0, Severity.RESTART_ALL, ("Down",))
    one = after.after(before)
    assert (one.worst, one.effects) == (Severity.RESTART_ALL, ("Down",))


@pytest.mark.parametrize("name", ["report.txt", "report"])
def test_a_report_file_of_another_kind_is_refused(name: str) -> None:
    with pytest.raises(UserError, match=r"--report .*: its ending must be one of \.json, \.md"):
        forms.form_of(PurePath(name))


def test_a_report_whose_folder_is_not_there_is_refused(tmp_path: Path) -> None:
    forms.require_writable(tmp_path / "report.md")
    with pytest.raises(UserError, match="there is no folder .*nowhere"):
        forms.require_writable(tmp_path / "nowhere" / "report.md")


def test_a_report_that_may_not_be_put_into_its_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # For root every folder is writable.
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(UserError, match="this user may write nothing into"):
        forms.require_writable(tmp_path / "report.md")
