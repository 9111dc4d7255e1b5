"""What `vmpool version` tells: what is here and where; nothing is built, downloaded or started."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from .controlplane import binaries
from .engine import install
from .engine.install import Found

Versions = dict[str, Any]


def versions(environment: Mapping[str, str] = os.environ) -> Versions:
    """Return versions by what they are of, as plain data.

    "engine" and "provider" are objects with "version" (None where it is not told), "where", in
    words, and "path", or None where there is none. Of "controlPlane", "programs" is the folder of
    kube-apiserver, or None where it or etcd is not there yet.
    """
    server = _control_plane(environment)
    return {
        "program": {name: metadata.version(name) for name in ("vmpool", "kubevirt-vm-pool")},
        "sdk": {"pulumi": metadata.version("pulumi")},
        "engine": _as_data(install.found_engine(environment)),
        "provider": _as_data(install.found_provider(environment)),
        "controlPlane": {
            "kubernetes": binaries.kubernetes_version(server).removeprefix("v"),
            "programs": str(server.parent) if server else None,
        },
    }


def as_text(versions: Versions) -> str:
    """Return the same in lines."""
    plane = versions["controlPlane"]
    programs = plane["programs"] or "not here yet"
    rows = {
        "program": ", ".join(" ".join(one) for one in versions["program"].items()),
        "SDK": f"pulumi {versions['sdk']['pulumi']}",
        "engine": _as_line("pulumi", versions["engine"]),
        "provider": _as_line("kubernetes", versions["provider"]),
        "control plane": f"Kubernetes {plane['kubernetes']}, {programs}",
    }
    return "".join(f"{label:<15}{text}\n" for label, text in rows.items())


def _as_line(name: str, found: Versions | None) -> str:
    if found is None:
        return f"none: {install.HOW_TO_GET_ONE}"
    version = found["version"] or "of a version that it does not tell"
    return f"{name} {version}, {found['where']}: {found['path']}"


def _as_data(found: Found | None) -> Versions | None:
    if found is None:
        return None
    return {
        "version": found.version or None,
        "where": found.where,
        "path": str(found.program),
    }


def _control_plane(environment: Mapping[str, str]) -> Path | None:
    """Return kube-apiserver's program, if etcd's is there too."""
    etcd, server = (binaries.found(name, environment) for name in ("etcd", "kube-apiserver"))
    return server if etcd else None
