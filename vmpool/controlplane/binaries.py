"""The programs of the embedded control plane: found, else downloaded or built, once per user.

cluster/go.mod pins them all.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from .. import go_build, network
from ..console import say
from ..go_build import Program, Version, numbers
from . import downloads
from .daemons import DAEMONS

MODULE = Path(__file__).parents[2] / "cluster"
# Server-side apply came out of beta with it.
OLDEST_KUBECTL = (1, 22)

PROGRAMS = {
    "etcd": Program("go.etcd.io/etcd/server/v3", "about 20 seconds, once"),
    "kube-apiserver": Program("k8s.io/kubernetes/cmd/kube-apiserver", "about 5 minutes, once"),
    "kubectl": Program("k8s.io/kubernetes/cmd/kubectl", "about a minute, once"),
    "kwok": Program("sigs.k8s.io/kwok/cmd/kwok", "about 30 seconds, once"),
}
# On two cores, from nothing.
ALL_OF_THEM_TAKE = "about 6 minutes, once"
# What the folder that KUBEBUILDER_ASSETS names has, by convention.
ASSETS = {"etcd", "kube-apiserver", "kubectl"}


def programs(names: Iterable[str], environment: Mapping[str, str] = os.environ) -> dict[str, Path]:
    """Return where programs are; those that are nowhere are downloaded, else built.

    Looked for in KUBEBUILDER_ASSETS, then among those that came earlier. Raises UserError if a
    build fails.
    """
    names = [*names]
    missing = [name for name in names if found(name, environment) is None]
    if missing:
        if environment.get("KUBEBUILDER_ASSETS") and ASSETS.intersection(missing):
            say(f"KUBEBUILDER_ASSETS lacks {', '.join(missing)}")
        _download(missing, environment)
        due = {name: PROGRAMS[name] for name in missing if found(name, environment) is None}
        go_build.all_built(due, MODULE, environment, _takes(due))
    return {name: found(name, environment) or cache(environment) / name for name in names}


def _takes(programs: Mapping[str, Program]) -> str:
    """Return how long a first build of some of the programs takes, with "once"."""
    if len(programs) == 1:
        return next(iter(programs.values())).takes
    return ALL_OF_THEM_TAKE if "kube-apiserver" in programs else "about a minute, once"


def of_control_plane(environment: Mapping[str, str] = os.environ) -> dict[str, Path]:
    """Return the programs of the embedded control plane, by name.

    Who starts it will ask it something: kubectl comes with them where there is none that will do.
    """
    with_kubectl = ["kubectl"] if kubectl_that_is_there(environment) is None else []
    return programs([*DAEMONS, *with_kubectl], environment)


def found(name: str, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return a program if it is there; nothing is downloaded or built."""
    built = cache(environment) / name
    return (
        found_asset(name, environment)
        or (built if built.is_file() else None)
        or downloads.found(name, _releases(), go_build.caches(environment))
    )


def _download(missing: Sequence[str], environment: Mapping[str, str]) -> None:
    """Download what is missing where it can be had; else say in a line why it is built."""
    wanted = [release for release in _releases() if {*missing} & release.programs.keys()]
    if not wanted:
        return
    if network.offline(environment):
        say(f"nothing is downloaded ({network.OFFLINE}): {', '.join(missing)} come by a build")
        return
    try:
        downloads.fetch(wanted, go_build.caches(environment), environment)
    except network.DownloadError as reason:
        say(f"no download ({reason}): {', '.join(missing)} come by a build")


def _releases() -> tuple[downloads.Release, ...]:
    """Return the releases that may be downloaded in the place of what go.mod pins."""
    kwok = go_build.pinned("sigs.k8s.io/kwok", MODULE)
    return downloads.releases(kubernetes_version(), kwok)


def kubectl(environment: Mapping[str, str] = os.environ) -> Path:
    """Return a kubectl that is not too old: the one on PATH if it is; else one comes."""
    there = kubectl_that_is_there(environment)
    return there or programs(["kubectl"], {**environment, "KUBEBUILDER_ASSETS": ""})["kubectl"]


def kubectl_that_is_there(environment: Mapping[str, str]) -> Path | None:
    """Return the kubectl on PATH or among the assets, if it is not too old."""
    on_path = shutil.which("kubectl", path=environment.get("PATH"))
    candidates = [Path(on_path) if on_path else None, found_asset("kubectl", environment)]
    fit = (one for one in candidates if one and kubectl_version(one) >= OLDEST_KUBECTL)
    return next(fit, None)


def cache(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of the programs that are built here."""
    return go_build.cache(MODULE, environment)


def found_asset(name: str, environment: Mapping[str, str]) -> Path | None:
    """Return the program in the folder that KUBEBUILDER_ASSETS names, if it is there."""
    folder = environment.get("KUBEBUILDER_ASSETS")
    path = Path(folder or os.devnull) / name
    return path.absolute() if name in ASSETS and path.is_file() else None


@functools.cache
def kubectl_version(program: Path) -> Version:
    """Return the release of a kubectl, (1, 36) for v1.36.3; () if it does not say."""
    try:
        told = subprocess.run(
            [program, "version", "--client", "-o", "json"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=20,
            check=True,
        ).stdout
        return numbers(json.loads(told)["clientVersion"]["gitVersion"])[:2]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return ()


def kubernetes_version(program: Path | None = None) -> str:
    """Return the release of Kubernetes that go.mod pins: "v1.36.3".

    program: if it is one that was downloaded, its own release.
    """
    for release in _releases() if program else ():
        if program and release.name == downloads.ENVTEST and program.parent.name == release.folder:
            return f"v{release.version}"
    return go_build.pinned("k8s.io/kubernetes", MODULE)
