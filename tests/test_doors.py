"""The table of doors: every row is named after a test that there is."""

from __future__ import annotations

import re

import pytest
from checkout import ROOT

PAGE = (ROOT / "docs" / "day-two.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("## The doors to a lost disk")[2].partition("\n\n`VMPOOL_ALLOW_OTHER")[0]
ROWS = re.findall(r"^\| (.+?) \| .+ \| `(\S+\.py)`: (\w+) \|$", TABLE, re.MULTILINE)
FOLDER = ROOT / "tests" / "vmpool" / "engine"


def test_the_table_has_every_door() -> None:
    assert len(ROWS) == len([line for line in TABLE.splitlines() if line.startswith("| ")]) - 2


@pytest.mark.parametrize(("door", "file", "name"), ROWS)
def test_a_row_names_a_test_on_the_real_engine(door: str, file: str, name: str) -> None:
    text = (FOLDER / file).resolve().read_text(encoding="utf-8")
    assert f"def test_{name}" in text, door
    assert "needs_engine" in text
