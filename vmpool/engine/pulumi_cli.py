"""The Pulumi engine: where it is found, and where it keeps its state; inline.py runs it."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..controlplane import binaries
from ..stack.decryption import PASSPHRASE
from ..target import Target
from . import install

if TYPE_CHECKING:
    from .inline import Engine


def find(place: Target) -> Engine:
    """Return the engine for a cluster; what is missing of it is installed.

    Raises NoEngineError with the reason.
    """
    # Loads Pulumi, which takes a second: not for those who go without the engine.
    from .inline import Engine

    environment = {
        **os.environ,
        **state_environment(place),
        **place.environment,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    put_kubectl_on_path(environment)
    program = install.engine()
    environment["PATH"] = f"{program.parent}{os.pathsep}{environment['PATH']}"
    return Engine(str(program), environment | install.provider(program, environment))


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


def has_state(place: Target, stack: str) -> bool:
    """Tell whether the state of a stack is kept in the project's folder."""
    stacks = place.folder / "state" / ".pulumi" / "stacks"
    return any(file.name.split(".json")[0] == stack for file in stacks.rglob("*.json*"))


def put_kubectl_on_path(environment: dict[str, str]) -> None:
    """Let the program find a kubectl: with waitForReady it looks whether the VMs are ready."""
    if shutil.which("kubectl") is None:
        environment["PATH"] = f"{environment['PATH']}{os.pathsep}{binaries.kubectl().parent}"
