"""What pipelines are told: which stacks to bring up, in which jobs, compared with what."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from checkout import Checkout, made
from click.testing import CliRunner, Result

from vmpool import ci
from vmpool.cli import main
from vmpool.console import UserError

ZEROS = 40 * "0"


def change(stack: str, *, loses: bool = False, status: str = "changed", **pools: str) -> Any:
    """Return a change of a report; pools: what becomes of each by its name."""
    objects = [
        {"kind": "VirtualMachinePool", "name": name, "namespace": stack, "fate": fate}
        for name, fate in pools.items()
    ]
    objects.append({"kind": "Service", "name": "web", "namespace": stack, "fate": "changed"})
    return {"stack": stack, "status": status, "losesDisks": loses, "objects": objects}


def planned(folder: Path, *changes: Any, **more: Any) -> Result:
    """Return what `vmpool ci plan` says of a report."""
    file = folder / "report.json"
    file.write_text(json.dumps({"changes": changes, **more}))
    return CliRunner().invoke(main, ["ci", "plan", str(file)])


def outputs(done: Result) -> dict[str, Any]:
    """Return the outputs of a step."""
    assert done.exit_code == 0, done.stderr
    lines = [line.split("=", 1) for line in done.stdout.splitlines()]
    return {name: json.loads(value) for name, value in lines}


# --- which stacks --------------------------------------------------------------------------------


def test_only_what_loses_disks_gets_a_permission_and_for_its_own_pools(tmp_path: Path) -> None:
    done = planned(
        tmp_path,
        change("a", loses=True, old="removed", new="created"),
        change("b", web="changed"),
    )
    assert outputs(done) == {
        "harmless": [[{"stack": "b", "pools": ""}]],
        "disk-loss": [[{"stack": "a", "pools": "old"}]],
    }


def test_a_stack_that_nobody_can_judge_is_tried_without_a_permission(tmp_path: Path) -> None:
    broken = {**change("a", loses=True, status="broken"), "objects": []}
    assert outputs(planned(tmp_path, broken)) == {
        "harmless": [[{"stack": "a", "pools": ""}]],
        "disk-loss": [],
    }


def test_a_stack_whose_file_is_gone_is_told_and_left(tmp_path: Path) -> None:
    done = planned(tmp_path, change("a", loses=True, status="deleted", web="removed"))
    assert outputs(done) == {"harmless": [], "disk-loss": []}
    assert done.stderr == (
        "Pulumi.a.yaml is gone, and its pool is left running; to take it down, check out a commit "
        "that has the file and run `vmpool down --stack a`\n"
    )


def test_no_change_is_no_job(tmp_path: Path) -> None:
    assert outputs(planned(tmp_path)) == {"harmless": [], "disk-loss": []}


def test_many_stacks_are_several_lists() -> None:
    assert ci.pages(list("abcde"), 2) == [["a", "b"], ["c", "d"], ["e"]]


def test_all_stacks_are_listed_for_the_jobs_that_look_at_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from vmpool.stack import stack_files

    for name in ("a", "b", "c"):
        (tmp_path / f"Pulumi.{name}.yaml").touch()
    monkeypatch.setattr(stack_files.names, "__defaults__", (tmp_path,))
    done = CliRunner().invoke(main, ["ci", "pages", "--size", "2"])
    assert outputs(done) == {"pages": [["a", "b"], ["c"]]}


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
    done = CliRunner().invoke(main, ["ci", "plan", str(file)])
    assert (done.exit_code, done.stdout) == (1, "")
    assert told in done.stderr


def test_a_report_that_is_missing_is_told(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["ci", "gitlab", str(tmp_path / "none.json")])
    assert done.exit_code == 1
    assert "none.json is no report of `vmpool diff --format json`" in done.stderr


# --- compared with what --------------------------------------------------------------------------


def git(folder: Path, *args: str) -> str:
    """Run git, and return what it prints."""
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    command = ["git", *who, "-C", str(folder), *args]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def history(tmp_path: Path) -> list[str]:
    """A repository's three commits, the oldest first."""
    git(tmp_path, "init", "-q")
    commits = []
    for text in ("a", "b", "c"):
        git(tmp_path, "commit", "-q", "--allow-empty", "-m", text)
        commits.append(git(tmp_path, "rev-parse", "HEAD"))
    return commits


def test_a_commit_that_is_here_is_compared_with(tmp_path: Path, history: list[str]) -> None:
    assert ci.base(history[1], tmp_path) == history[1]
    assert ci.base("main~1", tmp_path) == history[1]


@pytest.mark.parametrize("commit", [ZEROS, 40 * "1", "", "--all", "--git-dir"])
def test_without_it_everything_since_the_first_commit_counts(
    tmp_path: Path, history: list[str], commit: str
) -> None:
    assert ci.base(commit, tmp_path) == history[0]


def test_without_a_history_that_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has no git history; check out all of it"):
        ci.base(ZEROS, tmp_path)


# --- the report itself ---------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """The project in a repository of its own, with one commit."""
    for checkout in made(tmp_path / "p"):
        git(checkout.folder, "init", "-q")
        git(checkout.folder, "add", "-A")
        git(checkout.folder, "commit", "-q", "-m", "first")
        yield checkout


def test_a_real_report_is_planned(checkout: Checkout) -> None:
    checkout.write("other", (checkout.folder / "Pulumi.dev.yaml").read_text(encoding="utf-8"))
    git(checkout.folder, "add", "-A")
    git(checkout.folder, "commit", "-q", "-m", "second")
    checkout.edit("dev", "size: 6Gi", "size: 7Gi")
    checkout.edit("other", "maxReplicas: 5", "maxReplicas: 6")
    report = checkout.folder / "report.json"
    report.write_text(checkout.vmpool("diff", "--base", "HEAD", "--format", "json"))
    assert ci.planned(report) == ci.Plan(
        harmless=({"stack": "other", "pools": ""},),
        disk_loss=({"stack": "dev", "pools": "lab05-webserver"},),
        told=(),
    )
