"""How etcd is started."""

from __future__ import annotations

from collections.abc import Mapping

from .client import Cluster
from .ports import ETCD, ETCD_PEERS, url_of


def etcd_flags(cluster: Cluster, ports: Mapping[str, int]) -> list[str]:
    clients, peers = url_of(ports[ETCD]), url_of(ports[ETCD_PEERS])
    files = cluster.certificates
    # Peers do not exist, but etcd insists on listening for them.
    tls = {
        "cert-file": files.etcd,
        "key-file": files.etcd_key,
        "trusted-ca-file": files.etcd_authority,
    }
    return [
        f"--data-dir={cluster.folder / ETCD}",
        f"--listen-client-urls={clients}",
        f"--advertise-client-urls={clients}",
        f"--listen-peer-urls={peers}",
        f"--initial-advertise-peer-urls={peers}",
        f"--initial-cluster=default={peers}",
        *(f"--{name}={path}" for name, path in tls.items()),
        *(f"--peer-{name}={path}" for name, path in tls.items()),
        "--client-cert-auth",
        "--peer-client-cert-auth",
        # Quick; only a power failure could cost the last seconds' changes.
        "--unsafe-no-fsync",
        "--log-level=warn",
    ]
