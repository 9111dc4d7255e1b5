"""`make up` on a machine that has Python, git and make: where its seconds go, and again."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from vmpool.controlplane import binaries
from vmpool.controlplane.daemons import DAEMONS
from vmpool.network import OFFLINE

from ..measuring import Measured, timed
from ..row import Row, at_most
from ..workshop import NO_WAY_OUT, Workshop, copied, installed, path_without

# A uv of the machine's own is not used: it would not be installed then.
MAKE = ["make", "UV=.tools/uv/bin/uv"]
AGAIN = "make up, again"


def up_and_again(workshop: Workshop, rounds: int) -> Measured:
    """Measure each step of a first `make up`, without Pulumi, and then the whole again.

    The control plane's programs are there: `build` measures how they come.
    """
    binaries.programs(DAEMONS)
    binaries.kubectl()
    checkout = copied(workshop.folder / workshop.fresh("from-nothing"))
    environment = _bare(workshop, checkout)

    def run(*command: str) -> float:
        return timed(command, environment=environment, cwd=checkout)

    def up() -> float:
        # Where Pulumi can be downloaded it would be, and go the other way.
        return timed([*MAKE, "up"], environment={**environment, **NO_WAY_OUT}, cwd=checkout)

    steps = {
        "uv is installed": run(*MAKE, ".tools/uv/bin/uv"),
        "Python packages are fetched and installed": run(*MAKE, "setup"),
        "the control plane starts": run(installed("vmpool", checkout), "cluster", "start"),
        "make up, the objects are applied": up(),
    }
    again = tuple(up() for _ in range(rounds))
    seconds = {**{label: (took,) for label, took in steps.items()}, AGAIN: again}
    return Measured(median(again), again, seconds)


def builds(workshop: Workshop, rounds: int) -> Measured:
    """Measure how the control plane's programs are built, with nothing in any cache."""
    totals: tuple[float, ...] = ()
    for _ in range(rounds):
        checkout = workshop.checkout("project")
        cache = workshop.place(workshop.fresh("cache"))
        environment = {
            **workshop.environment,
            "HOME": str(cache),
            "XDG_CACHE_HOME": str(cache),
            "GOCACHE": str(cache / "go-build"),
            "GOPATH": str(cache / "go"),
            "KUBEBUILDER_ASSETS": "",
            OFFLINE: "1",
        }
        build = "from vmpool.controlplane import binaries as b; b.programs(b.PROGRAMS)"
        command = [installed("python", checkout), "-c", build]
        totals += (timed(command, environment=environment, cwd=checkout),)
    return Measured(median(totals), totals, {"all of them, in one go": totals})


def _bare(workshop: Workshop, checkout: Path) -> dict[str, str]:
    """Return the environment of a machine without uv's caches and Pulumi."""
    home = checkout / ".home"
    home.mkdir()
    caches = workshop.environment.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    return {
        **workshop.environment,
        "PATH": path_without("pulumi", workshop.environment["PATH"]),
        "HOME": str(home),
        # The control plane's programs are in the person's own.
        "XDG_CACHE_HOME": caches,
        "UV_CACHE_DIR": str(home / "uv"),
        "PIP_CACHE_DIR": str(home / "pip"),
    }


ROWS = (
    Row(
        "make-up",
        "`make up` of a stack that is up, without Pulumi",
        "",
        at_most(5),
        5,
        up_and_again,
        needs=("git", "make"),
        unit="s",
    ),
    Row(
        "build",
        "the control plane's programs, built from nothing",
        "",
        None,
        1,
        builds,
        asked=True,
        unit="s",
    ),
)
