"""What was last measured of each row, in results.json: a run of some rows replaces just those."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from .measuring import Measured
from .row import Result

FILE = Path(__file__).parent / "results.json"


@dataclass(frozen=True)
class Spread:
    """Some figures in three: the median, the smallest and the largest."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, figures: Iterable[float]) -> Spread:
        """Return the spread of at least one figure."""
        known = tuple(figures)
        return cls(median(known), min(known), max(known))


@dataclass(frozen=True)
class Entry:
    """A row's last measurement.

    figure, rounds: in the row's unit. pairs: how many rounds. seconds: by label. at_work: how many
    processors others had at work when it began, of how many.
    """

    day: date
    revision: str
    figure: float
    rounds: Spread
    pairs: int
    seconds: Mapping[str, Spread]
    at_work: float
    processors: int
    busy: bool

    @classmethod
    def of(cls, result: Result, measured: Measured, revision: str, day: date) -> Entry:
        """Return what is kept of a result."""
        return cls(
            day,
            revision,
            measured.figure,
            Spread.of(measured.rounds),
            len(measured.rounds),
            {label: Spread.of(each) for label, each in measured.seconds.items()},
            result.load.mean,
            result.load.processors,
            result.load.busy,
        )


@dataclass(frozen=True)
class Record:
    """Entries by the row's name, and the facts of the machine that the last ones are from."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, results: Iterable[Result], facts: Mapping[str, str], revision: str, day: date
    ) -> Record:
        """Return what was measured among some results."""
        entries = {
            result.row.name: Entry.of(result, result.outcome, revision, day)
            for result in results
            if isinstance(result.outcome, Measured)
        }
        return cls(entries, facts)

    def updated(self, newer: Record) -> Record:
        """Return a record with newer entries in place of these."""
        return Record({**self.entries, **newer.entries}, newer.facts)


def read(file: Path = FILE) -> Record:
    """Return the record in a file, an empty one if there is none."""
    if not file.exists():
        return Record()
    document = json.loads(file.read_text(encoding="utf-8"))
    entries = {name: _entry(told) for name, told in document["entries"].items()}
    return Record(entries, document["facts"])


def write(record: Record, file: Path = FILE) -> None:
    """Write a record into a file."""
    document = {"entries": record.entries, "facts": record.facts}
    text = json.dumps(document, default=_plain, indent=2)
    file.write_text(f"{text}\n", encoding="utf-8")


def _plain(value: object) -> object:
    if isinstance(value, Entry):
        return asdict(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _entry(told: dict[str, Any]) -> Entry:
    return Entry(
        **{
            **told,
            "day": date.fromisoformat(told["day"]),
            "rounds": Spread(**told["rounds"]),
            "seconds": {label: Spread(**each) for label, each in told["seconds"].items()},
        }
    )
