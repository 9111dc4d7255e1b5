"""The real engine, as a person uses it in a checkout on the embedded control plane."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from checkout import ROOT, Checkout, made

# What runs the program for a `pulumi` by hand; vmpool runs it by itself.
HOST = "pulumi-language-python"
RUNNING = {"up", "preview", "destroy"}
SCRIPT = ROOT / "tests" / "helpers" / "run_stack.py"


def checkout(folder: Path) -> Iterator[Checkout]:
    """Yield a checkout with an environment of its own."""
    for one in made(folder, PYTHONPATH=""):
        one.make("setup")
        yield one


class Pulumi:
    """pulumi in the environment that `vmpool cluster env` prints."""

    def __init__(self, checkout: Checkout) -> None:
        self.checkout = checkout
        printed = checkout.run(".venv/bin/vmpool", "cluster", "env").stdout
        exports = (line.removeprefix("export ") for line in printed.splitlines())
        self.environment = dict(export.split("=", 1) for export in exports)

    def __call__(self, *args: str, code: int = 0, file: str = "dev") -> str:
        """Run pulumi on a copy of a stack's file, so that it may write to it.

        Where there is no host of Python programs, run_stack.py runs the program, as that would.
        """
        hosted = args[0] not in RUNNING or shutil.which(HOST)
        copy = self.checkout.folder / ".vmpool" / f"test-{file}.yaml"
        copy.write_bytes((self.checkout.folder / f"Pulumi.{file}.yaml").read_bytes())
        env = [f"{key}={value}" for key, value in self.environment.items()]
        own = ["--config-file", str(copy)] if args[0] in RUNNING else []
        program = ["pulumi"] if hosted else [".venv/bin/python", str(SCRIPT)]
        done = self.checkout.run("env", *env, *program, *args, "--stack", file, *own)
        assert done.returncode == code, done.stdout
        return done.stdout


def state(checkout: Checkout) -> str:
    """Return everything that the backend keeps, and the files that the engine is given."""
    own = checkout.folder / ".vmpool"
    folders = [own / "cluster" / "state", own / "engine"]
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return "".join(file.read_text(encoding="utf-8", errors="replace") for file in files)


def kubectl(checkout: Checkout, *args: str) -> str:
    """Run kubectl on the checkout's cluster."""
    kubeconfig = checkout.folder / ".vmpool" / "cluster" / "kubeconfig"
    done = checkout.run("kubectl", "--kubeconfig", str(kubeconfig), *args)
    assert done.returncode == 0, done.stdout
    return done.stdout


def live(checkout: Checkout, kind: str, name: str, namespace: str = "dev") -> Any:
    """Return an object of the checkout's cluster."""
    return json.loads(kubectl(checkout, "get", kind, name, "-n", namespace, "-o", "json"))


def replicas(checkout: Checkout) -> int:
    """Return the number that the pool "web" of the stack dev asks for."""
    number: int = live(checkout, "vmpool", "web")["spec"]["replicas"]
    return number


def brought_up(checkout: Checkout, text: str) -> str:
    """Bring the stack dev up with another configuration; return what was printed."""
    checkout.write("dev", text)
    return checkout.vm_pool("up")
