"""The documentation as a reader takes it: its blocks, and the sessions that a page shows.

A block in ``` is of a language. What stands in a comment above it says how it is meant:

* ```console: commands behind "$ ", and below each what it prints; "..." stands for any lines. All
  of a page run in one checkout, one after the other.
* <!-- in FILE --> above ```yaml: from here on the stack file has these keys.
* <!-- part of FILE --> above ```yaml: the stack file has these keys already.
* <!-- compared: TEST --> above any block: the test that compares it, as pytest names it.
* <!-- policies --> above ```yaml: a part of policies.yaml.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml
from checkout import ROOT, Checkout

PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))

# What differs from run to run, and what stands for it.
VARYING = (
    (re.compile(r"127\.0\.0\.1:[0-9]+"), "127.0.0.1:35913"),
    (re.compile(r"\b[0-9]+ s\b"), "2 s"),
    (re.compile(r"\[Makefile:[0-9]+: "), "[Makefile:34: "),
)
# What says only that something takes its time.
PASSING = re.compile(r"(installing|building|starting) .*|.* \.\.\. 2 s")
# The engine does at once what does not wait for each other.
DONE = re.compile(r"(created|deleted|updated) \w+ \S+$")


@dataclass(frozen=True)
class Block:
    """A block of a page. directive: the comment above it, "" if there is none; line: its first."""

    page: Path
    line: int
    language: str
    directive: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@dataclass(frozen=True)
class Step:
    """A command of a session, and what it prints."""

    command: str
    printed: list[str]


def blocks(page: Path) -> list[Block]:
    """Return the blocks of a page."""
    found: list[Block] = []
    directive, opened = "", None
    inside: list[str] = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        fence = re.fullmatch(r"\s*```+\s*([\w-]*).*", line)
        if opened is not None:
            if fence and not fence[1]:
                found.append(Block(page, *opened, directive, "\n".join(inside)))
                opened, directive, inside = None, "", []
            else:
                inside.append(line)
        elif fence:
            opened = (number, fence[1])
        elif comment := re.fullmatch(r"\s*<!-- (.+) -->", line):
            directive = comment[1]
        elif line.strip():
            directive = ""
    return found


def steps(block: Block) -> Iterator[Step]:
    """Yield the commands of a session with what each prints."""
    step: Step | None = None
    for line in block.text.splitlines():
        if line.startswith("$ "):
            if step:
                yield step
            step = Step(line.removeprefix("$ "), [])
        else:
            assert step, f"{block}: prints something before the first command"
            step.printed.append(line)
    if step:
        yield step


def texts(page: str, language: str) -> list[str]:
    """Return the blocks of a language on a page of docs/."""
    found = blocks(ROOT / "docs" / page)
    return [f"{block.text}\n" for block in found if block.language == language]


def session(page: str) -> Iterator[Step]:
    """Yield the commands of a page with what each prints."""
    for block in blocks(ROOT / "docs" / page):
        if block.language == "console":
            yield from steps(block)


def output_of(checkout: Checkout, command: str) -> list[str]:
    """Return what a `vmpool ...` prints, whatever comes of it."""
    program, *arguments = shlex.split(command)
    assert program == "vmpool"
    code = "from vmpool.cli import main; main()"
    return checkout.run(sys.executable, "-c", code, *arguments).stdout.splitlines()


def as_shown(printed: str) -> list[str]:
    """Return lines as the documentation has them: what varies has its stand-in."""
    for pattern, shown in VARYING:
        printed = pattern.sub(shown, printed)
    lines = [line.rstrip() for line in printed.splitlines() if not PASSING.fullmatch(line)]
    return [
        line
        for is_done, run in groupby(lines, _is_done)
        for line in (sorted(run) if is_done else run)
    ]


def _is_done(line: str) -> bool:
    return DONE.match(line) is not None


def agree(expected: list[str], printed: list[str]) -> bool:
    """Tell whether lines are as expected, where "..." stands for any."""
    pattern = "".join("(?:.*\n)*" if line == "..." else f"{re.escape(line)}\n" for line in expected)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


def run(checkout: Checkout, command: str) -> list[str]:
    """Run a command of a session as a shell does; return what it prints, as it is shown."""
    # uv is not asked again whether the packages are there.
    here = command.replace("uv run vmpool", ".venv/bin/vmpool")
    return as_shown(checkout.run("bash", "-c", here).stdout)


def given(checkout: Checkout, block: Block) -> None:
    """Let a stack file have the keys of a block."""
    file = checkout.folder / block.directive.removeprefix("in ")
    document: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    document["config"] |= yaml.safe_load(block.text)
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")


def replaced(page: Path, block: Block, text: str) -> None:
    """Write a page anew with another text of a block."""
    whole = page.read_text(encoding="utf-8")
    before, after = f"```{block.language}\n{block.text}\n```", f"```{block.language}\n{text}\n```"
    assert whole.count(before) >= 1
    page.write_text(whole.replace(before, after, 1), encoding="utf-8")
