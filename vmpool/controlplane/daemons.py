"""The daemons: etcd, kube-apiserver and KWOK, started and waited for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from .. import files
from ..console import UserError
from . import processes
from .client import Cluster
from .ports import API_SERVER, ETCD, KWOK

# In the order in which they can be stopped: each writes to the next.
DAEMONS = (KWOK, API_SERVER, ETCD)
# What its log says then; it has no other way to tell without listening on a port.
KWOK_IS_READY = "watching stages"
SECONDS_TO_GET_READY = 120


def spawn(folder: Path, name: str, programs: Mapping[str, Path], flags: list[str]) -> None:
    processes.spawn(folder, name, [str(programs[name]), *flags], cwd=folder)


def wait_for(cluster: Cluster, condition: Callable[[], bool], *daemons: str) -> None:
    """Wait until a condition holds; raises UserError if it never does or a daemon ends."""

    def ended() -> str | None:
        gone = (name for name in daemons if processes.ours(cluster.folder, name) is None)
        return next(gone, None)

    in_time = processes.wait_until(lambda: condition() or ended() is not None, SECONDS_TO_GET_READY)
    name = ended()
    if in_time and name is None:
        return
    happened = f"{name} has ended" if name else f"is not ready after {SECONDS_TO_GET_READY} s"
    log = cluster.folder / f"{name or daemons[-1]}.log"
    raise UserError(
        f"the embedded control plane does not start: {happened}; see {log}, which ends with\n"
        f"{files.last_lines(log)}\n"
        f"If nothing else helps, do without what it holds: rm -r {cluster.folder}"
    )
