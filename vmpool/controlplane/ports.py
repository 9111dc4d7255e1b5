"""The ports of the daemons."""

from __future__ import annotations

import contextlib
import json
import socket
from pathlib import Path

from . import processes
from .certificates import LOOPBACK

ETCD, API_SERVER, KWOK = "etcd", "kube-apiserver", "kwok"
PORTS, ETCD_PEERS = "ports.json", "etcd-peers"


def url_of(port: int) -> str:
    return f"https://{LOOPBACK}:{port}"


def free_ports(folder: Path) -> dict[str, int]:
    """Return free ports, the earlier ones where they still are: clients remember the URL."""
    earlier = earlier_ports(folder)
    with contextlib.ExitStack() as held:
        ports = {
            name: _hold(held, earlier.get(name, 0)) or _hold(held, 0)
            for name in (API_SERVER, ETCD, ETCD_PEERS)
        }
    with processes.private(folder / PORTS) as file:
        file.write(json.dumps(ports).encode())
    return ports


def _hold(held: contextlib.ExitStack, port: int) -> int:
    """Keep a port for now, any free one for 0; return it, or 0 if somebody has it."""
    listener = held.enter_context(socket.socket())
    # As the servers do: a port's closed connections are no obstacle.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError:
        return 0
    return int(listener.getsockname()[1])


def earlier_ports(folder: Path) -> dict[str, int]:
    try:
        ports: dict[str, int] = json.loads((folder / PORTS).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return ports
