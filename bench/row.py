"""A row of the benchmark: what is measured, against what, and what it should be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .machine import Load
from .measuring import Measured
from .workshop import Workshop


@dataclass(frozen=True)
class Goal:
    """What a figure should be.

    bound: it is met too. at_least: whether more is better.
    """

    bound: float
    at_least: bool = False

    def met(self, figure: float) -> bool:
        """Tell whether a figure is as it should be."""
        return figure >= self.bound if self.at_least else figure <= self.bound


def at_most(bound: float) -> Goal:
    """Return the goal that something takes at most so many seconds, or times as long as another."""
    return Goal(bound)


def faster(ratio: float) -> Goal:
    """Return the goal that something is at least so many times as fast as something else."""
    return Goal(ratio, at_least=True)


@dataclass(frozen=True)
class Row:
    """A row that can be measured.

    name: what it is asked for by. rounds: how many pairs, if nobody says how many. needs: programs
    that must be on PATH. asked: whether it is measured only when it is named, since it takes long.
    unit: of the figure, "x" (a ratio) or "s".
    """

    name: str
    what: str
    against: str
    goal: Goal | None
    rounds: int
    measure: Callable[[Workshop, int], Measured] = field(repr=False)
    needs: tuple[str, ...] = ()
    asked: bool = False
    unit: str = "x"

    def shown(self, figure: float) -> str:
        """Return a figure with its unit, in three digits."""
        number = f"{figure:.0f}" if figure >= 100 else f"{figure:.3g}"
        return f"{number} s" if self.unit == "s" else f"{number}{self.unit}"

    @property
    def wanted(self) -> str:
        """The goal in words; "" if there is none."""
        if self.goal is None:
            return ""
        return f"{'>=' if self.goal.at_least else '<='} {self.shown(self.goal.bound)}"


@dataclass(frozen=True)
class NotRun:
    """Why a row was not measured."""

    reason: str


@dataclass(frozen=True)
class Result:
    """What became of a row. load: of the machine when it began."""

    row: Row
    outcome: Measured | NotRun
    load: Load
