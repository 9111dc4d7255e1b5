"""Helm, which renders the same objects as a chart: built once from a pinned Go module."""

from __future__ import annotations

from pathlib import Path

from vmpool.controlplane import binaries

MODULE = Path(__file__).parent / "tools"
PROGRAM = binaries.Program("helm.sh/helm/v3/cmd/helm", "about 3 minutes, once", asset=False)


def program() -> Path:
    """Return helm; it is built first if need be. Raises UserError if that fails."""
    return binaries.built("helm", PROGRAM, MODULE)


def version() -> str:
    """Return the version that is pinned."""
    return binaries.pinned("helm.sh/helm/v3", MODULE)
