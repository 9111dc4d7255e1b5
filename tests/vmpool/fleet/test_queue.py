"""Which stacks of a fleet are begun, and which are not."""

from __future__ import annotations

import pytest

from vmpool.fleet.queue import Queue
from vmpool.fleet.result import Outcome, Result

NAMES = ["a", "b", "c"]


def bad(name: str) -> Result:
    return Result(name, Outcome.FAILED, reason="because")


def test_stacks_are_begun_in_their_order() -> None:
    queue = Queue(NAMES)
    assert [queue.take() for _ in range(4)] == [*NAMES, None]


def test_a_failed_stack_keeps_no_other_from_being_begun() -> None:
    queue = Queue(NAMES)
    queue.take()
    queue.ended(bad("a"))
    assert queue.take() == "b"


def test_after_a_failure_none_is_begun_if_that_is_asked_for() -> None:
    queue = Queue(NAMES, fail_fast=True)
    queue.take()
    queue.ended(bad("a"))
    assert queue.take() is None
    left = queue.results()["b"]
    assert (left.outcome, left.reason) == (Outcome.NOT_BEGUN, "stack a failed")


@pytest.mark.parametrize("asks", [True, False])
def test_disks_at_stake_are_a_failure_unless_somebody_is_asked_for_them(asks: bool) -> None:
    queue = Queue(NAMES, fail_fast=True, asks=asks)
    queue.ended(Result("a", Outcome.REFUSED, at_stake=("web",)))
    assert queue.closed == ("" if asks else "stack a refused")


def test_a_stack_that_runs_when_the_queue_closes_counts_as_it_ends() -> None:
    queue = Queue(NAMES)
    queue.take()
    queue.close("interrupted")
    queue.ended(Result("a", Outcome.CHANGED))
    found = {name: result.outcome for name, result in queue.results().items()}
    assert found == {
        "a": Outcome.CHANGED,
        "b": Outcome.NOT_BEGUN,
        "c": Outcome.NOT_BEGUN,
    }
