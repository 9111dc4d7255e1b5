"""The comment with what the clusters say to a pull request."""

from __future__ import annotations

import pytest
from kubevirt_vm_pool.effects import Effect, Severity

from vmpool.diff.as_markdown import LIMIT, LIVE_MARKER, MARKER, live_markdown
from vmpool.diff.comparison import Comparison, StackChange, Status
from vmpool.diff.engine_preview import LivePreview
from vmpool.diff.report import Report


def comment(*previews: LivePreview, **left: str) -> str:
    """Return the comment for some previews."""
    return live_markdown(Report("base", "head", Comparison(), live=previews), left)


def test_it_is_found_again_by_a_marker_of_its_own() -> None:
    assert comment().splitlines()[0] == LIVE_MARKER != MARKER


def test_a_weak_preview_is_marked_at_the_top() -> None:
    weak = LivePreview("alice", weak=("this identity may not patch services there",))
    said = comment(weak, LivePreview("bob"))
    top, table = said.split("| stack |")
    assert "> [!NOTE]\n> Weak, so that more may happen: `alice`" in top
    assert "**weak**<br>this identity may not patch services there" in table
    assert "bob" not in top


def test_what_was_not_previewed_is_told_with_the_reason() -> None:
    said = comment(alice="it changes kubernetes:kubeconfig")
    assert "> [!WARNING]\n> Not previewed before it is merged: `alice` (it changes kube" in said


def test_a_closed_gate_is_told_and_loudly_where_disks_would_go() -> None:
    report = Report("base", "head", Comparison(), live=())
    assert "> [!NOTE]\n> Closed" in live_markdown(report, {}, closed="closed")
    refused = Report("base", "head", Comparison(), live=(LivePreview("alice", refused=True),))
    assert "> [!CAUTION]\n> Closed" in live_markdown(refused, {}, closed="closed")
    assert "[!CAUTION]" not in live_markdown(refused, {})


def test_a_branch_that_lacks_something_of_its_base_is_told_so() -> None:
    report = Report("base", "head", Comparison(), live=())
    assert "> [!WARNING]\n> older" in live_markdown(report, {}, older="older")


def changed(name: str, sentence: str = "everything on 5 disks is lost") -> StackChange:
    """Return a change of a stack that loses disks."""
    effects = (Effect(Severity.DISK_LOSS, sentence, "a rule", (("spec", "a"),)),)
    return StackChange(name, before=name, status=Status.CHANGED, effects=effects, objects=())


def test_what_the_stack_files_do_is_told_by_the_code_of_the_base() -> None:
    said = live_markdown(Report("base", "head", Comparison((changed("alice"),))), {})
    assert "> [!CAUTION]\n> Disks are at stake: `alice`" in said
    assert "| `alice` | **disk&nbsp;loss** | everything on 5 disks is lost |" in said


@pytest.mark.parametrize("count", [500, 5000])
def test_it_is_short_enough_whatever_many_stacks_have_to_say(count: int) -> None:
    names = [f"user-with-a-long-name-{number}" for number in range(count)]
    changes = tuple(changed(name, f"everything on the disks of {name} is lost") for name in names)
    failed = tuple(LivePreview(name, failure=20 * "no answer ") for name in names)
    report = Report("base", "head", Comparison(changes), live=failed)
    said = live_markdown(report, dict.fromkeys(names, "it cannot be read"), "older", "closed")
    assert 30_000 < len(said.encode()) < LIMIT


def test_without_any_change_it_says_so() -> None:
    assert "No stack that is up changes." in comment()
