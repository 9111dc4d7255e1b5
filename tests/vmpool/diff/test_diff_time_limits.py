"""`vmpool diff` where a stack does not end: the others are reported all the same."""

from __future__ import annotations

import pytest
from repository import Repository, original, repository, stack_file
from unbounded import ALIASES, TEMPLATES

from vmpool.diff import revision_stacks
from vmpool.diff.comparison import Comparison, Status

__all__ = ["original", "repository"]

RENDERING = "vmpool/diff/rendering.py"
READ = "        stack = stack_files.read(name, root)\n"
DOES_NOT_END = (
    "Pulumi.carol.yaml cannot be rendered: it did not end within 4 seconds; look for what repeats "
    "itself, in the stack's file or in the code that reads it"
)


@pytest.fixture(autouse=True)
def _little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack of the tests takes a second of a busy machine, and no test waits half a minute."""
    monkeypatch.setattr(revision_stacks, "SECONDS_FOR_A_STACK", 4)


def carol(repository: Repository, does: str) -> None:
    """Let the code do something with the stack carol before it reads it."""
    repository.write("carol", stack_file("memory: 4Gi"))
    repository.replace(RENDERING, READ, f'        if name == "carol":\n            {does}\n{READ}')


def compared(repository: Repository, base: str = "main") -> Comparison:
    """Return what becomes of the stacks; both revisions could be rendered."""
    found = repository.compared(base).comparison
    assert found.failures == ()
    return found


HANGS = "while True: pass"


def test_a_stack_that_does_not_end_is_told_by_name_and_the_others_are_compared(
    repository: Repository,
) -> None:
    carol(repository, HANGS)
    repository.write("bob", stack_file("memory: 4Gi"))
    found = compared(repository)
    broken, changed = found.changes
    assert (broken.name, broken.status, broken.problems) == ("carol", Status.BROKEN, DOES_NOT_END)
    assert (changed.name, changed.status) == ("bob", Status.CHANGED)
    assert found.unchanged == ("alice",)


def test_a_stack_that_did_not_end_before_keeps_no_change_from_being_told(
    repository: Repository,
) -> None:
    carol(repository, HANGS)
    repository.commit()
    repository.replace(RENDERING, HANGS, "pass")
    repository.write("bob", stack_file("memory: 4Gi"))
    found = compared(repository, "HEAD")
    assert {one.name: one.status for one in found.changes} == {
        "carol": Status.NOT_KNOWN,
        "bob": Status.CHANGED,
    }


def test_a_stack_that_never_ended_is_still_broken(repository: Repository) -> None:
    carol(repository, HANGS)
    repository.commit()
    found = compared(repository, "HEAD")
    assert (found.changes, found.still_broken) == ((), ("carol",))
    assert found.unchanged == ("alice", "bob")


def test_a_stack_whose_process_is_ended_is_told_with_the_signal(repository: Repository) -> None:
    # As the kernel does with what takes all memory.
    carol(repository, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    (broken,) = compared(repository).changes
    assert broken.problems == (
        "Pulumi.carol.yaml cannot be rendered: its process was ended by SIGKILL"
    )


def test_of_many_stacks_the_good_ones_are_rendered_in_parts(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revision_stacks, "FEW", 1)
    for number in range(6):
        repository.write(f"user{number}", stack_file())
    repository.commit()
    carol(repository, HANGS)
    found = compared(repository, "HEAD")
    assert [(one.name, one.status) for one in found.changes] == [("carol", Status.BROKEN)]
    assert len(found.unchanged) == 8


@pytest.mark.parametrize(
    "text",
    [
        stack_file() + ALIASES,
        stack_file(f'perReplica: {{hostname: "{TEMPLATES["a text repeated"]}"}}'),
    ],
)
def test_what_the_code_itself_bounds_needs_no_clock(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(revision_stacks, "_in_parts", None)
    repository.write("carol", text)
    (broken,) = compared(repository).changes
    assert (broken.name, broken.status) == ("carol", Status.BROKEN)
    assert "Pulumi.carol.yaml" in broken.problems
    assert "more than" in broken.problems
