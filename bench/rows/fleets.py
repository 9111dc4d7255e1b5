"""Fleets: many stacks in one process, against one after the other by Pulumi, two at a time."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

from vmpool.console import UserError

from .. import scale, scale_data
from ..measuring import Measured, Run, growth, in_turn, slower, timed
from ..row import Row, at_most
from ..scale_data import Figures
from ..workshop import Workshop

STACKS = 100
PARALLEL = 2
# Of bench.scale; the first is where the cost of the process itself ends to be most of it.
SIZES = (10, 100, 500)
# Of a trial.
FEW = 2
# A stack that is new must be made known first; a fleet's up does that, too.
INIT, UP, PREVIEW = ("stack", "init", "--no-select"), ("up", "--yes"), ("preview",)
PLAIN = ("--non-interactive", "--stack")
ONE_BY_ONE = f"{{}} of each by `xargs -P{PARALLEL}`"
# A checkout, and the pattern of the stacks' names.
Where = tuple[Path, str]
# A host of Python programs too, which `make engine` does not build.
PULUMI = ("pulumi", "pulumi-language-python")


def of_previews(workshop: Workshop, rounds: int) -> Measured:
    """Measure previews without changes, each way of the stacks that it has brought up last."""
    if not workshop.fleets:
        of_ups(workshop, 1)
    ours, theirs = workshop.fleets
    runs = {
        "vmpool fleet preview": fleet(workshop, *ours, "preview"),
        "xargs pulumi preview": each(workshop, *theirs, (*PREVIEW, "--expect-no-changes")),
    }
    # The ups have warmed everything up.
    return slower(in_turn(runs, rounds, warm_ups=0))


def of_ups(workshop: Workshop, rounds: int) -> Measured:
    """Measure ups that create: of new stacks every time."""
    last: dict[str, Where] = {}

    def ours() -> float:
        last["ours"] = _new(workshop)
        return fleet(workshop, *last["ours"], "up")()

    def theirs() -> float:
        last["theirs"] = _new(workshop)
        return each(workshop, *last["theirs"], INIT, UP)()

    runs = {"vmpool fleet up": ours, "xargs pulumi up": theirs}
    seconds = in_turn(runs, rounds, warm_ups=0)
    workshop.fleets = (last["ours"], last["theirs"])
    return slower(seconds)


def of_growth(verb: str) -> Callable[[Workshop, int], Measured]:
    """Return what tells one more stack beyond 100 over one more up to it, by bench.scale's rows.

    In seconds of the processors, which others' work changes less.
    """

    def measure(workshop: Workshop, rounds: int) -> Measured:
        found = _scaled(verb, SIZES)
        return growth(SIZES, {f"{one.stacks} stacks": (one.cpu,) for one in found})

    return measure


def of_memory(workshop: Workshop, rounds: int) -> Measured:
    """Return a large fleet's resident memory over a small one's, as of_growth."""
    few, _, many = _scaled(scale_data.PREVIEW, SIZES)
    return slower({f"{one.stacks} stacks, MiB": (float(one.resident),) for one in (many, few)})


def _scaled(verb: str, sizes: Sequence[int]) -> list[Figures]:
    """Return what bench.scale has measured of a verb; raises UserError if it has not."""
    known = {one.stacks: one for one in scale_data.read() if one.verb == verb}
    if missing := [str(size) for size in sizes if size not in known]:
        command = f"python -m bench.scale {' '.join(missing)} --write"
        raise UserError(f"fleets of {', '.join(missing)} are not measured: `{command}`")
    return [known[size] for size in sizes]


def fleet(workshop: Workshop, checkout: Path, names: str, verb: str) -> Run:
    """Return runs of a verb of fleet."""
    return lambda: scale.run(workshop, checkout, verb, names, PARALLEL).clock


def each(workshop: Workshop, checkout: Path, names: str, *commands: Sequence[str]) -> Run:
    """Return runs of pulumi's commands for each stack, two stacks at a time."""
    one = " && ".join(f'{shlex.join(["pulumi", *of, *PLAIN])} "$0"' for of in commands)
    stacks = shlex.join(scale.stacks(checkout, names))
    script = f"printf '%s\\n' {stacks} | xargs -P{PARALLEL} -n1 sh -c {shlex.quote(one)}"
    environment = workshop.with_cluster
    return lambda: timed(["sh", "-c", script], environment=environment, cwd=checkout)


def _new(workshop: Workshop) -> Where:
    return scale.fleet(workshop, _stacks(workshop))


def _stacks(workshop: Workshop) -> int:
    return FEW if workshop.trial else STACKS


ROWS = (
    Row(
        "fleet-up",
        f"`vmpool fleet up --parallel {PARALLEL}` that creates {STACKS} stacks",
        ONE_BY_ONE.format("`pulumi stack init` and `pulumi up`"),
        at_most(0.8),
        2,
        of_ups,
        needs=PULUMI,
        asked=True,
    ),
    Row(
        "fleet-preview",
        f"`vmpool fleet preview --parallel {PARALLEL}` of {STACKS} stacks, no changes",
        ONE_BY_ONE.format("`pulumi preview`"),
        at_most(0.65),
        3,
        of_previews,
        needs=PULUMI,
        asked=True,
    ),
    Row(
        "growth-fleet",
        f"a fleet's preview, processor s: one more stack beyond {SIZES[1]} (up to {SIZES[2]})",
        f"one more up to {SIZES[1]}",
        at_most(1.1),
        1,
        of_growth(scale_data.PREVIEW),
    ),
    Row(
        "growth-fleet-up",
        f"a fleet's up that creates, processor s: one more beyond {SIZES[1]} (up to {SIZES[2]})",
        f"one more up to {SIZES[1]}",
        at_most(1.1),
        1,
        of_growth(scale_data.NEW),
    ),
    Row(
        "memory-fleet",
        f"resident memory of a preview of {SIZES[2]} stacks",
        f"of {SIZES[0]} stacks",
        at_most(1.2),
        1,
        of_memory,
    ),
)
