"""The state of a stack as a file backend keeps it, read without a start of the engine."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from kubevirt_vm_pool.stack_config import PROJECT
from kubevirt_vm_pool.text.paths import at

STACK = "pulumi:pulumi:Stack"


def folder_of(backend: str) -> Path | None:
    """Return the folder of a file backend, given by its URL; None if the state is elsewhere."""
    url = urlparse(backend)
    if url.scheme != "file":
        return None
    return Path(unquote(url.netloc + url.path)).expanduser()


def folder(environment: Mapping[str, str]) -> Path | None:
    """Return where a file backend keeps what it knows, None if the state is elsewhere."""
    found = folder_of(environment.get("PULUMI_BACKEND_URL", ""))
    return found / ".pulumi" if found else None


def read(backend: Path, stack: str) -> Mapping[str, Any] | None:
    """Return a stack's deployment, which may be empty, from a backend's folder.

    None if it cannot be read: the engine may be writing it. Raises FileNotFoundError for a stack
    that the backend does not know.
    """
    file = backend / ".pulumi" / "stacks" / PROJECT / f"{stack}.json"
    try:
        content = file.read_bytes() if file.exists() else _unpacked(file.with_suffix(".json.gz"))
        found: Mapping[str, Any] = json.loads(content)["checkpoint"].get("latest") or {}
    except FileNotFoundError:
        raise
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return found


def holds(backend: Path, stack: str) -> bool:
    """Tell whether a backend's folder has a file for a stack, also in the way of old engines."""
    stacks = backend / ".pulumi" / "stacks"
    return any(
        (folder / f"{stack}.{kind}").exists()
        for folder in (stacks / PROJECT, stacks)
        for kind in ("json", "json.gz")
    )


def has_old_layout(environment: Mapping[str, str]) -> bool | None:
    """Tell whether a folder of states has stacks of engines before 3.61, which knew no projects.

    None if the state is elsewhere.
    """
    backend = folder_of(environment.get("PULUMI_BACKEND_URL", ""))
    if backend is None:
        return None
    return any((backend / ".pulumi" / "stacks").glob("*.json*"))


def lacks(environment: Mapping[str, str], stack: str) -> bool:
    """Tell whether the state is in a folder that is there, and has no such stack."""
    backend = folder_of(environment.get("PULUMI_BACKEND_URL", ""))
    if backend is None or not (backend / ".pulumi" / "stacks").is_dir():
        return False
    return not holds(backend, stack)


def _unpacked(file: Path) -> bytes:
    return gzip.decompress(file.read_bytes())


def latest(environment: Mapping[str, str], stack: str) -> Mapping[str, Any] | None:
    """Return a stack's deployment; None if it cannot be read here: the engine tells more."""
    backend = folder_of(environment.get("PULUMI_BACKEND_URL", ""))
    try:
        return read(backend, stack) if backend else None
    except FileNotFoundError:
        return None


def outputs(environment: Mapping[str, str], stack: str) -> dict[str, Any] | None:
    """Return what a stack told when it was last up, secrets encrypted; None as above."""
    deployment = latest(environment, stack)
    return None if deployment is None else outputs_of(deployment)


def has_objects(deployment: Mapping[str, Any]) -> bool:
    """Tell whether a deployment has objects, or something was under way that may have made some.

    An up that failed before its first object leaves the stack's own resources and its provider.
    """
    known = deployment.get("resources") or ()
    return bool(deployment.get("pending_operations")) or any(
        one.get("custom") and not str(one.get("type")).startswith("pulumi:") for one in known
    )


def pools_of(deployment: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the pools that a deployment has, also of those that were under way."""
    under_way = (one.get("resource") or {} for one in deployment.get("pending_operations") or ())
    found = (
        at(one.get("inputs"), "metadata", "name")
        for one in (*(deployment.get("resources") or ()), *under_way)
        if str(one.get("type")).endswith(":VirtualMachinePool")
    )
    return frozenset(name for name in found if isinstance(name, str))


def outputs_of(deployment: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the stack of a deployment told, secrets encrypted."""
    stacks = [one for one in deployment.get("resources") or () if one.get("type") == STACK]
    return dict((stacks[-1].get("outputs") if stacks else None) or {})


def pools(environment: Mapping[str, str], stack: str) -> frozenset[str] | None:
    """Return the names of the pools that a stack has; None if it cannot be read here."""
    deployment = latest(environment, stack)
    return None if deployment is None else pools_of(deployment)


def is_empty(environment: Mapping[str, str], stack: str) -> bool:
    """Tell whether a stack is known here and has no resources, as after a destroy."""
    deployment = latest(environment, stack)
    return deployment is not None and not deployment.get("resources")
