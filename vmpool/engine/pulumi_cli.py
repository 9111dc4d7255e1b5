"""The Pulumi engine: where it is found, where it keeps its state, and how it is run."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kubevirt_vm_pool.effects.disk_guard import DISK_LOSS
from kubevirt_vm_pool.resources.provider_version import PROVIDER_VERSION

from ..console import UserError, say
from ..controlplane import binaries
from ..stack.decryption import PASSPHRASE
from ..stack.project import ROOT
from ..stack.stack_files import Stack
from ..target import Target
from . import events, install, stack_file
from .install import NoEngineError as NoEngineError

Run = subprocess.CompletedProcess[str]


# The engine's exit code where --expect-no-changes is not kept.
CHANGES = 7


@dataclass(frozen=True)
class Engine:
    """A Pulumi CLI that has the Kubernetes provider, and the environment that it is run in."""

    program: str
    environment: Mapping[str, str]

    def preview(self, stack: Stack) -> int:
        """Show the engine's own diff of what an up would change; return its exit code."""
        command = self._command(stack, "preview", "--diff", "--refresh")
        return subprocess.run(command, env=self.environment, check=False).returncode

    def preview_events(self, stack: Stack, *, refresh: bool) -> Run:
        """Return the run of a preview whose output is the engine's events (events.py).

        refresh: whether the live objects count as well.
        """
        command = self._command(stack, "preview", "--json", *(["--refresh"] if refresh else []))
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )

    def up(self, stack: Stack) -> int:
        """Bring a stack up, say what happens, and return the exit code."""
        return self._change(self._command(stack, "up"), self.environment)

    def destroy(self, stack: Stack, pool: str) -> int:
        """Take a stack down with its pool's disks, say what happens, and return the exit code."""
        # Only a running program has the hooks of the disk guard.
        command = self._command(stack, "destroy", "--run-program")
        return self._change(command, {**self.environment, DISK_LOSS: pool})

    def finds_drift(self, stack: Stack) -> bool:
        """Tell whether an up would change anything in the cluster, and show what.

        Raises UserError if that cannot be told.
        """
        options = ("--refresh", "--expect-no-changes", "--suppress-outputs", "--suppress-progress")
        command = self._command(stack, "preview", *options)
        code = subprocess.run(command, env=self.environment, check=False).returncode
        if code not in (0, CHANGES):
            raise UserError(f"pulumi preview of stack {stack.name} fails (exit code {code})")
        return code == CHANGES

    def _change(self, command: list[str], environment: Mapping[str, str]) -> int:
        command = [*command, "--yes", "--refresh", "--json"]
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, text=True
        ) as running:
            for line in events.told(running.stdout or ()):
                say(line)
        return running.returncode

    def _command(self, stack: Stack, *args: str) -> list[str]:
        backend = self.environment.get("PULUMI_BACKEND_URL", "")
        file = stack_file.given(stack, self._quietly, backend)
        own = ["--config-file", str(file)] if file != stack.file else []
        place = ["--stack", stack.name, "--cwd", str(ROOT)]
        return [self.program, *args, *place, "--suppress-permalink=true", *own]

    def has(self, stack: str) -> bool:
        """Tell whether the backend knows a stack."""
        return self._quietly("stack", "output", "--stack", stack).returncode == 0

    def create(self, stack: str) -> None:
        """Make the backend know a stack."""
        # In a folder of its own: the engine would write its encryption salt into the stack file.
        place = ["--cwd", str(stack_file.project())]
        done = self._quietly("stack", "init", stack, "--no-select", *place)
        if done.returncode:
            raise UserError(f"pulumi stack init: {done.stderr.strip()}")

    def _quietly(self, *args: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.program, *args],
            cwd=ROOT,
            input=stdin,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )


def find(place: Target) -> Engine:
    """Return the engine for a cluster; what is missing of it is installed.

    Raises NoEngineError with the reason.
    """
    environment = {
        **os.environ,
        **state_environment(place),
        **place.environment,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # With --json a preview is told as it goes, like an update.
        "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true",
    }
    _put_uv_on_path(environment)
    put_kubectl_on_path(environment)
    program = install.engine()
    environment["PATH"] = f"{program.parent}{os.pathsep}{environment['PATH']}"
    provider = install.provider(program, environment)
    # A program that runs in this process asks for the provider's version, too.
    os.environ.update({key: provider[key] for key in provider.keys() & {PROVIDER_VERSION}})
    return Engine(str(program), environment | provider)


def state_environment(place: Target, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables that say where state and its passphrase are, unless the person did."""
    if environment.get("PULUMI_BACKEND_URL"):
        return {}
    state = place.folder / "state"
    state.mkdir(parents=True, exist_ok=True)
    own = {"PULUMI_BACKEND_URL": state.as_uri()}
    if not environment.keys() & {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"}:
        if not PASSPHRASE.exists():
            descriptor = os.open(PASSPHRASE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(32))
        own["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(PASSPHRASE)
    return own


def _put_uv_on_path(environment: dict[str, str]) -> None:
    """Let the engine find the uv that runs this program: it starts the program with it."""
    if shutil.which("uv") is None and (uv := environment.get("UV")):
        environment["PATH"] = f"{environment['PATH']}{os.pathsep}{Path(uv).parent}"


def put_kubectl_on_path(environment: dict[str, str]) -> None:
    """Let the program find a kubectl: with waitForReady it looks whether the VMs are ready."""
    if shutil.which("kubectl") is None:
        environment["PATH"] = f"{environment['PATH']}{os.pathsep}{binaries.kubectl().parent}"
