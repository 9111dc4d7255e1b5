"""What was measured of fleets: bench/scale.json, a row for each number of stacks and verb."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path(__file__).with_name("scale.json")

# In the order in which they are run.
VERBS = NEW, PREVIEW, AGAIN, REFRESH = "up, new", "preview", "up, again", "refresh"
# What the page has a place for, measured or not.
SIZES = (1, 10, 100, 500)


@dataclass(frozen=True)
class Figures:
    """What a verb of fleet cost.

    verb: one of VERBS. cpu: seconds of the processors. resident: most MiB of vmpool itself.
    reads, dry_runs, writes: requests that the API server answered. state: KiB of the engine's.
    etcd: KiB of its file. on: the day, ISO 8601.
    """

    stacks: int
    verb: str
    cpu: float
    resident: int
    reads: int
    dry_runs: int
    writes: int
    state: int
    etcd: int
    on: str

    @property
    def requests(self) -> int:
        """All requests."""
        return self.reads + self.dry_runs + self.writes

    @property
    def key(self) -> tuple[int, str]:
        """What there is one row of."""
        return self.stacks, self.verb


def read(file: Path = FILE) -> list[Figures]:
    """Return the rows of a file, in order."""
    return [Figures(**row) for row in json.loads(file.read_text(encoding="utf-8"))]


def write(rows: Iterable[Figures], file: Path = FILE) -> None:
    """Write rows, one a line."""
    lines = ",\n".join(f"  {json.dumps(asdict(row))}" for row in rows)
    file.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def merged(rows: Iterable[Figures], new: Iterable[Figures]) -> list[Figures]:
    """Return rows with new ones in place of those of the same number of stacks and verb."""
    found = {row.key: row for row in (*rows, *new)}
    return sorted(found.values(), key=lambda row: (row.stacks, VERBS.index(row.verb)))
