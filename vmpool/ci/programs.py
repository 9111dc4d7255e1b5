"""Other programs that are asked something: uv, go and git."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..stack.project import ROOT

# Where make puts uv on a machine that has none.
MADE_HERE = ROOT / ".tools" / "uv" / "bin"
SECONDS_TO_ANSWER = 60


class NotAskedError(Exception):
    """Why there is no answer."""


def said(
    name: str, args: Sequence[str], folder: Path, environment: Mapping[str, str], given: str = ""
) -> str:
    """Return what a program says on standard output. Raises NotAskedError.

    given: what it reads on standard input.
    """
    places = f"{environment.get('PATH', '')}{os.pathsep}{MADE_HERE}"
    program = shutil.which(name, path=places)
    if program is None:
        raise NotAskedError(f"{name} is not on PATH")
    try:
        return subprocess.run(
            [program, *args],
            cwd=folder,
            env=environment,
            input=given,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS_TO_ANSWER,
            check=True,
        ).stdout
    except subprocess.TimeoutExpired:
        raise NotAskedError(f"{name} has no answer in {SECONDS_TO_ANSWER} s") from None
    except subprocess.CalledProcessError as failed:
        # What follows the first line is advice, or how often it was tried.
        told = failed.stderr.strip().splitlines() or ["no reason given"]
        raise NotAskedError(f"{name} says: {told[0].strip()}") from None
