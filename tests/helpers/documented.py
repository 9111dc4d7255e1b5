"""Commands that a page of the documentation shows, run as they stand there."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator

import documentation
from checkout import ROOT, Checkout


def blocks(page: str, language: str) -> list[str]:
    """Return the fenced blocks of a language on a page of docs/."""
    found = documentation.blocks(ROOT / "docs" / page)
    return [f"{block.text}\n" for block in found if block.language == language]


def sessions(page: str) -> Iterator[tuple[str, str]]:
    """Yield each command of the console blocks with what is shown below it."""
    for block in blocks(page, "console"):
        command, _, shown = block.partition("\n")
        yield command.removeprefix("$ "), shown


def printed(checkout: Checkout, command: str) -> str:
    """Return what a `vmpool ...` prints, whatever comes of it."""
    program, *arguments = shlex.split(command)
    assert program == "vmpool"
    code = "from vmpool.cli import main; main()"
    return checkout.run(sys.executable, "-c", code, *arguments).stdout
