"""A preview that changes nothing: of the dev stack, and of programs that do less or the same."""

from __future__ import annotations

from pathlib import Path

from ..comparison import EMPTY_PROGRAM, bare_program, typed_program
from ..measuring import Measured, Run, in_turn, slower
from ..row import Row, at_most
from ..workshop import Workshop, dev_file, rendered, write_stack

OURS = "the dev stack"
EMPTY = "an empty program"


def against_an_empty_program(workshop: Workshop, rounds: int) -> Measured:
    """Measure against a program that registers nothing."""
    runs = {OURS: ours(workshop), EMPTY: nothing(workshop)}
    return slower(in_turn(runs, rounds))


def of_a_bare_program(workshop: Workshop, rounds: int) -> Measured:
    """Measure what anybody pays for the objects: the SDK alone, without component and checks."""
    name = workshop.namespace(workshop.fresh("bare"))
    bare = workshop.project(name, bare_program(rendered(name, dev_file())), "pulumi")
    runs = {"bare resources": settled(workshop, bare, name), EMPTY: nothing(workshop)}
    return slower(in_turn(runs, rounds))


def against_a_typed_program(workshop: Workshop, rounds: int) -> Measured:
    """Measure against the same objects in typed classes."""
    name = workshop.namespace(workshop.fresh("typed"))
    program = typed_program(rendered(name, dev_file()))
    typed = workshop.project(name, program, "pulumi", "pulumi-kubernetes")
    runs = {OURS: ours(workshop), "typed classes": settled(workshop, typed, name)}
    return slower(in_turn(runs, rounds))


def nothing(workshop: Workshop) -> Run:
    """Return previews of a program that registers nothing."""
    empty = workshop.project(workshop.fresh("empty"), EMPTY_PROGRAM, "pulumi")
    return settled(workshop, empty, "empty")


def ours(workshop: Workshop) -> Run:
    """Return previews of a stack with the dev stack's file, which is brought up first."""
    stack = workshop.namespace(workshop.fresh("dev"))
    checkout = workshop.checkout("project")
    write_stack(checkout, stack, dev_file())
    return settled(workshop, checkout, stack)


def settled(workshop: Workshop, folder: Path, stack: str) -> Run:
    """Bring a stack up; return previews of it, in which nothing may change."""
    workshop.new_stack(folder, stack)
    workshop.pulumi(folder, stack, "up", "--yes", "--skip-preview")
    return lambda: workshop.pulumi(folder, stack, "preview", "--expect-no-changes")


ROWS = (
    Row(
        "preview-empty",
        "`pulumi preview` of the dev stack, no changes",
        "an empty Python program",
        at_most(1.3),
        21,
        against_an_empty_program,
        needs=("pulumi",),
    ),
    Row(
        "preview-typed",
        "the same",
        "the same objects in `pulumi_kubernetes`' typed classes",
        at_most(0.8),
        21,
        against_a_typed_program,
        needs=("pulumi",),
    ),
    Row(
        "preview-bare",
        "`pulumi preview` of the same objects as bare resources, without component and checks",
        "an empty Python program",
        None,
        21,
        of_a_bare_program,
        needs=("pulumi",),
    ),
)
