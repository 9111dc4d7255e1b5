"""Waiting until a pool's VMs are ready; if they are not in time, saying why.

A pool has no condition that says "ready" and no observedGeneration, so its numbers are all there
is: right after a change of the template they are those of the VMs before it.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from typing import Any

from ..spec.pool import PoolSpec
from ..text.durations import seconds as duration
from .diagnosis import Object, reasons
from .kubectl import POOLS, Kubectl, KubectlError

SECONDS_BETWEEN_LOOKS = 2.0
# CI systems end jobs that print nothing.
SECONDS_BETWEEN_SIGNS_OF_LIFE = 30.0

VMS = "virtualmachines.kubevirt.io"


class NotReadyError(Exception):
    """What is missing, and the reasons."""


async def wait(
    kubectl: Kubectl, spec: PoolSpec, seconds: float, tell: Callable[[str], None]
) -> None:
    """Wait until as many VMs are ready as the live pool asks for; at once where that is none.

    seconds: how long at most. tell: takes a line on how far it is. Raises NotReadyError if they
    are not ready by then, and at once if there is no such pool or its cluster does not answer.
    """
    started = time.monotonic()
    told, told_at = "", started
    while True:
        try:
            pool = await asyncio.to_thread(_live, kubectl, spec)
        except KubectlError as error:
            # An API server that restarts meanwhile is no reason to give up.
            if not told:
                raise NotReadyError(str(error)) from None
        now = time.monotonic()
        state = f"pool {spec.name}: {_ready(pool)} of {_wanted(pool)} VMs ready"
        if state != told:
            tell(state)
            told, told_at = state, now
        elif now - told_at >= SECONDS_BETWEEN_SIGNS_OF_LIFE:
            tell(f"{state} after {duration(now - started)}")
            told_at = now
        if _ready(pool) >= _wanted(pool):
            return
        left = started + seconds - now
        if left <= 0:
            raise NotReadyError(await asyncio.to_thread(_report, kubectl, spec, pool, seconds))
        await asyncio.sleep(min(SECONDS_BETWEEN_LOOKS, left))


def _live(kubectl: Kubectl, spec: PoolSpec) -> Object:
    """Return the pool as the cluster holds it; raises NotReadyError if it holds none."""
    found: Object | None = _get(kubectl, spec, POOLS, spec.name, "--ignore-not-found")
    if found is None:
        raise NotReadyError(
            f"there is no pool {spec.name} in namespace {spec.namespace} to wait for"
        )
    return found


def _get(kubectl: Kubectl, spec: PoolSpec, *what: str) -> Any:
    """Return what kubectl gets in the pool's namespace, None if that is nothing."""
    place = ("-n", spec.namespace, "--request-timeout=20s")
    done = kubectl.run("get", *what, *place, "-o", "json")
    return json.loads(done.stdout) if done.stdout.strip() else None


def _wanted(pool: Object) -> int:
    """Return how many VMs the pool asks for; KubeVirt's controller takes absence for 1."""
    return int(pool["spec"].get("replicas", 1))


def _ready(pool: Object) -> int:
    """Return how many VMs are ready; the number is absent at 0."""
    return int(pool.get("status", {}).get("readyReplicas", 0))


def _report(kubectl: Kubectl, spec: PoolSpec, pool: Object, seconds: float) -> str:
    selector = ",".join(f"{key}={value}" for key, value in spec.selector.items())
    vms, hidden_vms = _listed(kubectl, spec, VMS, "-l", selector)
    events, hidden_events = _listed(kubectl, spec, "events")
    lines = [
        f"pool {spec.name} in namespace {spec.namespace} is not ready after "
        f"{duration(seconds)}: {_ready(pool)} of {_wanted(pool)} VMs are",
        *_indented([*reasons(pool, vms, events), *hidden_vms, *hidden_events]),
        "The cluster holds every object, and goes on; look again with "
        f"kubectl get vmpool,vm,vmi,datavolume -n {spec.namespace}",
    ]
    return "\n".join(lines)


def _indented(told: Iterable[str]) -> list[str]:
    """Return the lines of reasons, each way out below what is wrong."""
    lines = []
    for reason in told:
        what, *way_out = reason.split("\n")
        lines += [f"  {what}", *(f"      {line}" for line in way_out)]
    return lines


def _listed(
    kubectl: Kubectl, spec: PoolSpec, kind: str, *more: str
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the objects of a kind, and what to say if they cannot be seen."""
    try:
        return _get(kubectl, spec, kind, *more)["items"], []
    except KubectlError as error:
        # A control plane without KubeVirt has no such kind.
        unknown = "doesn't have a resource type" in str(error)
        return [], [] if unknown else [f"{kind} cannot be seen: {error}"]
