"""What was measured of fleets: bench/scale.json, a row for each number of stacks and verb."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path(__file__).with_name("scale.json")

# How stacks are gone through: by one process, or by a process for each.
FLEET, EACH = "fleet", "each"
NEW, PREVIEW, AGAIN, REFRESH = "up, new", "preview", "up, again", "refresh"
# In the order in which they are run. The others of EACH would say nothing else.
VERBS = {FLEET: (NEW, PREVIEW, AGAIN, REFRESH), EACH: (NEW, PREVIEW)}
# What the page has a place for, measured or not.
SIZES = {FLEET: (1, 10, 100, 500), EACH: (1, 10)}


@dataclass(frozen=True)
class Figures:
    """What a verb cost of some stacks.

    way: FLEET or EACH. verb: see VERBS. cpu: seconds of the processors. reads, dry_runs, writes:
    requests that the API server answered. resident: most MiB of vmpool itself; state: KiB of the
    engine's; etcd: KiB of its file. These three are None of EACH. on: the day, ISO 8601.
    """

    way: str
    stacks: int
    verb: str
    cpu: float
    reads: int
    dry_runs: int
    writes: int
    on: str
    resident: int | None = None
    state: int | None = None
    etcd: int | None = None

    @property
    def requests(self) -> int:
        """All requests."""
        return self.reads + self.dry_runs + self.writes

    @property
    def key(self) -> tuple[str, int, str]:
        """What there is one row of."""
        return self.way, self.stacks, self.verb


def read(file: Path = FILE) -> list[Figures]:
    """Return the rows of a file, in order."""
    return [Figures(**row) for row in json.loads(file.read_text(encoding="utf-8"))]


def write(rows: Iterable[Figures], file: Path = FILE) -> None:
    """Write rows, one a line."""
    lines = ",\n".join(f"  {json.dumps(_without_none(row))}" for row in rows)
    file.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def _without_none(row: Figures) -> dict[str, object]:
    return {name: value for name, value in asdict(row).items() if value is not None}


def merged(rows: Iterable[Figures], new: Iterable[Figures]) -> list[Figures]:
    """Return rows with new ones in place of those of the same way, number of stacks and verb."""
    found = {row.key: row for row in (*rows, *new)}
    ways = list(VERBS)
    return sorted(
        found.values(),
        key=lambda row: (ways.index(row.way), row.stacks, VERBS[row.way].index(row.verb)),
    )
