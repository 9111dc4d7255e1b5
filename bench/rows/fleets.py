"""Fleets: many stacks in one process, against one after the other by Pulumi, two at a time."""

from __future__ import annotations

import shlex
from pathlib import Path

from .. import scale
from ..measuring import Measured, Run, growth, in_turn, slower, timed
from ..row import Row, at_most
from ..workshop import Workshop

STACKS = 100
PARALLEL = 2
# The first is where the cost of the process itself ends to be most of it.
SIZES = (10, 100, 500)
# Of a trial.
FEW, FEW_SIZES = 2, (1, 2, 3)
UP = ("up", "--yes")
ONE_BY_ONE = f"`pulumi {{}}` of each by `xargs -P{PARALLEL}`"
# A host of Python programs too, which `make engine` does not build.
PULUMI = ("pulumi", "pulumi-language-python")


def of_previews(workshop: Workshop, rounds: int) -> Measured:
    """Measure previews without changes, each way of stacks that it has brought up."""
    ours, theirs = _new(workshop), _known(workshop)
    fleet(workshop, *ours, "up")()
    each(workshop, *theirs, *UP)()
    runs = {
        "vmpool fleet preview": fleet(workshop, *ours, "preview"),
        "xargs pulumi preview": each(workshop, *theirs, "preview", "--expect-no-changes"),
    }
    # The ups have warmed everything up.
    return slower(in_turn(runs, rounds, warm_ups=0))


def of_ups(workshop: Workshop, rounds: int) -> Measured:
    """Measure ups that create: of new stacks every time."""

    def ours() -> float:
        return fleet(workshop, *_new(workshop), "up")()

    def theirs() -> float:
        return each(workshop, *_known(workshop), *UP)()

    runs = {"vmpool fleet up": ours, "xargs pulumi up": theirs}
    return slower(in_turn(runs, rounds, warm_ups=0))


def of_growth(workshop: Workshop, rounds: int) -> Measured:
    """Measure previews of stacks that are not up: one more beyond 100 over one more up to it."""
    sizes = _sizes(workshop)
    fleets = {size: scale.fleet(workshop, size) for size in sizes}
    runs = {f"{size} stacks": fleet(workshop, *where, "preview") for size, where in fleets.items()}
    # A small fleet warms everything up as well as a large one.
    next(iter(runs.values()))()
    return growth(sizes, in_turn(runs, rounds, warm_ups=0))


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


def fleet(workshop: Workshop, checkout: Path, names: str, verb: str) -> Run:
    """Return runs of a verb of fleet."""
    return lambda: scale.run(workshop, checkout, verb, names, PARALLEL).clock


def each(workshop: Workshop, checkout: Path, names: str, *command: str) -> Run:
    """Return runs of pulumi for each stack, two at a time."""
    one = shlex.join(["pulumi", *command, "--non-interactive", "--stack"])
    stacks = scale.stacks(checkout, names)
    script = f"printf '%s\\n' {shlex.join(stacks)} | xargs -P{PARALLEL} -n1 {one}"
    environment = workshop.with_cluster
    return lambda: timed(["sh", "-c", script], environment=environment, cwd=checkout)


def _new(workshop: Workshop) -> tuple[Path, str]:
    return scale.fleet(workshop, _stacks(workshop))


def _known(workshop: Workshop) -> tuple[Path, str]:
    """Return new stacks that Pulumi's backend has, as its up demands."""
    where = _new(workshop)
    each(workshop, *where, "stack", "init", "--no-select")()
    return where


def _stacks(workshop: Workshop) -> int:
    return FEW if workshop.trial else STACKS


def _sizes(workshop: Workshop) -> tuple[int, int, int]:
    return FEW_SIZES if workshop.trial else SIZES


ROWS = (
    Row(
        "fleet-preview",
        f"`vmpool fleet preview --parallel {PARALLEL}` of {STACKS} stacks, no changes",
        ONE_BY_ONE.format("preview"),
        at_most(0.65),
        3,
        of_previews,
        needs=PULUMI,
        asked=True,
    ),
    Row(
        "fleet-up",
        f"`vmpool fleet up --parallel {PARALLEL}` that creates {STACKS} stacks",
        ONE_BY_ONE.format("up"),
        at_most(0.8),
        2,
        of_ups,
        needs=PULUMI,
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
