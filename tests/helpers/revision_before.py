"""The project as it was before the library had a root of its own, for tests across that move."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

import pytest
from checkout import ROOT

BEFORE = "b75130b9ae"


def unpacked(folder: Path) -> Path:
    """Write the files of that revision into a folder, and return it; skips without its history."""
    git = ["git", "-C", str(ROOT)]
    known = subprocess.run(
        [*git, "cat-file", "-e", f"{BEFORE}^{{commit}}"], capture_output=True, check=False
    )
    if known.returncode:
        pytest.skip(f"git has no history here that reaches back to {BEFORE}")
    files = subprocess.run([*git, "archive", BEFORE], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(files)) as archive:
        archive.extractall(folder, filter="data")
    return folder
