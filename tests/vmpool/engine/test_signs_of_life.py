"""What is said while the engine works for long."""

from __future__ import annotations

import threading

from engine_events import step

from vmpool.engine.signs_of_life import SignsOfLife

BEGUN = "resourcePreEvent"


def test_what_has_begun_and_not_ended_is_said_now_and_then() -> None:
    signs, said, enough = SignsOfLife(), list[str](), threading.Event()

    def say(line: str) -> None:
        said.append(line)
        enough.set()

    with signs.said(say, every=0.01):
        signs.heard(step("delete", event=BEGUN))
        assert enough.wait(5)
    assert said[0] == "deleting VirtualMachinePool web ... 0 s"


def test_what_has_ended_is_not_said() -> None:
    signs = SignsOfLife()
    signs.heard(step("delete", event=BEGUN))
    signs.heard(step("delete"))
    assert signs.lines() == []
