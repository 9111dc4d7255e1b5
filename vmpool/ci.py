"""What pipelines ask: which stacks to bring up, and in which jobs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from kubevirt_vm_pool.effects.disk_guard import DISK_LOSS

from .console import UserError, say
from .stack.project import ROOT

# GitHub makes no more jobs of one matrix.
MOST_JOBS = 256

T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """What is done about the stacks that a change reaches.

    harmless, disk_loss: objects of stack (a name) and pools (those whose disks may go, with commas
    between them). told: sentences about what is not done.
    """

    harmless: tuple[Mapping[str, str], ...]
    disk_loss: tuple[Mapping[str, str], ...]
    told: tuple[str, ...]

    def outputs(self) -> str:
        """Return the plan as outputs: lists of stacks, of at most MOST_JOBS each."""
        return output("harmless", pages(self.harmless)) + output("disk-loss", pages(self.disk_loss))

    def gitlab_jobs(self) -> str:
        """Return the plan as a child pipeline of GitLab; .gitlab/up.yml has what its jobs do."""
        jobs: dict[str, Any] = {
            f"up {one['stack']}": {
                "extends": ".up",
                "resource_group": f"up/{one['stack']}",
                "variables": {"STACK": one["stack"]},
            }
            for one in (*self.harmless, *self.disk_loss)
        }
        for one in self.disk_loss:
            job = jobs[f"up {one['stack']}"]
            job["variables"][DISK_LOSS] = one["pools"]
            job |= {"environment": "disk-loss", "when": "manual", "allow_failure": False}
        # A pipeline without jobs is an error.
        jobs = jobs or {"nothing to bring up": {"script": ["true"]}}
        # JSON is YAML.
        return json.dumps({"include": [{"local": ".gitlab/up.yml"}], **jobs}, indent=2) + "\n"


def plan(report: Mapping[str, Any]) -> Plan:
    """Return what to do about a report of `vmpool diff --format json`.

    A stack that does not render goes with the harmless ones, and so does one of which nobody knows
    what becomes of it: its up fails by itself, or is refused for want of a permission.
    """
    harmless: list[Mapping[str, str]] = []
    disk_loss: list[Mapping[str, str]] = []
    told = []
    for change in report["changes"]:
        name = change["stack"]
        if change["status"] == "deleted":
            told.append(
                f"Pulumi.{name}.yaml is gone, and its pool is left running; to take it down, check "
                f"out a commit that has the file and run `vmpool down --stack {name}`"
            )
            continue
        pools = ",".join(_pools(change)) if change["losesDisks"] else ""
        (disk_loss if pools else harmless).append({"stack": name, "pools": pools})
    return Plan(tuple(harmless), tuple(disk_loss), tuple(told))


def _pools(change: Mapping[str, Any]) -> Iterator[str]:
    """Yield the pools that are there before the change, and not the same after it."""
    for one in change["objects"]:
        if one["kind"] == "VirtualMachinePool" and one["fate"] != "created":
            yield one["name"]


def planned(file: str | Path) -> Plan:
    """Return the plan for the report in a file, and say what is not done. Raises UserError."""
    made = plan(read(Path(file)))
    for sentence in made.told:
        say(sentence)
    return made


def read(file: Path) -> Mapping[str, Any]:
    """Return a report; raises UserError if it is none."""
    try:
        report = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as reason:
        raise UserError(f"{file} is no report of `vmpool diff --format json` ({reason})") from None
    if not isinstance(report, dict) or "changes" not in report:
        raise UserError(f"{file} is no report of `vmpool diff --format json`: it has no changes")
    if failures := report.get("failures"):
        raise UserError(f"nothing can be planned: {'; '.join(failures)}")
    return report


def pages(items: Sequence[T], most: int = MOST_JOBS) -> list[list[T]]:
    """Return items in lists of at most so many."""
    return [list(items[start : start + most]) for start in range(0, len(items), most)]


def output(name: str, value: object) -> str:
    """Return an output of a step, as GitHub takes it: JSON has no line breaks of its own."""
    return f"{name}={json.dumps(value)}\n"


def base(commit: str, root: Path = ROOT) -> str:
    """Return the commit to compare with: the one given, or the first of all where it is not here.

    GitHub gives zeros for a new branch, and a commit that is gone after a forced push.
    """
    # What comes from an event must not be taken for an option.
    known = _git(root, "rev-parse", "--verify", "-q", "--end-of-options", f"{commit}^{{commit}}")
    first = known or _git(root, "rev-list", "--max-parents=0", "HEAD")
    if not first:
        raise UserError(f"{root} has no git history; check out all of it (fetch-depth: 0)")
    return first[-1]


def _git(root: Path, *args: str) -> list[str]:
    """Return the commits that git prints; none where it fails."""
    command = ["git", "-C", str(root), *args]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    return done.stdout.split() if done.returncode == 0 else []
