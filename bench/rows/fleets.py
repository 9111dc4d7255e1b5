"""Fleets: many stacks in one process, against a process for each, two at a time."""

from __future__ import annotations

import shlex
from pathlib import Path

from .. import scale
from ..measuring import Measured, Run, growth, in_turn, slower, timed
from ..row import Row, at_most
from ..workshop import Workshop, installed

STACKS = 100
PARALLEL = 2
# The first is where the cost of the process itself ends to be most of it.
SIZES = (10, 100, 500)
# Of a trial.
FEW, FEW_SIZES = 2, (1, 2, 3)
ONE_BY_ONE = f"a `vmpool` process per stack, by `xargs -P{PARALLEL}`"


def of_previews(workshop: Workshop, rounds: int) -> Measured:
    """Measure previews without changes."""
    checkout, names = scale.fleet(workshop, _stacks(workshop))
    scale.run(workshop, checkout, "up", names, PARALLEL)
    runs = {
        "vmpool fleet preview": fleet(workshop, checkout, "preview", names),
        "xargs vmpool preview": each(workshop, checkout, "preview", names),
    }
    return slower(in_turn(runs, rounds))


def of_ups(workshop: Workshop, rounds: int) -> Measured:
    """Measure ups that create: of new stacks every time."""

    def ours() -> float:
        return fleet(workshop, *_new(workshop))()

    def theirs() -> float:
        return each(workshop, *_new(workshop))()

    runs = {"vmpool fleet up": ours, "xargs vmpool up": theirs}
    return slower(in_turn(runs, rounds, warm_ups=0))


def of_growth(workshop: Workshop, rounds: int) -> Measured:
    """Measure previews of stacks that are not up: one more beyond 100 over one more up to it."""
    sizes = _sizes(workshop)
    fleets = {size: scale.fleet(workshop, size) for size in sizes}
    runs = {
        f"{size} stacks": fleet(workshop, checkout, "preview", names)
        for size, (checkout, names) in fleets.items()
    }
    return growth(sizes, in_turn(runs, rounds))


def of_memory(workshop: Workshop, rounds: int) -> Measured:
    """Measure the resident memory of a large fleet's preview over that of a small one's."""
    small, *_, large = _sizes(workshop)
    few, many = (scale.fleet(workshop, size) for size in (small, large))

    def resident(where: tuple[Path, str]) -> Run:
        return lambda: scale.run(workshop, where[0], "preview", where[1], PARALLEL).resident

    runs = {
        f"{large} stacks, MiB": resident(many),
        f"{small} stacks, MiB": resident(few),
    }
    return slower(in_turn(runs, rounds, warm_ups=0))


def fleet(workshop: Workshop, checkout: Path, verb: str, names: str) -> Run:
    """Return runs of a verb of fleet."""
    return lambda: scale.run(workshop, checkout, verb, names, PARALLEL).clock


def each(workshop: Workshop, checkout: Path, verb: str, names: str) -> Run:
    """Return runs of a process for each stack."""
    stacks = scale.stacks(checkout, names)
    one = shlex.join([installed("vmpool", checkout), verb, "--stack"])
    script = f"printf '%s\\n' {shlex.join(stacks)} | xargs -P{PARALLEL} -n1 {one}"
    environment = scale.environment(workshop, stacks)
    return lambda: timed(["sh", "-c", script], environment=environment, cwd=checkout)


def _new(workshop: Workshop) -> tuple[Path, str, str]:
    checkout, names = scale.fleet(workshop, _stacks(workshop))
    return checkout, "up", names


def _stacks(workshop: Workshop) -> int:
    return FEW if workshop.trial else STACKS


def _sizes(workshop: Workshop) -> tuple[int, int, int]:
    return FEW_SIZES if workshop.trial else SIZES


ROWS = (
    Row(
        "fleet-preview",
        f"`vmpool fleet preview --parallel {PARALLEL}` of {STACKS} stacks, no changes",
        ONE_BY_ONE,
        at_most(0.65),
        3,
        of_previews,
        asked=True,
    ),
    Row(
        "fleet-up",
        f"`vmpool fleet up --parallel {PARALLEL}` that creates {STACKS} stacks",
        ONE_BY_ONE,
        at_most(0.8),
        2,
        of_ups,
        asked=True,
    ),
    Row(
        "growth-fleet",
        f"one more stack in a fleet's preview, beyond {SIZES[1]} (up to {SIZES[2]})",
        f"one more up to {SIZES[1]}",
        at_most(1.1),
        1,
        of_growth,
        asked=True,
    ),
    Row(
        "memory-fleet",
        f"resident memory of a preview of {SIZES[2]} stacks",
        f"of {SIZES[0]} stacks",
        at_most(1.2),
        1,
        of_memory,
        asked=True,
    ),
)
