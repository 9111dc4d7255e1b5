"""The VMs of a pool, as its cluster says: what the engine last saw may be long ago."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .kubectl import POOLS, SECONDS_TO_ANSWER, Kubectl, KubectlError


@dataclass(frozen=True)
class Vms:
    """replicas: how many a pool is told to have. not_ready: how many of them are not ready."""

    replicas: int
    not_ready: int


def vms(kubectl: Kubectl, seen: Mapping[str, Any]) -> Vms | None:
    """Return the VMs of a pool; None if that cannot be known.

    seen: the pool as the engine last saw it. What has its name and another UID is another pool, in
    another cluster perhaps, and says nothing of this one.
    """
    metadata = seen.get("metadata") or {}
    try:
        name, namespace = str(metadata.get("name")), str(metadata.get("namespace"))
        live = kubectl.get(POOLS, name, namespace, seconds=SECONDS_TO_ANSWER)
    except KubectlError:
        return None
    if live is None or live["metadata"]["uid"] != metadata.get("uid"):
        return None
    number = int(live["spec"].get("replicas", 1))
    # Absent at 0.
    ready = int((live.get("status") or {}).get("readyReplicas") or 0)
    return Vms(number, max(0, number - ready))
