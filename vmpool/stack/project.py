"""The project that the stacks belong to: its folder, which is a checkout of the repository."""

from __future__ import annotations

from pathlib import Path

NAME = "Pulumi.yaml"


def root(package: Path, here: Path) -> Path:
    """Return the checkout that a package is a part of, or, where it is installed, that around here.

    Where there is none, it is the folder itself, in which nothing is found then.
    """
    checkout = package.parent
    around = (folder for folder in (checkout, here, *here.parents) if (folder / NAME).is_file())
    return next(around, here)


ROOT = root(Path(__file__).parents[1], Path.cwd())
PROJECT_FILE = ROOT / NAME
