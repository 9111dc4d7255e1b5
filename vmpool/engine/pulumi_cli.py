"""The Pulumi engine: where it is found, and where it keeps its state; inline.py runs it."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlparse

from .. import target
from ..console import Say, UserError, tell
from ..controlplane import binaries
from ..files import write_once
from ..stack import decryption
from ..target import Target
from . import file_backend, install

if TYPE_CHECKING:
    from .inline import Engine


def find(place: Target, say: Say = tell) -> Engine:
    """Return the engine for a cluster; what is missing of it is installed.

    say: takes what it has to say, now and later.

    Raises NoEngineError with the reason, UserError if the file of the passphrase is empty.
    """
    # Loads Pulumi, which takes a second: not for those who go without the engine.
    from .inline import Engine

    environment = {
        **os.environ,
        **state_environment(place, say=say),
        **place.environment,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    if file_backend.has_old_layout(environment) is False:
        # The engine would look through the files of all stacks at each start, to warn of such.
        environment["PULUMI_DIY_BACKEND_NO_LEGACY_WARNING"] = "true"
    put_kubectl_on_path(environment)
    program = install.engine()
    environment["PATH"] = f"{program.parent}{os.pathsep}{environment['PATH']}"
    return Engine(str(program), environment | install.provider(environment), say)


def state_environment(
    place: Target, environment: Mapping[str, str] = os.environ, say: Say = tell
) -> dict[str, str]:
    """Return the variables that say where state and its passphrase are, unless the person did.

    Raises UserError if the file of the passphrase is empty, or where the state is cannot be read.
    """
    backend = environment.get("PULUMI_BACKEND_URL", "")
    _require_url(backend)
    stray = place.embedded is None and of_embedded_control_plane(backend)
    if stray:
        say(
            f"PULUMI_BACKEND_URL is ignored: {backend} goes with the embedded control plane, and "
            f"this is another cluster; its state is in {place.folder / 'state'}"
        )
    own = {} if backend and not stray else _own_state(place, environment)
    # The engine takes an empty file for an empty passphrase.
    decryption.passphrase({**environment, **own})
    return own


def _require_url(backend: str) -> None:
    """Raise UserError for what is no URL: the engine takes it for an address of Pulumi Cloud."""
    try:
        _ = urlparse(backend).port
    except ValueError:
        # Not quoted: it may have a password in it.
        raise UserError(
            "PULUMI_BACKEND_URL is no URL that can be read: what follows the host's : is no port. "
            "In its user and password / is %2F, ? is %3F, # is %23 and @ is %40"
        ) from None


def of_embedded_control_plane(backend: str) -> bool:
    """Tell whether a backend goes with `make clean`, as the one of `vmpool cluster env` does."""
    folder = file_backend.folder_of(backend)
    return folder is not None and folder.resolve().is_relative_to(target.CLUSTER.resolve())


def _own_state(place: Target, environment: Mapping[str, str]) -> dict[str, str]:
    state = own_backend(place.folder)
    state.mkdir(parents=True, exist_ok=True)
    own = {"PULUMI_BACKEND_URL": state.as_uri()}
    if not environment.keys() & {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"}:
        file = decryption.PASSPHRASE
        if not file.exists():
            write_once(file, secrets.token_urlsafe(32))
        own["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(file)
    return own


def own_backend(folder: Path) -> Path:
    """Return where state is kept unless somebody says otherwise. folder: of the cluster."""
    return folder / "state"


def has_state(place: Target, stack: str) -> bool:
    """Tell whether the state of a stack is kept in the project's folder."""
    stacks = own_backend(place.folder) / ".pulumi" / "stacks"
    return any(file.name.split(".json")[0] == stack for file in stacks.rglob("*.json*"))


def may_be_without(place: Target, stack: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether no engine can know a stack: it was never brought up by one here."""
    elsewhere = environment.get("PULUMI_BACKEND_URL")
    return bool(place.embedded and not elsewhere and not has_state(place, stack))


def put_kubectl_on_path(environment: dict[str, str]) -> None:
    """Let the program find a kubectl: with waitForReady it looks whether the VMs are ready."""
    if shutil.which("kubectl") is None:
        environment["PATH"] = f"{environment['PATH']}{os.pathsep}{binaries.kubectl().parent}"
