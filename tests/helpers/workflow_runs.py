"""Workflows as GitHub runs them: their jobs in order, every `run:` block by bash, on a real clone.

Not played are other people's actions, but for checkout and artifacts, and what waits for a group.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from checkout import NOT_PASSED_ON
from workflow_expressions import condition, filled, shown

from vmpool.check.command import ALLOWED

REPOSITORY = "ann/pools"
SERVER, RUN_ID = "https://github.example", "99"
UV = """\
#!/bin/sh
# What uv.lock has is installed already.
[ "$1" = sync ] && exit 0
[ "$1 $2" = "run vmpool" ] || { echo "no such use of uv is known: $*" >&2; exit 2; }
shift 2
# Building takes a quarter of an hour; what there is of an engine, if any, is on this machine.
[ "$1 $2" = "engine build" ] && exit 0
unset VMPOOL_ENGINE
PYTHONPATH="$GITHUB_WORKSPACE:$GITHUB_WORKSPACE/components"; export PYTHONPATH
exec "$TEST_PYTHON" -P -c 'from vmpool.cli import main; main()' "$@"
"""
# This machine stays as it is.
SUDO = "#!/bin/sh\n"
# What the project itself is tested by: whether there are such targets.
MAKE = '#!/bin/sh\nPATH="$TEST_PATH" exec make -n "$@" > /dev/null\n'


@dataclass(frozen=True)
class Event:
    """What GitHub starts a workflow for. sha: of the run; ref: refs/heads/main and so on."""

    name: str
    sha: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    ref: str = "refs/heads/main"
    actor: str = "ann"


@dataclass
class Job:
    """What became of a job. log: what its blocks printed; summary: what they left for people."""

    result: str = "success"
    outputs: dict[str, Any] = field(default_factory=dict)
    log: str = ""
    summary: str = ""


# Asked before a job of an environment begins: whether its reviewers let it pass.
Review = Callable[[str], bool]


@dataclass
class Runner:
    """Runs the workflows of a repository's clone.

    remote: the repository. folder: where clones are made. variables, secrets: GitHub's.
    environment: more variables of every block. review: see Review.
    """

    remote: Path
    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    review: Review = lambda environment: True
    artifacts: dict[str, Path] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def run(
        self, workflow: str, event: Event, inputs: Mapping[str, Any] | None = None
    ) -> dict[str, Job]:
        """Run a workflow of the event's commit to its end; return its jobs by name.

        A called workflow's are named after the job that calls it: up/stack/plan.
        """
        return _Run(self, event, self._workflow(workflow, event.sha), inputs or {}, "").jobs()

    def _workflow(self, name: str, commit: str) -> Mapping[str, Any]:
        shown_file = ["git", "-C", str(self.remote), "show", f"{commit}:.github/workflows/{name}"]
        text = subprocess.run(shown_file, capture_output=True, text=True, check=True).stdout
        return read(text)

    def place(self) -> Path:
        """Return a new folder for a job."""
        made = self.folder / f"job{next(self._numbers)}"
        made.mkdir(parents=True)
        return made


def read(text: str) -> dict[str, Any]:
    """Return a workflow or an action; `on` is a word there, as in YAML 1.2."""
    loader = type("Loader", (yaml.SafeLoader,), {"yaml_implicit_resolvers": {}})
    document: dict[str, Any] = yaml.load(text, Loader=loader)
    return document


@dataclass
class _Run:
    runner: Runner
    event: Event
    workflow: Mapping[str, Any]
    inputs: Mapping[str, Any]
    above: str

    def jobs(self) -> dict[str, Job]:
        done: dict[str, Job] = {}
        found: dict[str, Job] = {}
        for name, job in self.workflow["jobs"].items():
            done[name] = self._job(name, job, done, found)
            found[f"{self.above}{name}"] = done[name]
        return found

    def _job(
        self, name: str, job: Mapping[str, Any], done: Mapping[str, Job], found: dict[str, Job]
    ) -> Job:
        needs = job.get("needs", [])
        needed = {one: done[one] for one in ([needs] if isinstance(needs, str) else needs)}
        context = self._context(needed)
        well = all(one.result == "success" for one in needed.values())
        functions = {"success": lambda: well, "cancelled": lambda: False, "always": lambda: True}
        if not condition(job.get("if"), context, functions):
            return Job("skipped")
        jobs = []
        for row in _rows(filled(job.get("strategy", {}), context, functions)):
            own = {**context, "matrix": row}
            if "uses" in job:
                jobs.append(self._called(name, job, own, found))
            else:
                jobs.append(_Steps(self, job, own).job())
        failed = any(one.result == "failure" for one in jobs)
        told = [one.log for one in jobs], [one.summary for one in jobs]
        outputs = {key: value for one in jobs for key, value in one.outputs.items()}
        log, summary = map("".join, told)
        return Job("failure" if failed else "success", outputs, log, summary)

    def _called(
        self, name: str, job: Mapping[str, Any], context: Mapping[str, Any], found: dict[str, Job]
    ) -> Job:
        workflow = self.runner._workflow(Path(job["uses"]).name, self.event.sha)
        inputs = filled(job.get("with", {}), context, {})
        inner = _Run(self.runner, self.event, workflow, inputs, f"{self.above}{name}/").jobs()
        found.update(inner)
        failed = any(one.result == "failure" for one in inner.values())
        return Job("failure" if failed else "success")

    def _context(self, needed: Mapping[str, Job]) -> dict[str, Any]:
        event = self.event
        return {
            "github": {
                "event": event.payload,
                "event_name": event.name,
                "sha": event.sha,
                "ref": event.ref,
                "actor": event.actor,
                "repository": REPOSITORY,
                "token": "of-the-job",
            },
            "vars": self.runner.variables,
            "secrets": self.runner.secrets,
            "inputs": {**(event.payload.get("inputs") or {}), **self.inputs},
            "runner": {"os": "Linux", "arch": "X64"},
            "needs": {
                name: {"result": job.result, "outputs": job.outputs} for name, job in needed.items()
            },
        }


def _rows(strategy: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    matrix = strategy.get("matrix")
    if matrix is None:
        return [{}]
    if "include" in matrix:
        return list(matrix["include"])
    (key, values), *others = matrix.items()
    assert not others
    return [{key: value} for value in values]


class _Steps:
    """The steps of one job, in a folder of their own."""

    def __init__(self, run: _Run, job: Mapping[str, Any], context: Mapping[str, Any]) -> None:
        self._runner, self._event, self._job_text = run.runner, run.event, job
        self._context = {**context, "steps": {}}
        self._place = run.runner.place()
        self._workspace = self._place / "workspace"
        self._more: dict[str, str] = {}
        self._job = Job()

    def job(self) -> Job:
        """Run the steps, if the reviewers of the job's environment let them."""
        environment = self._job_text.get("environment")
        if environment and not self._runner.review(environment):
            return Job("failure", log=f"not approved: {environment}")
        self._workspace.mkdir()
        for step in self._job_text["steps"]:
            self._step(step, self._context)
        outputs = filled(self._job_text.get("outputs", {}), self._context, {})
        self._job.outputs = {key: shown(value) for key, value in outputs.items()}
        summary = self._place / "summary"
        self._job.summary = summary.read_text(encoding="utf-8") if summary.exists() else ""
        return self._job

    def _step(self, step: Mapping[str, Any], context: Mapping[str, Any]) -> None:
        functions = {
            "success": lambda: self._job.result == "success",
            "cancelled": lambda: False,
            "always": lambda: True,
        }
        if not condition(step.get("if"), context, functions):
            return
        if "run" in step:
            env = {
                **self._job_text.get("env", {}),
                **step.get("env", {}),
            }
            self._block(step, filled(env, context, functions))
        else:
            self._use(step, filled(step.get("with", {}), context, functions))

    def _block(self, step: Mapping[str, Any], env: Mapping[str, Any]) -> None:
        number = next(self._runner._numbers)
        script, output = self._place / f"{number}.sh", self._place / f"output{number}"
        script.write_text(step["run"], encoding="utf-8")
        output.touch()
        strict = step.get("shell") == "bash"
        done = subprocess.run(
            [
                "bash",
                *(("--noprofile", "--norc", "-eo", "pipefail") if strict else ("-e",)),
                script,
            ],
            cwd=self._workspace,
            env=self._environment(output) | {key: shown(value) for key, value in env.items()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        self._job.log += done.stdout
        told = dict(line.split("=", 1) for line in output.read_text("utf-8").splitlines())
        self._context["steps"][step.get("id", "")] = {"outputs": told}
        lines = self._env_file.read_text("utf-8").splitlines() if self._env_file.exists() else []
        self._more |= dict(line.split("=", 1) for line in lines)
        if done.returncode:
            self._job.result = "failure"

    @property
    def _env_file(self) -> Path:
        return self._place / "env"

    def _environment(self, output: Path) -> dict[str, str]:
        temporary = self._place / "temp"
        temporary.mkdir(exist_ok=True)
        payload = self._place / "event.json"
        payload.write_text(json.dumps(self._event.payload))
        return {
            **base_environment(self._runner.folder, self._workspace),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ENV": str(self._env_file),
            "GITHUB_EVENT_NAME": self._event.name,
            "GITHUB_EVENT_PATH": str(payload),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_PATH": str(self._place / "path"),
            "GITHUB_REF": self._event.ref,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": RUN_ID,
            "GITHUB_SERVER_URL": SERVER,
            "GITHUB_SHA": self._event.sha,
            "GITHUB_STEP_SUMMARY": str(self._place / "summary"),
            "RUNNER_TEMP": str(temporary),
            **self._runner.environment,
            **self._more,
        }

    def _use(self, step: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        name = step["uses"].partition("@")[0]
        if name == "actions/checkout":
            self._check_out(given)
        elif name == "actions/upload-artifact":
            self._runner.artifacts[given["name"]] = self._workspace / given["path"]
            # One without a file is none, and has no number.
            number = given["name"] if (self._workspace / given["path"]).exists() else ""
            self._context["steps"][step.get("id", "")] = {"outputs": {"artifact-id": number}}
        elif name == "actions/download-artifact":
            # By number, so that it is the one that a step of this run has left.
            place = self._workspace / given["path"]
            place.mkdir(parents=True)
            shutil.copy(self._runner.artifacts[given["artifact-ids"]], place)
        elif name.startswith("./"):
            self._composite(name, given)

    def _composite(self, name: str, given: Mapping[str, Any]) -> None:
        action = read((self._workspace / name / "action.yml").read_text(encoding="utf-8"))
        inputs = {key: about.get("default") for key, about in action.get("inputs", {}).items()}
        context = {**self._context, "inputs": {**inputs, **given}}
        for step in action["runs"]["steps"]:
            self._step(step, context)

    def _check_out(self, given: Mapping[str, Any]) -> None:
        assert given["persist-credentials"] == "false"
        commit = given.get("ref") or self._event.sha
        source = self._runner.remote.as_uri()
        self._git("init", "--quiet")
        self._git("remote", "add", "origin", source)
        if given.get("fetch-depth") == "0":
            # As the action does: all branches as they are now, and the run's own commit.
            self._git("fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*")
            self._git("fetch", "--quiet", "origin", commit)
        else:
            self._git("fetch", "--quiet", "--depth=1", "origin", commit)
        # A branch that is named is only the remote's.
        self._git("checkout", "--quiet", "--detach", "FETCH_HEAD")

    def _git(self, *args: str) -> None:
        command: Sequence[str] = ("git", "-C", str(self._workspace), *args)
        subprocess.run(command, check=True, capture_output=True)


def base_environment(folder: Path, workspace: Path) -> dict[str, str]:
    """Return what a block finds on every machine, without anything of the person's clusters.

    folder: for the programs that stand for others. workspace: the clone.
    """
    own = {key: value for key, value in os.environ.items() if not key.startswith(NOT_PASSED_ON)}
    return {
        **own,
        "PATH": f"{programs(folder)}{os.pathsep}{os.environ['PATH']}",
        "TEST_PATH": os.environ["PATH"],
        "TEST_PYTHON": sys.executable,
        "GITHUB_WORKSPACE": str(workspace),
        # The embedded control plane, named by its kubeconfig, has no nodes and no KubeVirt.
        ALLOWED: "alice,bob",
    }


def programs(folder: Path) -> Path:
    """Return the folder with what stands for uv, make and sudo."""
    made = folder / "programs"
    if not made.is_dir():
        made.mkdir(parents=True)
        for name, text in (("uv", UV), ("make", MAKE), ("sudo", SUDO)):
            (made / name).write_text(text)
            (made / name).chmod(0o755)
    return made
