"""Working on the stacks of a queue, several at once, until it is empty or closed."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

from kubevirt_vm_pool.cluster.kubectl import KubectlError

from ..console import UserError, of_the_system
from ..engine import interruption
from .board import Board
from .one_stack import Work
from .queue import Queue
from .result import INTERRUPTED, Outcome, Result

SECONDS_BETWEEN_LOOKS = 0.2


def run(queue: Queue, work: Work, parallel: int, board: Board) -> Exception | None:
    """Work on all stacks, until somebody interrupts it (interruption.status).

    A stack that fails is a result. Return the first error of one that no person can mend, whose
    stack has failed too, None if there is none.
    """
    crew = _Crew(queue, work, board)
    threads = [
        threading.Thread(target=crew.work_on, daemon=True)
        for _ in range(min(parallel, queue.total))
    ]
    with board:
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            for thread in threads:
                thread.join(SECONDS_BETWEEN_LOOKS)
            crew.close_if_interrupted()
    return crew.error


class _Crew:
    """What the threads share. error: the first that no person can mend."""

    def __init__(self, queue: Queue, work: Work, board: Board) -> None:
        self._queue, self._work, self._board = queue, work, board
        self.error: Exception | None = None
        self.close_if_interrupted()

    def close_if_interrupted(self) -> None:
        """Let no more stacks be begun if somebody has interrupted the command."""
        if interruption.status():
            self._queue.close(INTERRUPTED)

    def work_on(self) -> None:
        """Take one stack after the other."""
        while name := self._queue.take():
            self._board.begun(name)
            began = time.monotonic()
            result = replace(self._result(name), seconds=time.monotonic() - began)
            self._board.ended(result, self._queue.ended(result))
            self.close_if_interrupted()

    def _result(self, name: str) -> Result:
        try:
            return self._work(name, lambda line: self._board.said(name, line))
        except UserError as error:
            return Result(name, Outcome.FAILED, reason=error.message)
        except KubectlError as error:
            return Result(name, Outcome.FAILED, reason=str(error))
        except OSError as error:
            return Result(name, Outcome.FAILED, reason=of_the_system(error))
        except SystemExit:
            return Result(name, Outcome.CANCELLED, reason=INTERRUPTED)
        except Exception as error:
            self.error = self.error or error
            # Its own text may have a secret in it.
            why = f"an error in vmpool: {type(error).__name__}"
            return Result(name, Outcome.FAILED, reason=why)
