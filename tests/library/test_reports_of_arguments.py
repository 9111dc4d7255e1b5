"""What a program of somebody else's is told about wrong arguments of a VmPool."""

from __future__ import annotations

import re
from typing import Any, cast

import pulumi
import pytest
from engine_mocks import attempt
from kubevirt_vm_pool import VmPool, VmPoolArgs
from mistakes_in_arguments import MISTAKES, SOUND

# What is only there where the arguments are a stack's configuration.
OF_STACK_FILES = re.compile(r"stack'?s? file|pulumi config|Pulumi\.|configuration of stack", re.I)


def report(**args: Any) -> str:
    """Return the report of a program whose pool web has arguments besides the sound ones."""
    return report_of({**SOUND, **args})


def report_of(args: dict[Any, Any]) -> str:
    """Return the report of a program whose pool web has these arguments."""
    done = attempt(lambda: VmPool("web", cast("VmPoolArgs", args)), stack="prod")
    assert isinstance(done.error, pulumi.RunError), done.error
    assert done.resources == {}
    return " ".join(str(done.error).split())


@pytest.mark.parametrize(
    ("args", "key"), [(args, key) for args, key, _ in MISTAKES.values()], ids=MISTAKES
)
def test_a_report_names_the_argument_that_is_wrong(args: dict[Any, Any], key: str) -> None:
    assert report_of({**SOUND, **args}).startswith(f"VmPool web has 1 problem: {key}")


@pytest.mark.parametrize(
    ("args", "fix"), [(args, fix) for args, _, fix in MISTAKES.values()], ids=MISTAKES
)
def test_a_report_says_what_to_do(args: dict[Any, Any], fix: str) -> None:
    assert fix in report_of({**SOUND, **args})


@pytest.mark.parametrize("args", [args for args, _, _ in MISTAKES.values()], ids=MISTAKES)
def test_a_report_in_a_program_says_nothing_of_stack_files(args: dict[Any, Any]) -> None:
    assert OF_STACK_FILES.search(report_of({**SOUND, **args})) is None


def test_a_report_has_all_arguments_that_are_wrong() -> None:
    told = report(memory="2GB", replicas="3", disk={})
    assert told.startswith("VmPool web has 3 problems:")
    assert all(f" {key}:" in told for key in ("memory", "replicas", "disk.source"))


def test_a_program_without_any_arguments_is_told_which_it_needs() -> None:
    told = report_of({})
    assert told.startswith("VmPool web has 1 problem: disk.source:")
