"""Where measuring happens: a folder with copies of the project, a cluster and a state."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml
from kubevirt_vm_pool.cluster.kubectl import Kubectl
from kubevirt_vm_pool.manifests.metadata import Object

from vmpool import render
from vmpool.controlplane import binaries
from vmpool.controlplane import plane as embedded
from vmpool.controlplane.client import Cluster
from vmpool.stack import stack_files
from vmpool.stack.project import ROOT

from .measuring import timed

NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "bench", "build", "docs", "tests")
# What the person has set up: clusters, states, environments of Python's, this very make.
NOT_PASSED_ON = ("KUBECONFIG", "PULUMI_BACKEND", "PULUMI_CONFIG", "MAKE", "MFLAGS", "PYTHON")
NOT_PASSED_ON_EXACTLY = {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "ROWS", "PAIRS", "STACK"}
# Nothing listens there: what is not on this machine cannot be reached, and that is known at once.
NO_WAY_OUT = dict.fromkeys(
    ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9"
)


class Workshop:
    """A folder for one run of the benchmark. What rows share is made when it is first asked for.

    trial: whether it is only to be seen that rows work: those of fleets take few stacks then.
    """

    def __init__(self, folder: Path, *, trial: bool = False) -> None:
        self.folder = folder
        self.trial = trial
        # What a row has brought up, for another one: checkouts and patterns of stacks.
        self.fleets: tuple[tuple[Path, str], ...] = ()
        self._checkouts: dict[str, Path] = {}
        self._numbers = iter(range(1, 1_000_000))

    @cached_property
    def environment(self) -> dict[str, str]:
        """The environment of every command, without anybody's clusters and states."""
        own = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(NOT_PASSED_ON) and key not in NOT_PASSED_ON_EXACTLY
        }
        return {**own, "TERM": "dumb", "PULUMI_SKIP_UPDATE_CHECK": "true"}

    @cached_property
    def cluster(self) -> Cluster:
        """A control plane of this run's own."""
        return embedded.start(self.folder / "cluster")

    @cached_property
    def kubectl(self) -> Kubectl:
        """kubectl for that control plane."""
        return Kubectl(binaries.kubectl(), self.cluster.kubeconfig)

    @cached_property
    def with_cluster(self) -> dict[str, str]:
        """The environment of commands that reach the control plane and keep the engine's state."""
        state = self.folder / "state"
        state.mkdir()
        return {
            **self.environment,
            "KUBECONFIG": str(self.cluster.kubeconfig),
            "PULUMI_BACKEND_URL": state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "benchmark",
        }

    def fresh(self, prefix: str) -> str:
        """Return a name for a stack or a folder that nobody had yet."""
        return f"{prefix}-{next(self._numbers)}"

    def place(self, name: str) -> Path:
        """Return a new, empty folder."""
        folder = self.folder / name
        folder.mkdir(parents=True)
        return folder

    def checkout(self, name: str) -> Path:
        """Return a copy of the project, with its packages installed and compiled."""
        if name not in self._checkouts:
            folder = copied(self.folder / name)
            timed(["make", "setup"], environment=self.environment, cwd=folder)
            self._checkouts[name] = folder
        return self._checkouts[name]

    def project(self, name: str, program: str, *packages: str) -> Path:
        """Return a Pulumi project of its own, on this project's toolchain and pinned packages.

        packages: the distributions that its program imports, in the versions that are used here.
        """
        folder = self.place(name)
        pins = [f"{package}=={metadata.version(package)}" for package in packages]
        (folder / "pyproject.toml").write_text(
            f'[project]\nname = "{name}"\nversion = "1.0.0"\nrequires-python = ">=3.11"\n'
            f"dependencies = {pins}\n"
        )
        own = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))
        project = {"name": name, "runtime": own["runtime"]}
        (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))
        (folder / "__main__.py").write_text(program, encoding="utf-8")
        sync = ["uv", "sync", "--compile-bytecode", "--quiet"]
        timed(sync, environment=self.environment, cwd=folder)
        return folder

    def namespace(self, name: str) -> str:
        """Make a namespace and return its name."""
        self.kubectl.run("create", "namespace", name)
        return name

    def pulumi(self, folder: Path, stack: str, *args: str) -> float:
        """Run pulumi in a project's folder and return its seconds."""
        place = ["--stack", stack, "--cwd", str(folder), "--non-interactive"]
        return timed(["pulumi", *args, *place], environment=self.with_cluster, cwd=folder)

    def new_stack(self, folder: Path, stack: str) -> str:
        """Make the engine's state know a stack and return its name."""
        init = ["pulumi", "stack", "init", stack, "--no-select", "--cwd", str(folder)]
        timed(init, environment=self.with_cluster, cwd=folder)
        return stack


@contextmanager
def opened(*, trial: bool = False) -> Iterator[Workshop]:
    """Yield a workshop, and leave nothing of it behind."""
    folder = Path(tempfile.mkdtemp(prefix="vmpool-bench-"))
    try:
        yield Workshop(folder, trial=trial)
    finally:
        for cluster in (folder / "cluster", *folder.glob("*/.vmpool/cluster")):
            if cluster.is_dir():
                embedded.stop(cluster)
        removed(folder)


def copied(folder: Path) -> Path:
    """Copy the project's files into a new folder, as a fresh clone has them, and return it."""
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    return folder


def installed(program: str, checkout: Path) -> str:
    """Return a program that is installed in a copy of the project: "python" or "vmpool"."""
    return str(checkout / ".venv" / "bin" / program)


def dev_file(**changes: Any) -> str:
    """Return the dev stack's file with some keys of its configuration changed; None removes one."""
    document = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text(encoding="utf-8"))
    changed = {**document["config"], **changes}
    document["config"] = {key: value for key, value in changed.items() if value is not None}
    return yaml.safe_dump(document)


def rendered(stack: str, text: str) -> dict[str, Object]:
    """Return the objects of a stack by role, as its file's text describes them."""
    return render.objects_of(stack_files.parsed(stack, text, Path(f"Pulumi.{stack}.yaml")))


def write_stack(folder: Path, stack: str, text: str) -> str:
    """Write a stack's file into a copy of the project and return the stack's name."""
    (folder / f"Pulumi.{stack}.yaml").write_text(text, encoding="utf-8")
    return stack


def path_without(program: str, path: str) -> str:
    """Return a PATH without the folders that hold a program."""
    folders = path.split(os.pathsep)
    return os.pathsep.join(one for one in folders if not (Path(one) / program).exists())


def removed(folder: Path) -> None:
    """Remove a folder with everything in it: Go makes its module cache read-only."""

    def with_right(remove: Callable[[str], object], path: str, _: object) -> None:
        Path(path).parent.chmod(stat.S_IRWXU)
        remove(path)

    shutil.rmtree(folder, onerror=with_right)
