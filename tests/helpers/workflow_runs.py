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
from checkout import CACHE, ROOT
from workflow_expressions import condition, filled, shown

from vmpool.check.command import ALLOWED
from vmpool.engine import build

REPOSITORY = "ann/pools"
SERVER, RUN_ID = "https://github.example", "99"
WORKFLOWS = ".github/workflows"
# Nobody answers there; a test that has an API says where.
NO_API = "http://127.0.0.1:9"
UV = """\
#!/bin/sh
# What uv.lock has is installed already, where the tests run; uv says whether it would be.
case "$1" in
sync) exec "$TEST_UV" "$@" --dry-run --offline --quiet ;;
build | export) VIRTUAL_ENV="$UV_PROJECT_ENVIRONMENT" exec "$TEST_UV" "$@" --offline ;;
esac
PYTHONPATH="$TEST_WORKSPACE:$TEST_WORKSPACE/components"; export PYTHONPATH
case "$1 $2" in
"run vmpool") shift 2 ;;
"run python") shift 2 && exec "$TEST_PYTHON" -P "$@" ;;
# The clone has no tests: whether there are such.
"run pytest") shift 2 && cd "$TEST_ROOT" && exec "$TEST_PYTHON" -m pytest --collect-only -q "$@" ;;
*) echo "no such use of uv is known: $*" >&2; exit 2 ;;
esac
# Building takes a quarter of an hour. What has been built is found.
[ "$1 $2" = "engine build" ] && [ "$TEST_ENGINE" != built ] && exit 0
unset VMPOOL_ENGINE
exec "$TEST_PYTHON" -P -c 'from vmpool.cli import main; main()' "$@"
"""
# This machine stays as it is.
SUDO = "#!/bin/sh\n"
# What the project itself is tested by: whether there are such targets.
MAKE = '#!/bin/sh\nPATH="$TEST_PATH" exec make -n "$@" > /dev/null\n'
# Every block that was run since the tests began: the file it stands in, and its text.
RAN: set[tuple[str, str]] = set()


