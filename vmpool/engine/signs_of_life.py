"""What the engine is at, said now and then: a delete may take as long as its VMs do to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kubevirt_vm_pool.text.durations import seconds

from . import events

if TYPE_CHECKING:
    from pulumi.automation import EngineEvent

SECONDS_BETWEEN = 30

DOING = {
    "create": "creating",
    "create-replacement": "creating",
    "update": "updating",
    "delete": "deleting",
    "delete-replaced": "deleting",
    "import": "adopting",
}


class SignsOfLife:
    """The operations that have begun and not ended, by URN."""

    def __init__(self) -> None:
        self._going: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def heard(self, event: EngineEvent) -> None:
        """Take note of an event."""
        with self._lock:
            if begun := event.resource_pre_event:
                step = begun.metadata
                doing, about = DOING.get(step.op), events.subject(step)
                if doing and about:
                    self._going[step.urn] = f"{doing} {about[0]} {about[1]}", time.monotonic()
            elif ended := event.res_outputs_event or event.res_op_failed_event:
                self._going.pop(ended.metadata.urn, None)

    def lines(self) -> list[str]:
        """Return a line for each operation that goes on."""
        now = time.monotonic()
        with self._lock:
            return [f"{doing} ... {seconds(now - since)}" for doing, since in self._going.values()]

    @contextmanager
    def said(self, say: Callable[[str], object], every: float = SECONDS_BETWEEN) -> Iterator[None]:
        """Say these lines now and then, as long as the engine works."""
        over = threading.Event()

        def go_on() -> None:
            while not over.wait(every):
                for line in self.lines():
                    say(line)

        thread = threading.Thread(target=go_on, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
