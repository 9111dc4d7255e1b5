"""Rendering many stacks without a cluster."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import yaml

from vmpool.console import UserError
from vmpool.controlplane import binaries

from .. import helm
from ..comparison import same_objects, write_chart, write_overlays
from ..measuring import Measured, Run, faster, finished, in_turn, shared, timed
from ..row import Row
from ..row import faster as at_least
from ..workshop import Workshop, dev_file, installed, rendered, write_stack

STACKS = 1000
PROGRAM = Path(__file__).parents[1] / "programs" / "render.py"

# The command that renders the objects of a namespace.
Command = Callable[[str], list[str]]


def against_kustomize(workshop: Workshop, rounds: int) -> Measured:
    """Measure against overlays that set the namespace, each rendered as it is asked for."""
    folder = workshop.place(workshop.fresh("overlays"))
    write_overlays(folder, rendered("base", stack_file()), names(STACKS))
    kubectl = str(binaries.kubectl())
    return _against(
        workshop, rounds, folder, "kubectl kustomize", lambda name: [kubectl, "kustomize", name]
    )


def against_helm(workshop: Workshop, rounds: int) -> Measured:
    """Measure against releases of one chart."""
    folder = workshop.place(workshop.fresh("chart"))
    write_chart(folder, rendered("base", stack_file()))
    program = str(helm.program())
    return _against(
        workshop,
        rounds,
        folder,
        "helm template",
        lambda name: [program, "template", "pool", ".", "--namespace", name],
    )


def _against(
    workshop: Workshop, rounds: int, folder: Path, label: str, command: Command
) -> Measured:
    """Measure per stack: all stacks in one process, and one process for each of theirs.

    The rounds share the others' stacks among them, so that each is rendered once.
    """
    require_same(workshop, folder, command)

    def theirs(name: str) -> float:
        return timed(command(name), environment=workshop.environment, cwd=folder)

    all_at_once = rendering(workshop, STACKS)
    runs = {
        "vmpool, per stack": lambda: all_at_once() / STACKS,
        f"{label}, per stack": shared(names(STACKS), rounds, theirs),
    }
    return faster(in_turn(runs, rounds, warm_ups=0))


def rendering(workshop: Workshop, number: int) -> Run:
    """Return runs of one process that renders so many stacks."""
    checkout = workshop.checkout("project")
    folder = workshop.place(workshop.fresh("stacks"))
    for name in names(number):
        write_stack(folder, name, stack_file())
    command = [installed("python", checkout), str(PROGRAM), str(folder)]

    def run() -> float:
        took, printed = finished(command, environment=workshop.environment, cwd=checkout)
        if printed.count("\nkind: VirtualMachinePool") != number:
            raise UserError(f"not all of {number} stacks were rendered")
        return took

    return run


def require_same(workshop: Workshop, folder: Path, command: Command) -> None:
    """Raise UserError unless the others' way renders the very objects that ours does."""
    name = names(1)[0]
    _, theirs = finished(command(name), environment=workshop.environment, cwd=folder)
    if not same_objects(theirs, rendered(name, stack_file()).values()):
        raise UserError(f"{command(name)[0]} renders other objects than vmpool does")


def stack_file() -> str:
    """Return the file of each stack: the dev stack's, with one golden image for all.

    So the namespace is all that differs from stack to stack, which is what an overlay is best at.
    """
    disk = yaml.safe_load(dev_file())["config"]["disk"]
    pvc = {**disk["source"]["pvc"], "namespace": "golden-images"}
    return dev_file(disk={**disk, "source": {"pvc": pvc}})


def names(number: int) -> list[str]:
    """Return the names of so many stacks."""
    return [f"user{index}" for index in range(number)]


ROWS = (
    Row(
        "render-kustomize",
        f"offline render of {STACKS:,} stacks in one process, per stack",
        f"`kubectl kustomize` of {STACKS:,} overlays of the same objects",
        at_least(30),
        15,
        against_kustomize,
    ),
    Row(
        "render-helm",
        "the same",
        f"`helm template` of {STACKS:,} releases of the same objects",
        at_least(30),
        15,
        against_helm,
    ),
)
