"""Which stacks pipelines are told to bring up, in which jobs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from checkout import Checkout, made
from click.testing import CliRunner, Result

from vmpool.ci import stacks
from vmpool.cli import main


def change(stack: str, *, loses: bool = False, status: str = "changed", **pools: str) -> Any:
    """Return a change of a report; pools: what becomes of each by its name."""
    objects = [
        {"kind": "VirtualMachinePool", "name": name, "namespace": stack, "fate": fate}
        for name, fate in pools.items()
    ]
    objects.append({"kind": "Service", "name": "web", "namespace": stack, "fate": "changed"})
    return {"stack": stack, "status": status, "losesDisks": loses, "objects": objects}


def listed(folder: Path, *changes: Any, **more: Any) -> Result:
    """Return what `vmpool ci stacks` says of a report."""
    file = folder / "report.json"
    file.write_text(json.dumps({"changes": changes, **more}))
    return CliRunner().invoke(main, ["ci", "stacks", str(file)])


def outputs(done: Result) -> dict[str, Any]:
    """Return the outputs of a step."""
    assert done.exit_code == 0, done.stderr
    lines = [line.split("=", 1) for line in done.stdout.splitlines()]
    return {name: json.loads(value) for name, value in lines}


# --- which stacks --------------------------------------------------------------------------------


def test_a_stack_whose_file_is_gone_is_told_and_left(tmp_path: Path) -> None:
    done = listed(tmp_path, change("a", loses=True, status="deleted", web="removed"))
    assert outputs(done) == {"pages": []}
    assert done.stderr == (
        "Pulumi.a.yaml is gone, and its pool is left running; to take it down, check out a commit "
        "that has the file and run `vmpool down --stack a`\n"
    )


def test_no_change_is_no_job(tmp_path: Path) -> None:
    assert outputs(listed(tmp_path)) == {"pages": []}


def test_many_stacks_are_several_lists() -> None:
    assert stacks.pages(list("abcde"), 2) == [["a", "b"], ["c", "d"], ["e"]]


def test_all_stacks_are_listed_for_the_jobs_that_look_at_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from vmpool.stack import stack_files

    for name in ("a", "b", "c"):
        (tmp_path / f"Pulumi.{name}.yaml").touch()
    monkeypatch.setattr(stack_files.names, "__defaults__", (tmp_path,))
    done = CliRunner().invoke(main, ["ci", "pages", "--size", "2"])
    assert outputs(done) == {"pages": [["a", "b"], ["c"]]}


def test_that_there_is_none_to_look_at_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from vmpool.stack import stack_files

    monkeypatch.setattr(stack_files.names, "__defaults__", (tmp_path,))
    done = CliRunner().invoke(main, ["ci", "pages"])
    assert done.exit_code != 0
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is no report of `vmpool diff --format json` (Expecting value"),
        ("[]", "is no report of `vmpool diff --format json`: it has no changes"),
        ('{"changes": [], "failures": ["a", "b"]}', "error: nothing can be planned: a; b"),
    ],
)
def test_what_is_no_report_is_refused(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "report.json"
    file.write_text(text)
    done = CliRunner().invoke(main, ["ci", "stacks", str(file)])
    assert (done.exit_code, done.stdout) == (1, "")
    assert told in done.stderr


def test_a_report_that_is_missing_is_told(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["ci", "stacks", str(tmp_path / "none.json")])
    assert done.exit_code == 1
    assert "none.json is no report of `vmpool diff --format json`" in done.stderr


# --- the report itself ---------------------------------------------------------------------------


def git(folder: Path, *args: str) -> str:
    """Run git, and return what it prints."""
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    command = ["git", *who, "-C", str(folder), *args]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """The project in a repository of its own, with one commit."""
    for checkout in made(tmp_path / "p"):
        git(checkout.folder, "init", "-q")
        git(checkout.folder, "add", "-A")
        git(checkout.folder, "commit", "-q", "-m", "first")
        yield checkout


def test_a_real_report_tells_the_stacks_that_change(checkout: Checkout) -> None:
    checkout.write("other", (checkout.folder / "Pulumi.dev.yaml").read_text(encoding="utf-8"))
    git(checkout.folder, "add", "-A")
    git(checkout.folder, "commit", "-q", "-m", "second")
    checkout.edit("dev", "size: 6Gi", "size: 7Gi")
    checkout.edit("other", "maxReplicas: 5", "maxReplicas: 6")
    report = checkout.folder / "report.json"
    report.write_text(checkout.vmpool("diff", "--base", "HEAD", "--format", "json"))
    assert stacks.changed(report) == ["dev", "other"]
