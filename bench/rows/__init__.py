"""All rows of the benchmark, in the order of their table."""

from __future__ import annotations

from ..row import Row
from . import differences, fleets, growth, make_up, previews, program, rendering, replicas, ups

ROWS: tuple[Row, ...] = (
    *previews.ROWS,
    *program.ROWS,
    *ups.ROWS,
    *rendering.ROWS,
    *differences.ROWS,
    *replicas.ROWS,
    *growth.ROWS,
    *fleets.ROWS,
    *make_up.ROWS,
)
