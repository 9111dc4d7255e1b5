"""The embedded control plane: etcd and kube-apiserver on loopback, and KWOK for pool status.

A real API server, with validation, admission, RBAC, server-side apply and scale subresources, but
no nodes and no controllers: nobody makes VMs, default ServiceAccounts or endpoints, collects
garbage, or finishes the deletion of namespaces (see finalize_namespace). What it holds lies in its
folder and outlives stops; `start` is harmless when it runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .. import files
from ..console import say, step
from . import processes
from .apiserver import api_server_flags
from .client import Cluster, write_kubeconfig
from .crds import define_resources
from .daemons import DAEMONS, KWOK_IS_READY, spawn, wait_for
from .etcd import etcd_flags
from .kwok import kwok_flags
from .ports import API_SERVER, ETCD, KWOK, earlier_ports, free_ports, url_of


def start(folder: Path) -> Cluster:
    """Start the control plane of a folder unless it runs, and return it when it is ready.

    Missing programs are downloaded or built first. Raises UserError if it does not get ready; then,
    as on Ctrl-C, nothing that was started stays.
    """
    folder = folder.absolute()
    if found := running(folder):
        return found
    # Built before the lock is taken: others need not wait for longer than for the start.
    from . import binaries

    programs = binaries.of_control_plane()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    with files.lock(folder / "lock", "another run that starts or stops the control plane"):
        if found := running(folder):
            return found
        # Of a start that was killed, or of a run in which one of them died.
        processes.stop(folder, DAEMONS)
        try:
            with step("starting the embedded control plane"):
                return _start(folder, programs)
        except BaseException:
            processes.stop(folder, DAEMONS)
            raise


def stop(folder: Path) -> None:
    """Stop the control plane of a folder, if it runs; what it holds stays."""
    folder = folder.absolute()
    if not folder.is_dir():
        say("there is no embedded control plane")
        return
    with files.lock(folder / "lock", "another run that starts or stops the control plane"):
        ran = processes.stop(folder, DAEMONS)
    say(f"the embedded control plane {'has stopped' if ran else 'did not run'}")


def running(folder: Path) -> Cluster | None:
    """Return the control plane of a folder if all of it runs and is ready."""
    folder = folder.absolute()
    if any(processes.ours(folder, name) is None for name in DAEMONS):
        return None
    ports = earlier_ports(folder)
    cluster = Cluster(folder, url_of(ports[API_SERVER])) if ports else None
    return cluster if cluster and cluster.kubeconfig.exists() and cluster.ready() else None


def _start(folder: Path, programs: Mapping[str, Path]) -> Cluster:
    ports = free_ports(folder)
    cluster = Cluster(folder, url_of(ports[API_SERVER]))
    cluster.certificates.ensure()
    write_kubeconfig(cluster)
    (folder / ETCD).mkdir(mode=0o700, exist_ok=True)
    # Side by side: the API server waits for etcd by itself.
    spawn(folder, ETCD, programs, etcd_flags(cluster, ports))
    spawn(folder, API_SERVER, programs, api_server_flags(cluster, ports))
    wait_for(cluster, cluster.ready, ETCD, API_SERVER)
    define_resources(cluster)
    spawn(folder, KWOK, programs, kwok_flags(cluster))
    wait_for(cluster, lambda: KWOK_IS_READY in (folder / f"{KWOK}.log").read_text(), KWOK)
    return cluster
