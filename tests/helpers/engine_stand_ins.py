"""Stand-ins for Pulumi's programs, in the places where they are looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from vmpool.engine import build


def executable(path: Path, text: str = "#!/bin/sh\n") -> Path:
    """Write a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def machine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the environment of a machine without an engine, whose home is a folder."""
    environment = {
        "HOME": str(folder),
        "PATH": f"{folder / 'bin'}:/usr/bin:/bin",
        "XDG_CACHE_HOME": str(folder / "cache"),
    }
    for name in ("PULUMI_HOME", "PULUMI_CREDENTIALS_PATH"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return environment


def engine_built() -> build.Built:
    """Put files where `make engine` puts its programs; return where."""
    built = build.expected()
    executable(built.cli)
    executable(built.provider)
    return built
