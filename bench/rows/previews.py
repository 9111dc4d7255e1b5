"""A preview that changes nothing: of the dev stack, of an empty program, of a typed one."""

from __future__ import annotations

from pathlib import Path

from ..comparison import EMPTY_PROGRAM, typed_program
from ..measuring import Measured, Run, in_turn, slower
from ..row import Row, at_most
from ..workshop import Workshop, dev_file, rendered, write_stack

OURS = "the dev stack"


def against_an_empty_program(workshop: Workshop, rounds: int) -> Measured:
    """Measure against a program that registers nothing."""
    empty = workshop.project(workshop.fresh("empty"), EMPTY_PROGRAM, "pulumi")
    runs = {OURS: ours(workshop), "an empty program": settled(workshop, empty, "empty")}
    return slower(in_turn(runs, rounds))


def against_a_typed_program(workshop: Workshop, rounds: int) -> Measured:
    """Measure against the same objects in typed classes."""
    name = workshop.namespace(workshop.fresh("typed"))
    program = typed_program(rendered(name, dev_file()))
    typed = workshop.project(name, program, "pulumi", "pulumi-kubernetes")
    runs = {OURS: ours(workshop), "typed classes": settled(workshop, typed, name)}
    return slower(in_turn(runs, rounds))


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
        15,
        against_an_empty_program,
        needs=("pulumi",),
    ),
    Row(
        "preview-typed",
        "the same",
        "the same objects in `pulumi_kubernetes`' typed classes",
        at_most(0.8),
        15,
        against_a_typed_program,
        needs=("pulumi",),
    ),
)
