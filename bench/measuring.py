"""Measuring in turn, A B A B: a machine's speed drifts, and only ratios of neighbours count."""

from __future__ import annotations

import itertools
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

from vmpool.console import UserError

# Does a thing once and returns its seconds; what it needs before and after is its own business.
Run = Callable[[], float]
Seconds = Mapping[str, tuple[float, ...]]


class TooNoisyError(Exception):
    """Why what was measured says nothing."""


@dataclass(frozen=True)
class Measured:
    """What was measured of a row.

    figure: the one that counts, in the row's unit. rounds: the same of each round
    alone. seconds: of everything that was run, by label.
    """

    figure: float
    rounds: tuple[float, ...]
    seconds: Seconds


def in_turn(runs: Mapping[str, Run], rounds: int, *, warm_ups: int = 1) -> Seconds:
    """Return the seconds of runs by label, of rounds in which each is run once, in order.

    warm_ups: rounds before, which do not count.
    """
    seconds: dict[str, list[float]] = {label: [] for label in runs}
    for number in range(-warm_ups, rounds):
        for label, run in runs.items():
            took = run()
            if number >= 0:
                seconds[label].append(took)
    return {label: tuple(each) for label, each in seconds.items()}


def slower(seconds: Seconds) -> Measured:
    """Return how many times as long the first of two took as the second: the median of rounds."""
    ours, theirs = seconds.values()
    ratios = tuple(a / b for a, b in zip(ours, theirs, strict=True))
    return Measured(median(ratios), ratios, seconds)


def faster(seconds: Seconds) -> Measured:
    """Return how many times as long the second of two took as the first: the median of rounds."""
    ours, theirs = seconds.values()
    ratios = tuple(b / a for a, b in zip(ours, theirs, strict=True))
    return Measured(median(ratios), ratios, seconds)


def growth(sizes: Sequence[int], seconds: Seconds) -> Measured:
    """Return what one more costs at the large end over what it costs at the small end.

    sizes: three numbers of things, ascending; seconds: of runs with that many, in that order. From
    s to m things one more costs (t(m) - t(s)) / (m - s), from m to l alike; 1 is exactly linear.
    The figure comes from the median time of each: in a difference of two single runs there is
    little but noise. Raises TooNoisyError where it hides the cost of one more.
    """
    small, middle, large = sizes

    def of(times: Sequence[float]) -> float:
        first, second, third = times
        return ((third - second) / (large - middle)) / ((second - first) / (middle - small))

    medians = [median(each) for each in seconds.values()]
    if not medians[0] < medians[1] < medians[2]:
        raise TooNoisyError("the machine is too noisy: more things took less time")
    return Measured(of(medians), tuple(map(of, zip(*seconds.values(), strict=True))), seconds)


def shared(items: Sequence[str], rounds: int, seconds_of: Callable[[str], float]) -> Run:
    """Return runs for some rounds that share items among them: each item's turn comes once.

    A run's seconds are the mean of its items, of which it has an equal share, and one at least.
    """
    turns = itertools.cycle(items)
    share = max(1, len(items) // rounds)
    return lambda: mean(seconds_of(item) for item in itertools.islice(turns, share))


def timed(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    cwd: Path,
    accept: Iterable[int] = (0,),
) -> float:
    """Run a fresh process to its end and return its seconds; raises UserError if it fails."""
    return finished(command, environment=environment, cwd=cwd, accept=accept)[0]


def finished(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    cwd: Path,
    accept: Iterable[int] = (0,),
) -> tuple[float, str]:
    """Run a fresh process to its end; return its seconds and what it printed on standard output."""
    began = time.perf_counter()
    done = subprocess.run(
        [str(part) for part in command],
        env=dict(environment),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    took = time.perf_counter() - began
    if done.returncode not in accept:
        said = (done.stderr.strip() or done.stdout.strip())[-2000:]
        raise UserError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{said}")
    return took, done.stdout
