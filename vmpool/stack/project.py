"""The project that the stacks belong to: its folder, which is this checkout."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT_FILE = ROOT / "Pulumi.yaml"