@dataclass(frozen=True)
class Event:
    """What GitHub starts a workflow for. sha: of the run; ref: refs/heads/main and so on."""

    name: str
    sha: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    ref: str = "refs/heads/main"
    actor: str = "ann"

    @property
    def ref_name(self) -> str:
        """The branch or the tag; of a pull request "7/merge"."""
        return self.ref.split("/", 2)[2]

    @property
    def ref_type(self) -> str:
        return "tag" if self.ref.startswith("refs/tags/") else "branch"


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
    environment: more variables of every block. review: see Review. programs: more stand-ins, as
    scripts by name. artifacts: a folder for each.
    """

    remote: Path
    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    review: Review = lambda environment: True
    programs: Mapping[str, str] = field(default_factory=dict)
    artifacts: dict[str, Path] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def run(
        self,
        workflow: str,
        event: Event,
        inputs: Mapping[str, Any] | None = None,
        earlier: Mapping[str, Job] | None = None,
    ) -> dict[str, Job]:
        """Run a workflow of the event's commit to its end; return its jobs by name.

        A called workflow's are named after the job that calls it: up/stack/plan. earlier: of a run
        whose failed jobs are run again; those that did not fail are not.
        """
        return _Run(self, event, workflow, inputs or {}, "").jobs(earlier or {})

    def workflow(self, name: str, commit: str) -> Mapping[str, Any]:
        """Return a workflow as a commit has it."""
        shown_file = ["git", "-C", str(self.remote), "show", f"{commit}:{WORKFLOWS}/{name}"]
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
    """file: the workflow's name. above: the jobs that call it, each with a slash behind it."""

    runner: Runner
    event: Event
    file: str
    inputs: Mapping[str, Any]
    above: str
    title: str = ""

    def jobs(self, earlier: Mapping[str, Job] | None = None) -> dict[str, Job]:
        self.title: str
        workflow = self.runner.workflow(self.file, self.event.sha)
        self.title = workflow.get("name", self.file)
        done: dict[str, Job] = {}
        found: dict[str, Job] = {}
        kept = {name: job for name, job in (earlier or {}).items() if job.result == "success"}
        for name, job in workflow["jobs"].items():
            done[name] = kept.get(name) or self._job(name, job, done, found)
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
                jobs.append(_Steps(self, name, job, own).job())
        failed = any(one.result == "failure" for one in jobs)
        told = [one.log for one in jobs], [one.summary for one in jobs]
        outputs = {key: value for one in jobs for key, value in one.outputs.items()}
        log, summary = map("".join, told)
        return Job("failure" if failed else "success", outputs, log, summary)

    def _called(
        self, name: str, job: Mapping[str, Any], context: Mapping[str, Any], found: dict[str, Job]
    ) -> Job:
        file = Path(job["uses"]).name
        inputs = filled(job.get("with", {}), context, {})
        inner = _Run(self.runner, self.event, file, inputs, f"{self.above}{name}/").jobs()
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
                "ref_name": event.ref_name,
                "ref_type": event.ref_type,
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

    def __init__(
        self, run: _Run, name: str, job: Mapping[str, Any], context: Mapping[str, Any]
    ) -> None:
        self._run, self._runner, self._event = run, run.runner, run.event
        self._name, self._job_text = name, job
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
            self._step(step, self._context, f"{WORKFLOWS}/{self._run.file}")
        outputs = filled(self._job_text.get("outputs", {}), self._context, {})
        self._job.outputs = {key: shown(value) for key, value in outputs.items()}
        summary = self._place / "summary"
        self._job.summary = summary.read_text(encoding="utf-8") if summary.exists() else ""
        return self._job

    def _step(self, step: Mapping[str, Any], context: Mapping[str, Any], file: str) -> None:
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
            RAN.add((file, step["run"]))
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
        """Return what GitHub documents that every block has, and what earlier steps added."""
        temporary = self._place / "temp"
        temporary.mkdir(exist_ok=True)
        event, payload = self._event, self._place / "event.json"
        payload.write_text(json.dumps(event.payload))
        pull_request = event.payload.get("pull_request", {})
        return {
            **base_environment(self._runner.folder, self._workspace, self._runner.programs),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTOR": event.actor,
            "GITHUB_API_URL": NO_API,
            "GITHUB_BASE_REF": pull_request.get("base", {}).get("ref", ""),
            "GITHUB_ENV": str(self._env_file),
            "GITHUB_EVENT_NAME": event.name,
            "GITHUB_EVENT_PATH": str(payload),
            "GITHUB_HEAD_REF": pull_request.get("head", {}).get("ref", ""),
            "GITHUB_JOB": self._name,
            "GITHUB_OUTPUT": str(output),
            "GITHUB_PATH": str(self._place / "path"),
            "GITHUB_REF": event.ref,
            "GITHUB_REF_NAME": event.ref_name,
            "GITHUB_REF_TYPE": event.ref_type,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_REPOSITORY_OWNER": REPOSITORY.partition("/")[0],
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_RUN_ID": RUN_ID,
            "GITHUB_RUN_NUMBER": "1",
            "GITHUB_SERVER_URL": SERVER,
            "GITHUB_SHA": event.sha,
            "GITHUB_STEP_SUMMARY": str(self._place / "summary"),
            "GITHUB_TRIGGERING_ACTOR": event.actor,
            "GITHUB_WORKFLOW": self._run.title,
            "GITHUB_WORKSPACE": str(self._workspace),
            "RUNNER_ARCH": "X64",
            "RUNNER_ENVIRONMENT": "github-hosted",
            "RUNNER_NAME": "of the tests",
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": str(temporary),
            **self._runner.environment,
            **self._more,
        }

    def _use(self, step: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        name = step["uses"].partition("@")[0]
        if name == "actions/checkout":
            self._check_out(given)
        elif name == "actions/upload-artifact":
            # By its name in place of a number; one without a file is none, and has none.
            number = given["name"] if self._upload(given) else ""
            self._context["steps"][step.get("id", "")] = {"outputs": {"artifact-id": number}}
        elif name == "actions/download-artifact":
            kept = self._runner.artifacts[given.get("artifact-ids") or given["name"]]
            shutil.copytree(kept, self._workspace / given.get("path", "."), dirs_exist_ok=True)
        elif name.startswith("./"):
            self._composite(name, given)

    def _upload(self, given: Mapping[str, Any]) -> bool:
        """Keep files by their paths below what they have in common, but for hidden ones.

        Return whether there are any.
        """
        paths = [self._workspace / line.strip() for line in given["path"].splitlines()]
        there = [path for path in paths if path.exists()]
        if not there:
            if given.get("if-no-files-found") == "error":
                self._job.result = "failure"
            return False
        root = Path(os.path.commonpath([path if path.is_dir() else path.parent for path in there]))
        kept = self._runner.folder / "artifacts" / given["name"]
        shutil.rmtree(kept, ignore_errors=True)
        for path in there:
            files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
            for file in (one for one in files if not one.name.startswith(".")):
                target = kept / file.relative_to(root)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, target)
        self._runner.artifacts[given["name"]] = kept
        return True

    def _composite(self, name: str, given: Mapping[str, Any]) -> None:
        action = read((self._workspace / name / "action.yml").read_text(encoding="utf-8"))
        inputs = {key: about.get("default") for key, about in action.get("inputs", {}).items()}
        context = {**self._context, "inputs": {**inputs, **given}}
        file = str(Path(name, "action.yml"))
        for step in action["runs"]["steps"]:
            self._step(step, context, file)

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


def base_environment(
    folder: Path, workspace: Path, more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return what a block finds on every machine: nothing of this one but where programs are.

    folder: of a home, and of the programs that stand for others. workspace: the clone. more:
    see Runner.programs.
    """
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    built = build.found({"XDG_CACHE_HOME": CACHE})
    return {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": f"{programs(folder, more)}{os.pathsep}{os.environ['PATH']}",
        # Engine, provider and control plane.
        "PULUMI_HOME": os.environ.get("PULUMI_HOME") or str(Path.home() / ".pulumi"),
        "XDG_CACHE_HOME": CACHE,
        # What the stand-ins need.
        "TEST_ENGINE": "built" if built else "",
        "TEST_PATH": os.environ["PATH"],
        "TEST_PYTHON": sys.executable,
        "TEST_ROOT": str(ROOT),
        "TEST_UV": shutil.which("uv") or str(ROOT / ".tools" / "uv" / "bin" / "uv"),
        "TEST_WORKSPACE": str(workspace),
        "UV_PROJECT_ENVIRONMENT": sys.prefix,
        # The embedded control plane, named by its kubeconfig, has no nodes and no KubeVirt.
        ALLOWED: "alice,bob",
    }


def programs(folder: Path, more: Mapping[str, str] | None = None) -> Path:
    """Return the folder with what stands for uv, make and sudo, and for more."""
    made = folder / "programs"
    if not made.is_dir():
        made.mkdir(parents=True)
        for name, text in {"uv": UV, "make": MAKE, "sudo": SUDO, **(more or {})}.items():
            (made / name).write_text(text)
            (made / name).chmod(0o755)
    return made
