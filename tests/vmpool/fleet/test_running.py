"""A queue worked on by several threads, without an engine."""

from __future__ import annotations

import os
import signal
import threading
import time
from types import TracebackType

import pytest
from kubevirt_vm_pool.cluster.kubectl import KubectlError

from vmpool.console import Say, UserError
from vmpool.engine import interruption
from vmpool.fleet import running
from vmpool.fleet.queue import Queue
from vmpool.fleet.result import Outcome, Result


class Quiet:
    """A board that shows nothing."""

    def __enter__(self) -> Quiet:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def begun(self, name: str) -> None: ...

    def said(self, name: str, line: str) -> None: ...

    def ended(self, result: Result, number: int) -> None: ...


def test_no_more_than_so_many_stacks_are_worked_on_at_once() -> None:
    lock, at_work, most = threading.Lock(), 0, 0

    def work(name: str, say: Say) -> Result:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        time.sleep(0.02)
        with lock:
            at_work -= 1
        return Result(name, Outcome.CHANGED)

    queue = Queue([str(number) for number in range(12)])
    assert running.run(queue, work, 3, Quiet()) is None
    assert most == 3
    assert len(queue.results()) == 12


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (UserError("mend it"), Outcome.FAILED, "mend it"),
        (KubectlError("kubectl get: no"), Outcome.FAILED, "kubectl get: no"),
        (PermissionError(13, "Permission denied", "f"), Outcome.FAILED, "Permission denied: f"),
        (SystemExit(130), Outcome.CANCELLED, "interrupted"),
    ],
    ids=["the person's", "kubectl's", "the system's", "interrupted"],
)
def test_an_error_of_one_stack_is_its_result(
    error: BaseException, outcome: Outcome, reason: str
) -> None:
    def work(name: str, say: Say) -> Result:
        if name == "a":
            raise error
        return Result(name, Outcome.CHANGED)

    queue = Queue(["a", "b"])
    running.run(queue, work, 1, Quiet())
    found = queue.results()
    assert found["a"].outcome is outcome
    assert found["a"].reason.startswith(reason)
    assert found["b"].outcome is Outcome.CHANGED


def test_an_error_of_vmpool_is_told_and_stops_no_other_stack() -> None:
    def work(name: str, say: Say) -> Result:
        if name == "a":
            raise ZeroDivisionError("hunter22")
        return Result(name, Outcome.CHANGED)

    queue = Queue(["a", "b"])
    error = running.run(queue, work, 1, Quiet())
    assert isinstance(error, ZeroDivisionError)
    found = queue.results()
    assert found["a"].outcome is Outcome.FAILED
    assert found["a"].reason == "an error in vmpool: ZeroDivisionError"
    assert found["b"].outcome is Outcome.CHANGED


def test_after_an_interruption_between_two_steps_none_is_begun() -> None:
    queue = Queue(["a", "b"])
    with interruption.sparing("in order"):
        os.kill(os.getpid(), signal.SIGTERM)
        running.run(queue, lambda name, say: Result(name, Outcome.CHANGED), 2, Quiet())
        assert interruption.status() == 143
    assert {one.outcome for one in queue.results().values()} == {Outcome.NOT_BEGUN}
