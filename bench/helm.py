"""Helm, which renders the same objects as a chart: built once from a pinned Go module."""

from __future__ import annotations

from pathlib import Path

from vmpool import go_build

MODULE = Path(__file__).parent / "tools"
PROGRAM = go_build.Program("helm.sh/helm/v3/cmd/helm", "about 3 minutes, once")


def program() -> Path:
    """Return helm; it is built first if need be. Raises UserError if that fails."""
    return go_build.built("helm", PROGRAM, MODULE)


def version() -> str:
    """Return the version that is pinned."""
    return go_build.pinned("helm.sh/helm/v3", MODULE)
