"""Which tests run, are skipped or fail where the engine, or something in it, is missing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT
from engine_stand_ins import engine_built, executable, machine

TESTS = """
import os, shutil
import pytest

def test_without_a_need():
    assert shutil.which("pulumi") == {on_path!r}

@pytest.fixture(scope="module")
def found():
    return shutil.which("pulumi")

@pytest.mark.needs_engine
def test_of_the_engine(found):
    assert found == {engine!r}
    assert os.environ.get("PULUMI_HOME") == {pulumi_home!r}

@pytest.mark.needs_python_host
def test_of_a_python_program():
    pass

@pytest.mark.needs_engine
@pytest.mark.needs_random_provider
def test_of_generated_values():
    pass
"""
NO_ENGINE = "there is no Pulumi engine; make engine builds one (a quarter of an hour, once)"
NO_HOST = "the engine has no host of Python programs; a released Pulumi on PATH has"
NO_RANDOM = "the engine has no plugin of the random provider"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a machine without an engine."""
    machine(tmp_path, monkeypatch)
    monkeypatch.delenv("VMPOOL_TEST_ENGINE", raising=False)
    return tmp_path


def ran(home: Path, **expected: Path) -> str:
    """Run the tests above and return what was printed.

    expected: of the tests; on_path, engine and pulumi_home, and None where they are not given.
    """
    names = ("on_path", "engine", "pulumi_home")
    values = {name: str(expected[name]) if name in expected else None for name in names}
    (home / "test_here.py").write_text(TESTS.format(**values))
    options = ["--rootdir", str(home), "-p", "engine_requirements", "-p", "no:cacheprovider", "-rs"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "test_here.py"],
        cwd=home,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(
                map(str, (ROOT, ROOT / "components", ROOT / "tests" / "helpers"))
            ),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def test_without_an_engine_its_tests_are_skipped_and_counted_with_the_remedy(home: Path) -> None:
    printed = ran(home)
    assert "1 passed, 3 skipped" in printed
    assert f"\n3 skipped: {NO_ENGINE}\n" in printed


def test_where_the_engine_is_required_its_want_is_a_failure_but_for_what_cannot_be_built(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VMPOOL_TEST_ENGINE", "required")
    printed = ran(home)
    assert re.search(r"1 passed, 2 skipped, .*1 error", printed)
    assert f"{NO_ENGINE}. VMPOOL_TEST_ENGINE=required lets it fail" in printed


def test_what_make_engine_built_is_on_path_for_the_tests_that_need_it_and_for_no_other(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VMPOOL_TEST_ENGINE", "required")
    built = engine_built()
    printed = ran(home, engine=built.cli, pulumi_home=built.home)
    assert "2 passed, 2 skipped" in printed
    assert f"\n1 skipped: {NO_HOST}\n" in printed
    assert f"\n1 skipped: {NO_RANDOM}" in printed


def test_an_engine_on_path_is_taken_as_it_is(home: Path) -> None:
    engine_built()
    program = executable(home / "bin" / "pulumi", "#!/bin/sh\necho 'random  resource  4.21.4'\n")
    executable(home / "bin" / "pulumi-language-python")
    assert "4 passed" in ran(home, on_path=program, engine=program)


def test_a_run_in_which_nothing_is_missing_says_nothing_of_it(home: Path) -> None:
    program = executable(home / "bin" / "pulumi", "#!/bin/sh\necho 'random  resource  4.21.4'\n")
    executable(home / "bin" / "pulumi-language-python")
    assert "skipped" not in ran(home, on_path=program, engine=program)
