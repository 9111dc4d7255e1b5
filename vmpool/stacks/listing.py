"""`vmpool stack ls`: what stacks there are, in a line each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from kubevirt_vm_pool.spec.pool import PoolSpec

from .. import target
from ..console import UserError
from ..engine.known_stacks import Backends
from ..stack import stack_files
from ..stack.stack_files import Stack

EMBEDDED = "embedded"
STATES: Mapping[bool | None, str] = {True: "up", False: "down", None: "not known"}


@dataclass(frozen=True)
class Row:
    """A stack. size: of a VM and its disk. problem: why there is no more to tell, "" if there is.

    replicas: two numbers where an autoscaler has the number. up: None if that is not known.
    elsewhere: the other cluster that it is up on, "" if there is none.
    """

    stack: str
    namespace: str = ""
    replicas: str = ""
    size: str = ""
    cluster: str = ""
    up: bool | None = None
    elsewhere: str = ""
    problem: str = ""


def rows(names: Iterable[str]) -> Iterator[Row]:
    """Yield the rows of stacks; one that cannot be read says why."""
    backends = Backends()
    for name in names:
        try:
            stack = stack_files.read(name)
            cluster, folder = cluster_of(stack, os.environ)
            up, elsewhere = backends.is_up(name, folder), backends.elsewhere(name, folder)
        except UserError as error:
            yield Row(name, problem=error.message)
            continue
        try:
            stack.require_known()
            spec = stack.specification()
        except UserError as error:
            yield Row(name, "", "", "", cluster, up, elsewhere, error.message)
            continue
        yield Row(name, spec.namespace, _replicas(spec), _size(spec), cluster, up, elsewhere)


def _replicas(spec: PoolSpec) -> str:
    if spec.scaled_by_others:
        return "by others"
    if spec.has_autoscaler and spec.autoscaling:
        return f"{spec.min_replicas}-{spec.autoscaling.max_replicas}"
    return str(spec.replicas)


def _size(spec: PoolSpec) -> str:
    if spec.instancetype:
        machine = spec.instancetype.name or "as its image says"
    else:
        memory = spec.memory if isinstance(spec.memory, str) else spec.memory.get("guest", "")
        machine = f"{spec.vcpus} CPU, {memory}"
    disk = spec.disk.sized if spec.disk else None
    return f"{machine}, disk {disk}" if disk else machine


def cluster_of(stack: Stack, environment: Mapping[str, str]) -> tuple[str, Path]:
    """Return how a stack names its cluster, and where what is known about that is kept."""
    if context := stack.kubernetes.get("context"):
        return str(context), target.CLUSTER.parent
    if stack.kubernetes.get("kubeconfig"):
        return "its kubeconfig", target.CLUSTER.parent
    if environment.get("KUBECONFIG", "") in {"", str(target.CLUSTER / "kubeconfig")}:
        return EMBEDDED, target.CLUSTER
    return "KUBECONFIG", target.CLUSTER.parent


HEAD = ("stack", "namespace", "replicas", "size", "cluster", "state")


def as_text(found: Iterable[Row]) -> str:
    """Return the rows as columns."""
    lines = [HEAD]
    notes = []
    for row in found:
        state = STATES[row.up]
        if row.elsewhere:
            notes.append(f"{row.stack}: it is up on another cluster: {row.elsewhere}")
            state += ", and up elsewhere"
        if row.problem:
            notes.append(f"{row.stack}: {row.problem.splitlines()[0].removesuffix(':')}")
            state = "not known" if row.up is None else f"{state}, and refused"
        lines.append((row.stack, row.namespace, row.replicas, row.size, row.cluster, state))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    table = (
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
    return "\n".join([*table, *notes]) + "\n"


def as_json(found: Iterable[Row]) -> str:
    """Return the rows as a JSON list."""
    import json

    return json.dumps([asdict(row) for row in found], indent=2, ensure_ascii=False) + "\n"
