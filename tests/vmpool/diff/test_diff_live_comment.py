"""The comment with what the clusters say to a pull request."""

from __future__ import annotations

from vmpool.diff.as_markdown import LIVE_MARKER, MARKER, live_markdown
from vmpool.diff.comparison import Comparison
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


def test_without_any_change_it_says_so() -> None:
    assert "No stack that is up changes." in comment()
