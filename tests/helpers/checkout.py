"""A checkout of the project in a folder of its own, for tests that run its commands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from vmpool.check.command import ALLOWED
from vmpool.controlplane import downloads
from vmpool.controlplane.client import Cluster
from vmpool.engine import build

ROOT = Path(__file__).parents[2]
WITHOUT = shutil.ignore_patterns(".*", "tests", "__pycache__", "build")

# What the person has set up, and what a make that runs the tests tells its children.
NOT_PASSED_ON = ("KUBECONFIG", "PULUMI_BACKEND", "PULUMI_CONFIG", "MAKE", "MFLAGS")


# A stack with a namespace of its own; a password is missing.
# Where the built control plane is, whatever home a test gives to a checkout.
CACHE = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")

OWN_NAMESPACE = """\
config:
  createNamespace: true
  disk: {source: {pvc: {name: golden}}}
"""


class Checkout:
    """The project's files, and its commands run on them.

    environment: of every command, over the test's own; without any cluster or state of the person.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        own = {key: value for key, value in os.environ.items() if not key.startswith(NOT_PASSED_ON)}
        self.environment = {
            **own,
            "PYTHONPATH": f"{folder}{os.pathsep}{folder / 'components'}",
            "TERM": "dumb",
            **environment,
        }

    def vmpool(self, *args: str, code: int = 0) -> str:
        """Run vmpool and return all that it printed; its exit code must be the one given."""
        return self.python("-c", "from vmpool.cli import main; main()", *args, code=code)

    def python(self, *args: str, code: int = 0) -> str:
        """Run Python on the checkout's code and return all that it printed."""
        return self._printed(sys.executable, *args, code=code)

    def vm_pool(self, *args: str) -> str:
        """Run the checkout's own vmpool and return all that it printed; it must succeed."""
        return self._printed(".venv/bin/vmpool", *args)

    def make(self, *args: str, code: int = 0) -> str:
        """Run make and return all that it printed."""
        return self._printed("make", *args, code=code)

    def _printed(self, *command: str, code: int = 0) -> str:
        done = self.run(*command)
        assert done.returncode == code, done.stdout
        return done.stdout

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the checkout."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )

    def write(self, stack: str, text: str) -> None:
        """Write a stack's file."""
        (self.folder / f"Pulumi.{stack}.yaml").write_text(text, encoding="utf-8")

    def edit(self, stack: str, old: str, new: str) -> None:
        """Change a stack's file; what is to be changed must be there."""
        file = self.folder / f"Pulumi.{stack}.yaml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")


def copied(folder: Path, **environment: str) -> Checkout:
    """Return a checkout whose commands start nothing that goes on running."""
    shutil.copytree(ROOT, folder, ignore=WITHOUT)
    return Checkout(folder, environment)


def on_named(cluster: Cluster) -> dict[str, str]:
    """Return what lets the stack dev go to a named cluster that has no nodes and no KubeVirt."""
    return {"KUBECONFIG": str(cluster.kubeconfig), ALLOWED: "dev"}


def made(folder: Path, **environment: str) -> Iterator[Checkout]:
    """Yield a checkout, and stop its embedded control plane afterwards."""
    checkout = copied(folder, **environment)
    yield checkout
    checkout.vmpool("cluster", "stop")


def without_engine(folder: Path) -> dict[str, str]:
    """Return the environment of a machine without an engine, whose home is a folder.

    All that the person's cache holds is there but engines, built or downloaded.
    """
    own = folder / "cache" / "kubevirt-vm-pool"
    own.mkdir(parents=True)
    built = build.expected({"XDG_CACHE_HOME": CACHE})
    released = map(downloads.newest, (downloads.ENGINE, downloads.PROVIDER))
    engine = {built.cli.parent.name, built.home.parent.name}
    engine |= {release.folder for release in released if release}
    real = Path(CACHE) / own.name
    real.mkdir(parents=True, exist_ok=True)
    for one in {*Path(CACHE).iterdir(), *real.iterdir()} - {real}:
        if one.name not in engine:
            (own if one.parent == real else own.parent).joinpath(one.name).symlink_to(one)
    return {
        "PATH": path_without("pulumi"),
        "HOME": str(folder),
        "XDG_CACHE_HOME": str(own.parent),
    }


def path_without(*programs: str) -> str:
    """Return PATH without the folders that hold one of the programs."""
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(
        folder
        for folder in folders
        if not any((Path(folder) / program).exists() for program in programs)
    )


def needs(program: str) -> pytest.MarkDecorator:
    """Skip a test where a program is not on PATH, and say so.

    "pulumi" may also be what make engine built (engine_requirements.py).
    """
    if program == "pulumi":
        return pytest.mark.needs_engine
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not on PATH")
