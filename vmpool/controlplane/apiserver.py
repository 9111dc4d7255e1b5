"""How kube-apiserver is started."""

from __future__ import annotations

from collections.abc import Mapping

from .certificates import LOOPBACK
from .client import Cluster
from .ports import API_SERVER, ETCD, url_of

SERVICE_NETWORK = "10.0.0.0/16"


def api_server_flags(cluster: Cluster, ports: Mapping[str, int]) -> list[str]:
    files = cluster.certificates
    return [
        f"--bind-address={LOOPBACK}",
        f"--advertise-address={LOOPBACK}",
        f"--secure-port={ports[API_SERVER]}",
        f"--tls-cert-file={files.server}",
        f"--tls-private-key-file={files.server_key}",
        f"--cert-dir={files.folder}",
        f"--etcd-servers={url_of(ports[ETCD])}",
        f"--etcd-cafile={files.etcd_authority}",
        f"--etcd-certfile={files.etcd}",
        f"--etcd-keyfile={files.etcd_key}",
        "--authorization-mode=RBAC",
        "--anonymous-auth=false",
        f"--token-auth-file={files.tokens}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={files.service_accounts_key}",
        f"--service-account-signing-key-file={files.service_accounts_key}",
        f"--service-cluster-ip-range={SERVICE_NETWORK}",
        # There is one API server, for one person, and no kubelets.
        "--endpoint-reconciler-type=none",
        "--enable-priority-and-fairness=false",
        "--profiling=false",
    ]
