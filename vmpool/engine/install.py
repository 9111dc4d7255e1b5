"""Where the engine and its Kubernetes provider are found, and how they are downloaded."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from kubevirt_vm_pool.resources.provider_version import PROVIDER_VERSION

from .. import go_build, network
from ..controlplane import downloads
from ..network import OFFLINE
from . import build

SECONDS_TO_TELL_A_VERSION = 20
# The CLI is 120 MB.
LIMITS = network.Limits(whole=900)
NO_ACQUISITION = "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"

ON_PATH = "on PATH"
PLUGIN = "among Pulumi's plugins"
DOWNLOADED = "downloaded"
BUILT = "built by make engine"
HOW_TO_GET_ONE = "make engine builds one"

# "built" in it leaves what make engine has built, and nothing else: neither what a machine happens
# to have on PATH nor a release that others have built.
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
    if found:
        return found[0]
    if _only_built(environment):
        raise NoEngineError(f"nothing is built, and nothing else will do ({WHICH}={ONLY_BUILT})")
    if network.offline(environment):
        raise NoEngineError(f"pulumi is not on PATH, and nothing is downloaded ({OFFLINE})")
    return _fetched(downloads.ENGINE, environment, "pulumi is not on PATH and").program


def found_engine(environment: Mapping[str, str] = os.environ) -> Found | None:
    """Return the CLI if there is one; nothing is downloaded or built."""
    found = _cli(environment)
    if found is None:
        return None
    program, where, version = found
    return Found(program, where, version or told_version(program))


def provider(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """See to it that the provider is there; return the variables with which an engine finds it.

    Looked for among the plugins of the person, what was downloaded, and what make engine built;
    else it is downloaded. Raises NoEngineError if it cannot be.
    """
    found = found_provider(environment)
    if found is None and network.offline(environment):
        raise NoEngineError(f"its Kubernetes provider is not here, offline ({OFFLINE})")
    found = found or _fetched(downloads.PROVIDER, environment, "its Kubernetes provider")
    return {} if found.where == PLUGIN else _variables_of(found, environment)


def found_provider(environment: Mapping[str, str] = os.environ) -> Found | None:
    """Return the provider if there is one; nothing is downloaded or built."""
    if not _only_built(environment):
        version = metadata.version("pulumi-kubernetes")
        folder = _home(environment) / "plugins" / f"resource-kubernetes-v{version}"
        if folder.is_dir():
            return Found(folder / "pulumi-resource-kubernetes", PLUGIN, version)
        if downloaded := _downloaded(downloads.PROVIDER, environment):
            return downloaded
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


def _cli(environment: Mapping[str, str]) -> tuple[Path, str, str] | None:
    """Return the CLI, where it is, and its version where that is known without asking it."""
    if not _only_built(environment):
        if on_path := shutil.which("pulumi", path=environment.get("PATH")):
            return Path(on_path), ON_PATH, ""
        if downloaded := _downloaded(downloads.ENGINE, environment):
            return downloaded.program, DOWNLOADED, downloaded.version
    built = build.found(environment)
    return (built.cli, BUILT, build.cli_version()) if built else None


def _only_built(environment: Mapping[str, str]) -> bool:
    return environment.get(WHICH) == ONLY_BUILT


def _home(environment: Mapping[str, str]) -> Path:
    """Return where Pulumi keeps a person's plugins and logins."""
    return Path(environment.get("PULUMI_HOME") or Path.home() / ".pulumi")


def _variables_of(found: Found, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for a provider that is not among the person's plugins."""
    logins = environment.get("PULUMI_CREDENTIALS_PATH") or str(_home(environment))
    return {
        # Of plugins/resource-kubernetes-v4.25.0/pulumi-resource-kubernetes in it. On PATH it would
        # be found too, but with a warning each time.
        "PULUMI_HOME": str(found.program.parents[2]),
        # The person's own stay where they are.
        "PULUMI_CREDENTIALS_PATH": logins,
        # The engine takes a plugin of exactly the version that the program asks for, and would
        # download any other, by its version alone.
        PROVIDER_VERSION: found.version,
        NO_ACQUISITION: "true",
    }


def _downloaded(name: str, environment: Mapping[str, str]) -> Found | None:
    """Return what came by an earlier download."""
    release = downloads.newest(name)
    if release is None:
        return None
    # The first of its programs is what it is about.
    place = next(iter(release.programs))
    program = downloads.found(place, [release], go_build.caches(environment))
    return Found(program, DOWNLOADED, release.version) if program else None


def _fetched(name: str, environment: Mapping[str, str], what: str) -> Found:
    """Download the pinned release. what: begins the reason of a NoEngineError."""
    release = downloads.newest(name)
    if release is None:
        raise NoEngineError(f"{what} cannot be downloaded (none is pinned for this platform)")
    try:
        downloads.fetch([release], go_build.caches(environment), environment, LIMITS)
    except network.DownloadError as reason:
        raise NoEngineError(f"{what} cannot be downloaded ({reason})") from None
    found = _downloaded(name, environment)
    assert found
    return found
