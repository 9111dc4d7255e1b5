"""Where the engine and its Kubernetes provider are found, and how they are downloaded."""

from __future__ import annotations

import functools
import os
import shutil
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from kubevirt_vm_pool.resources.provider_version import PROVIDER_VERSION

from ..console import step
from ..network import OFFLINE, offline
from . import build

# A network without a way out may swallow packets instead of refusing them.
SECONDS_TO_CONNECT = 10
SECONDS_TO_TELL_A_VERSION = 20

ON_PATH = "on PATH"
DOWNLOADED = "downloaded"
BUILT = "built by make engine"
HOW_TO_GET_ONE = "make engine builds one"

# "built" in it leaves what make engine has built, from modules that go.sum pins, and nothing else:
# neither what a machine happens to have on PATH nor a download, which has no hash of ours.
WHICH, ONLY_BUILT = "VMPOOL_ENGINE", "built"


class NoEngineError(Exception):
    """Why there is no engine on this machine."""


@dataclass(frozen=True)
class Found:
    """A program that is there.

    where: in words. version: without a "v"; empty where the program does not tell it.
    """

    program: Path
    where: str
    version: str


def engine(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the CLI; where there is none it is downloaded. Raises NoEngineError."""
    found = _cli(environment)
    if found is None and _only_built(environment):
        raise NoEngineError(f"nothing is built, and nothing else will do ({WHICH}={ONLY_BUILT})")
    if found is None and offline(environment):
        raise NoEngineError(f"pulumi is not on PATH, and nothing is downloaded ({OFFLINE})")
    return found[0] if found else Path(_downloaded())


def found_engine(environment: Mapping[str, str] = os.environ) -> Found | None:
    """Return the CLI if there is one; nothing is downloaded or built."""
    found = _cli(environment)
    if found is None:
        return None
    versions = {DOWNLOADED: metadata.version("pulumi"), BUILT: build.cli_version()}
    program, where = found
    return Found(program, where, versions.get(where) or told_version(program))


def provider(program: Path, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """See to it that an engine has the provider; return the variables with which it finds it.

    Looked for among the plugins that were downloaded, then what make engine built; else it is
    downloaded. Raises NoEngineError if it cannot be.
    """
    found = found_provider(environment)
    if found is None:
        _download_provider(program, environment)
        return {}
    return _variables_of_built(environment) if found.where == BUILT else {}


def found_provider(environment: Mapping[str, str] = os.environ) -> Found | None:
    """Return the provider if there is one; nothing is downloaded or built."""
    version = metadata.version("pulumi-kubernetes")
    folder = _home(environment) / "plugins" / f"resource-kubernetes-v{version}"
    if folder.is_dir() and not _only_built(environment):
        return Found(folder / "pulumi-resource-kubernetes", DOWNLOADED, version)
    built = build.found(environment)
    return Found(built.provider, BUILT, build.PROVIDER_VERSION) if built else None


def told_version(program: Path) -> str:
    """Return the version that a CLI says it has; empty if it says none."""
    try:
        told = subprocess.run(
            [program, "version"],
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS_TO_TELL_A_VERSION,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.strip().removeprefix("v")


def _cli(environment: Mapping[str, str]) -> tuple[Path, str] | None:
    """Return the CLI and where it is; a download is looked for where PulumiCommand puts it."""
    if not _only_built(environment):
        if on_path := shutil.which("pulumi", path=environment.get("PATH")):
            return Path(on_path), ON_PATH
        version = metadata.version("pulumi")
        downloaded = Path.home() / ".pulumi" / "versions" / version / "bin" / "pulumi"
        if downloaded.is_file():
            return downloaded, DOWNLOADED
    built = build.found(environment)
    return (built.cli, BUILT) if built else None


def _only_built(environment: Mapping[str, str]) -> bool:
    return environment.get(WHICH) == ONLY_BUILT


def _home(environment: Mapping[str, str]) -> Path:
    """Return where Pulumi keeps a person's plugins and logins."""
    return Path(environment.get("PULUMI_HOME") or Path.home() / ".pulumi")


def _variables_of_built(environment: Mapping[str, str]) -> dict[str, str]:
    built = build.found(environment)
    assert built
    logins = environment.get("PULUMI_CREDENTIALS_PATH") or str(_home(environment))
    return {
        "PULUMI_HOME": str(built.home),
        # The person's own stay where they are.
        "PULUMI_CREDENTIALS_PATH": logins,
        # The engine takes a plugin of exactly the version that the program asks for.
        PROVIDER_VERSION: build.PROVIDER_VERSION,
    }


@functools.cache
def _downloaded() -> str:
    """Return the CLI of the SDK's own version, downloaded."""
    from pulumi.automation import PulumiCommand

    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(SECONDS_TO_CONNECT)
    try:
        with step(f"looking for Pulumi {metadata.version('pulumi')}"):
            return PulumiCommand.install().command
    except Exception as error:  # install raises whatever its download and script run into
        reason = getattr(error, "reason", error)  # of a URLError, without its brackets
        raise NoEngineError(f"pulumi is not on PATH and cannot be downloaded ({reason})") from None
    finally:
        socket.setdefaulttimeout(before)


def _download_provider(program: Path, environment: Mapping[str, str]) -> None:
    version = metadata.version("pulumi-kubernetes")
    if offline(environment):
        raise NoEngineError(f"its Kubernetes provider is not here, offline ({OFFLINE})")
    with step(f"fetching Pulumi's Kubernetes provider {version}"):
        done = subprocess.run(
            [program, "plugin", "install", "resource", "kubernetes", version],
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise NoEngineError(f"its Kubernetes provider cannot be downloaded ({reason[0]})")
