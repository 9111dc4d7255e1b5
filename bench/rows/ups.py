"""An up that creates one pool."""

from __future__ import annotations

from ..comparison import typed_program
from ..measuring import Measured, in_turn, slower
from ..row import Row, at_most
from ..workshop import Workshop, dev_file, rendered, write_stack


def against_a_typed_program(workshop: Workshop, rounds: int) -> Measured:
    """Measure against the same objects in typed classes: a new stack and namespace every time."""
    checkout = workshop.checkout("project")
    typed = workshop.project(workshop.fresh("typed-up"), "", "pulumi", "pulumi-kubernetes")

    def ours() -> float:
        stack = workshop.namespace(workshop.fresh("up"))
        write_stack(checkout, stack, dev_file())
        workshop.new_stack(checkout, stack)
        return workshop.pulumi(checkout, stack, "up", "--yes")

    def theirs() -> float:
        stack = workshop.namespace(workshop.fresh("up"))
        program = typed_program(rendered(stack, dev_file()))
        (typed / "__main__.py").write_text(program, encoding="utf-8")
        workshop.new_stack(typed, stack)
        return workshop.pulumi(typed, stack, "up", "--yes")

    return slower(in_turn({"this program": ours, "typed classes": theirs}, rounds))


ROWS = (
    Row(
        "up",
        "`pulumi up` that creates one pool",
        "the same objects in typed classes",
        at_most(0.8),
        7,
        against_a_typed_program,
        needs=("pulumi",),
    ),
)
