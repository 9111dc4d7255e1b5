"""Which pools a fleet's down gives to the engine, of a stack that others work on meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from vmpool import lifecycle, target
from vmpool.fleet import one_stack
from vmpool.fleet.known import Known
from vmpool.fleet.result import Outcome, Result
from vmpool.lifecycle import Begun
from vmpool.stack import stack_files
from vmpool.stack.stack_files import Stack
from vmpool.target import Target

STACK = "config: {name: web, disk: {size: 6Gi, source: {pvc: {name: golden}}}}"


class Engine:
    """Takes down whatever it is told to, and keeps whose disks it may lose."""

    def __init__(self) -> None:
        self.given: list[set[str]] = []

    def destroy(self, stack: Stack, pools: Iterable[str], hear: object) -> int:
        self.given.append(set(pools))
        return 0


@pytest.mark.parametrize(
    ("at_first", "later", "given"),
    [({"pool": "web"}, {"pool": "other"}, {"web"}), (None, {"pool": "web"}, set())],
    ids=["renamed meanwhile", "shown at first, brought up meanwhile"],
)
def test_what_was_not_asked_for_is_not_given_away(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    at_first: dict[str, str] | None,
    later: dict[str, str],
    given: set[str],
) -> None:
    file = tmp_path / "Pulumi.ann.yaml"
    file.write_text(STACK, encoding="utf-8")
    engine, place = Engine(), Target(None)
    found = iter((at_first, later))

    def begin(stack: Stack, place: Target, say: object) -> Any:
        return Begun(stack.specification(), place, place.kubectl(), engine, next(found))  # type: ignore[arg-type]

    monkeypatch.setattr(stack_files, "read", lambda name: stack_files.parsed(name, STACK, file))
    monkeypatch.setattr(target, "existing", lambda stack, apart: place)
    monkeypatch.setattr(lifecycle, "begin", begin)
    monkeypatch.setattr(one_stack, "_is_up", lambda begun, stack: begun.outputs is not None)
    monkeypatch.setattr(one_stack, "_run", lambda begun, stack, say, work: _run(begun, work))
    known = Known()
    monkeypatch.setattr(known, "is_shown", lambda begun, stack: begun.outputs is None)
    assert one_stack.look(known)("ann", str).outcome is Outcome.CHANGED
    one_stack.down(known)("ann", str)
    assert engine.given == [given]


def _run(begun: Begun, work: Any) -> Result:
    work(begun, print)
    return Result("ann", Outcome.CHANGED)
