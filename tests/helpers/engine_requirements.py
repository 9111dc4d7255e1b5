"""A plugin of pytest: which tests need what of the engine, and what is said where it is missing.

A test that needs the engine has the one on PATH, else the one that `make engine` built, which is
put on PATH for it. Without either it is skipped; where the variable VMPOOL_TEST_ENGINE is
"required" it fails. What a built engine cannot have, a host of Python programs and the random
provider, is skipped in any case. How many were skipped and why is said at the end of the run.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vmpool.engine import install

ENGINE = "needs_engine"
PYTHON_HOST = "needs_python_host"
RANDOM_PROVIDER = "needs_random_provider"
MARKERS = {ENGINE, PYTHON_HOST, RANDOM_PROVIDER}

REQUIRED = "VMPOOL_TEST_ENGINE"
# By the marker, why a test is skipped.
REASONS = {
    ENGINE: "there is no Pulumi engine; make engine builds one (a quarter of an hour, once)",
    PYTHON_HOST: "the engine has no host of Python programs; a released Pulumi on PATH has",
    RANDOM_PROVIDER: "the engine has no plugin of the random provider; "
    "pulumi plugin install resource random gets it",
}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let a test that needs the engine find it, from its first fixture on to the last."""
    if not _markers(item):
        return (yield)
    with _environment(_variables()):
        return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose engine lacks something, or let it fail."""
    markers = _markers(item)
    missing = _missing(markers)
    if missing is None:
        return
    if markers == {ENGINE} and os.environ.get(REQUIRED) == "required":
        pytest.fail(f"{REASONS[missing]}. {REQUIRED}=required lets it fail", pytrace=False)
    pytest.skip(REASONS[missing])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped for want of an engine, or of something in it."""
    reports = terminalreporter.stats.get("skipped", [])
    told = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in reports)
    for reason in REASONS.values():
        if number := told[reason]:
            terminalreporter.write_line(f"{number} skipped: {reason}")


def _markers(item: pytest.Item) -> set[str]:
    return MARKERS & {marker.name for marker in item.iter_markers()}


def _missing(markers: set[str]) -> str | None:
    """Return what is missing, by its marker; None if nothing is."""
    if not markers:
        return None
    engine = _engine()
    if engine is None:
        return ENGINE
    if PYTHON_HOST in markers and not _has_python_host(engine):
        return PYTHON_HOST
    if RANDOM_PROVIDER in markers and not _has_random_provider(engine):
        return RANDOM_PROVIDER
    return None


@functools.cache
def _engine() -> Path | None:
    found = install.found_engine()
    return found.program if found else None


def _has_python_host(engine: Path) -> bool:
    name = "pulumi-language-python"
    # The engine looks beside itself, where its links lead to.
    return bool(shutil.which(name)) or (engine.resolve().parent / name).is_file()


@functools.cache
def _has_random_provider(engine: Path) -> bool:
    listed = subprocess.run([engine, "plugin", "ls"], capture_output=True, text=True, check=False)
    return re.search(r"^random\s", listed.stdout, re.MULTILINE) is not None


@functools.cache
def _variables() -> dict[str, str]:
    """Return the variables with which a test finds the engine and its provider."""
    engine = _engine()
    if engine is None or shutil.which("pulumi"):
        return {}
    path = {"PATH": f"{engine.parent}{os.pathsep}{os.environ['PATH']}"}
    return path | (install.provider() if install.found_provider() else {})


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
