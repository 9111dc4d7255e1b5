"""Eight stacks in threads of one process, under the real engine: none touches another."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from checkout import ROOT, Checkout, made, needs

pytestmark = needs("pulumi")

NAMES = [f"user{number}" for number in range(8)]


def stack(number: int) -> str:
    """Return a stack's file; no two are alike, and all have a pool of one name."""
    return f"""\
config:
  name: web
  replicas: {number % 3 + 1}
  memory: {number + 1}Gi
  password: of-{number}
  disk: {{size: 6Gi, source: {{pvc: {{name: golden-{number}}}}}}}
  perReplica: {{hostname: "web-{number}-{{{{ index }}}}"}}
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout with eight stacks."""
    for one in made(tmp_path_factory.mktemp("project") / "p"):
        for number, name in enumerate(NAMES):
            one.write(name, stack(number))
        yield one


@pytest.fixture(scope="module")
def found(checkout: Checkout) -> dict[str, Any]:
    """What several_stacks.py has found."""
    script = ROOT / "tests" / "helpers" / "several_stacks.py"
    done = subprocess.run(
        [sys.executable, str(script), *NAMES],
        cwd=checkout.folder,
        env=checkout.environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("phase", ["new", "changed"])
@pytest.mark.parametrize("name", NAMES)
def test_a_preview_beside_others_is_that_of_the_stack_alone(
    found: dict[str, Any], phase: str, name: str
) -> None:
    assert found[phase]["at once"][name] == found[phase]["one by one"][name]


def test_stacks_are_brought_up_at_once(found: dict[str, Any]) -> None:
    assert set(found["ups"].values()) == {0}
    assert [one["steps"] for one in found["again"].values()] == [[]] * len(NAMES)


def test_disks_are_given_away_by_the_environment_of_each_run(found: dict[str, Any]) -> None:
    """That of another thread, or of the process, counts for nothing."""
    refused = [found["changed"]["at once"][name]["refused"] for name in NAMES]
    assert refused == [True, False] * 4
    assert list(found["refused"].values()) == [1, 0] * 4


def test_threads_and_files_of_a_program_end_with_it(found: dict[str, Any]) -> None:
    """Seven times as many programs have run, a fifth of them refused."""
    assert not [name for name in found["threads"] if name.startswith("kubevirt-vm-pool")]
    assert len(found["threads"]) < len(NAMES)
    assert found["more files"] < len(NAMES)


def test_the_environment_of_the_process_stays_as_it_was(found: dict[str, Any]) -> None:
    assert found["environment"] is True
