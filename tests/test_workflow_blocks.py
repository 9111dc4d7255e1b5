"""The `run:` blocks of workflows and actions: bash reads each, and some test has run it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Set

import pytest
from checkout import ROOT
from workflow_runs import RAN, read

GITHUB = ROOT / ".github"
FILES = sorted([*GITHUB.glob("workflows/*.y*ml"), *GITHUB.glob("actions/**/action.y*ml")])


def blocks() -> Iterator[tuple[str, str]]:
    """Yield the file and the text of every block."""
    for file in FILES:
        document = read(file.read_text(encoding="utf-8"))
        parts = [*document.get("jobs", {}).values(), document.get("runs", {})]
        for step in (step for part in parts for step in part.get("steps", ())):
            if "run" in step:
                yield file.relative_to(ROOT).as_posix(), step["run"]


ALL = {*blocks()}


def never_run(ran: Set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the blocks that are not among those that were run."""
    return sorted(ALL - ran)


# actionlint reads workflows only, so an action's own blocks are read here.
@pytest.mark.parametrize(("file", "text"), sorted(ALL))
def test_bash_can_read_every_block(file: str, text: str) -> None:
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_block_of_an_action_and_one_of_a_workflow_would_be_missed() -> None:
    files = {file for file, _ in never_run(set())}
    assert {".github/actions/setup/action.yml", ".github/workflows/up-stack.yml"} < files
    one = next(iter(ALL))
    assert never_run(ALL - {one}) == [one]


@pytest.mark.looks_back
@pytest.mark.needs_engine
def test_every_block_is_run_by_some_test(request: pytest.FixtureRequest) -> None:
    options = request.config.option
    running = {item.path for item in request.session.items}
    texts = {file: file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py")}
    users = {file for file, text in texts.items() if "workflow_runs" in text and "Runner(" in text}
    chosen = options.keyword or options.markexpr or any("::" in one for one in options.file_or_dir)
    if chosen or not users <= running:
        pytest.skip("only a run of all tests that run workflows can tell")
    assert never_run(RAN) == []
