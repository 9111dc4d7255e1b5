"""The programs of the embedded control plane: found, or built once per user and version.

cluster/go.mod pins them all.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from .. import go_build
from ..console import say
from ..go_build import Program, Version, numbers

MODULE = Path(__file__).parents[2] / "cluster"
# Server-side apply came out of beta with it.
OLDEST_KUBECTL = (1, 22)

PROGRAMS = {
    "etcd": Program("go.etcd.io/etcd/server/v3", "about 20 seconds, once"),
    "kube-apiserver": Program("k8s.io/kubernetes/cmd/kube-apiserver", "about 5 minutes, once"),
    "kubectl": Program("k8s.io/kubernetes/cmd/kubectl", "about a minute, once"),
    "kwok": Program("sigs.k8s.io/kwok/cmd/kwok", "about 30 seconds, once"),
}
# What the folder that KUBEBUILDER_ASSETS names has, by convention.
ASSETS = {"etcd", "kube-apiserver", "kubectl"}


def programs(names: Iterable[str], environment: Mapping[str, str] = os.environ) -> dict[str, Path]:
    """Return where programs are; those that are nowhere are built.

    Looked for in KUBEBUILDER_ASSETS, then among those built earlier. Raises UserError if a build
    fails.
    """
    folder = cache(environment)
    found = {name: found_asset(name, environment) or folder / name for name in names}
    missing = [name for name, path in found.items() if not path.is_file()]
    if missing:
        if environment.get("KUBEBUILDER_ASSETS") and ASSETS.intersection(missing):
            say(f"KUBEBUILDER_ASSETS lacks {', '.join(missing)}")
        for name in missing:
            go_build.built(name, PROGRAMS[name], MODULE, environment)
    return found


def kubectl(environment: Mapping[str, str] = os.environ) -> Path:
    """Return a kubectl that is not too old: the one on PATH if it is; one is built if need be."""
    on_path = shutil.which("kubectl", path=environment.get("PATH"))
    candidates = [Path(on_path) if on_path else None, found_asset("kubectl", environment)]
    for candidate in candidates:
        if candidate and kubectl_version(candidate) >= OLDEST_KUBECTL:
            return candidate
    return programs(["kubectl"], {**environment, "KUBEBUILDER_ASSETS": ""})["kubectl"]


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


def kubernetes_version() -> str:
    """Return the release of Kubernetes that go.mod pins: "v1.36.3"."""
    return go_build.pinned("k8s.io/kubernetes", MODULE)
