"""The embedded control plane: etcd and kube-apiserver on loopback, and KWOK for pool status.

A real API server, with validation, admission, RBAC, server-side apply and scale subresources, but
no nodes and no controllers: nobody makes VMs, default ServiceAccounts or endpoints, collects
garbage, or finishes the deletion of namespaces (see finalize_namespace). What it holds lies in its
folder and outlives stops; `start` is harmless when it runs.
"""

from __future__ import annotations

import base64
import contextlib
import json
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..console import Trouble, say, step
from . import processes
from .certificates import LOOPBACK, Certificates

ETCD, API_SERVER, KWOK = "etcd", "kube-apiserver", "kwok"

FOREGROUND = "foregroundDeletion"
# The kinds of object that a pool is made of.
COLLECTED = (
    ("v1", "ConfigMap"),
    ("v1", "Secret"),
    ("v1", "Service"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("policy/v1", "PodDisruptionBudget"),
    ("pool.kubevirt.io/v1beta1", "VirtualMachinePool"),
    ("rbac.authorization.k8s.io/v1", "Role"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"),
)
# In the order in which they can be stopped: each writes to the next.
DAEMONS = (KWOK, API_SERVER, ETCD)
# The name of cluster, user and context in the kubeconfig.
NAME = "vmpool"
FIELD_MANAGER = "vmpool"
PORTS, ETCD_PEERS = "ports.json", "etcd-peers"
SERVICE_NETWORK = "10.0.0.0/16"
# What its log says then; it has no other way to tell without listening on a port.
KWOK_IS_READY = "watching stages"
SECONDS_TO_GET_READY = 120
SECONDS_TO_ANSWER = 10

Answer = tuple[int, Any]


@dataclass(frozen=True)
class Cluster:
    """A control plane. folder: all that it has; server: the API server's URL."""

    folder: Path
    server: str

    @property
    def kubeconfig(self) -> Path:
        """The file with which clients reach it as an administrator."""
        return self.folder / "kubeconfig"

    @property
    def certificates(self) -> Certificates:
        """Its keys, certificates and the administrator's token."""
        return Certificates(self.folder / "certificates")

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        content_type: str = "application/json",
        *,
        timeout: float = SECONDS_TO_ANSWER,
    ) -> Answer:
        """Ask the API server as administrator.

        Returns the HTTP status and the answer, decoded where it is JSON. Raises Trouble if there
        is no answer.
        """
        import http.client
        import ssl

        host = self.server.removeprefix("https://")
        headers = {"Content-Type": content_type, "Accept": "application/json"}
        try:
            headers["Authorization"] = f"Bearer {self.certificates.token}"
            # The certificate is checked against its own authority alone, and no proxy is used.
            trust = ssl.create_default_context(cafile=str(self.certificates.authority))
            connection = http.client.HTTPSConnection(host, context=trust, timeout=timeout)
            with contextlib.closing(connection):
                said = None if body is None else json.dumps(body)
                connection.request(method, path, said, headers)
                response = connection.getresponse()
                text = response.read().decode()
        except (OSError, http.client.HTTPException) as reason:
            raise Trouble(
                f"the embedded control plane does not answer at {self.server}: {reason}; "
                f"see {self.folder / API_SERVER}.log"
            ) from None
        try:
            return response.status, json.loads(text)
        except ValueError:
            return response.status, text

    def ready(self) -> bool:
        """Whether the API server says that it is ready."""
        try:
            return self.request("GET", "/readyz")[0] == 200
        except Trouble:
            return False


def start(folder: Path) -> Cluster:
    """Start the control plane of a folder unless it runs, and return it when it is ready.

    Missing programs are built first. Raises Trouble if it does not get ready; then, as on Ctrl-C,
    nothing that was started stays.
    """
    folder = folder.absolute()
    if found := running(folder):
        return found
    # Built before the lock is taken: others need not wait for longer than for the start.
    from . import binaries

    programs = binaries.programs([ETCD, API_SERVER, KWOK])
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    with processes.lock(folder / "lock", "another run that starts or stops the control plane"):
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
    with processes.lock(folder / "lock", "another run that starts or stops the control plane"):
        ran = processes.stop(folder, DAEMONS)
    say(f"the embedded control plane {'has stopped' if ran else 'did not run'}")


def running(folder: Path) -> Cluster | None:
    """Return the control plane of a folder if all of it runs and is ready."""
    folder = folder.absolute()
    if any(processes.ours(folder, name) is None for name in DAEMONS):
        return None
    ports = _earlier_ports(folder)
    cluster = Cluster(folder, _url(ports[API_SERVER])) if ports else None
    return cluster if cluster and cluster.kubeconfig.exists() and cluster.ready() else None


def finalize_namespace(cluster: Cluster, name: str) -> None:
    """Let a namespace go that was deleted: the namespace controller's last step.

    Whether it is empty is the caller's business: what is still in it would stay, out of reach.
    Raises Trouble if it is not being deleted; one that is gone already is fine.
    """
    path = f"/api/v1/namespaces/{name}"
    status, namespace = cluster.request("GET", path)
    if status == 404:
        return
    if status == 200 and "deletionTimestamp" not in namespace["metadata"]:
        raise Trouble(f"namespace {name} is not being deleted")
    if status == 200:
        namespace["spec"]["finalizers"] = []
        status, namespace = cluster.request("PUT", f"{path}/finalize", namespace)
    if status not in (200, 404):
        raise Trouble(f"namespace {name} cannot be finalized: {_message(namespace)}")


def manifests() -> list[dict[str, Any]]:
    """Return the definitions of the resources that KubeVirt and CDI would bring."""
    import yaml

    from .binaries import MODULE

    return [
        yaml.safe_load((MODULE / f"{kind}.yaml").read_text())
        for kind in ("virtualmachinepool", "datavolume", "datasource")
    ]


def _start(folder: Path, programs: Mapping[str, Path]) -> Cluster:
    ports = _ports(folder)
    cluster = Cluster(folder, _url(ports[API_SERVER]))
    cluster.certificates.ensure()
    _write_kubeconfig(cluster)
    (folder / ETCD).mkdir(mode=0o700, exist_ok=True)
    # Side by side: the API server waits for etcd by itself.
    _spawn(folder, ETCD, programs, _etcd_flags(cluster, ports))
    _spawn(folder, API_SERVER, programs, _api_server_flags(cluster, ports))
    _wait(cluster, cluster.ready, ETCD, API_SERVER)
    _define_resources(cluster)
    _spawn(folder, KWOK, programs, _kwok_flags(cluster))
    _wait(cluster, lambda: KWOK_IS_READY in (folder / f"{KWOK}.log").read_text(), KWOK)
    return cluster


def _etcd_flags(cluster: Cluster, ports: Mapping[str, int]) -> list[str]:
    clients, peers = _url(ports[ETCD]), _url(ports[ETCD_PEERS])
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


def _api_server_flags(cluster: Cluster, ports: Mapping[str, int]) -> list[str]:
    files = cluster.certificates
    return [
        f"--bind-address={LOOPBACK}",
        f"--advertise-address={LOOPBACK}",
        f"--secure-port={ports[API_SERVER]}",
        f"--tls-cert-file={files.server}",
        f"--tls-private-key-file={files.server_key}",
        f"--cert-dir={files.folder}",
        f"--etcd-servers={_url(ports[ETCD])}",
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


def _write_garbage_collector(cluster: Cluster) -> Path:
    """Write what KWOK does in the place of the garbage collector, for objects without dependents.

    Whoever deletes in the foreground, as Pulumi does, waits until it takes its finalizer away.
    """
    stages = [
        {
            "apiVersion": "kwok.x-k8s.io/v1alpha1",
            "kind": "Stage",
            "metadata": {"name": f"collect-{kind.lower()}"},
            "spec": {
                "resourceRef": {"apiGroup": api_version, "kind": kind},
                "selector": {
                    "matchExpressions": [
                        {"jq": {"key": ".metadata.deletionTimestamp", "operator": "Exists"}},
                        {
                            "jq": {
                                "key": ".metadata.finalizers.[]",
                                "operator": "In",
                                "values": [FOREGROUND],
                            }
                        },
                    ]
                },
                "steps": [{"finalizers": {"remove": [{"value": FOREGROUND}]}}],
            },
        }
        for api_version, kind in COLLECTED
    ]
    file = cluster.folder / "garbage-collector.yaml"
    with processes.private(file) as stream:
        stream.write("\n---\n".join(map(json.dumps, stages)).encode())
    return file


def _kwok_flags(cluster: Cluster) -> list[str]:
    from .binaries import MODULE

    return [
        f"--kubeconfig={cluster.kubeconfig}",
        f"--config={MODULE / 'pool-controller.yaml'}",
        f"--config={_write_garbage_collector(cluster)}",
        # It insists on some node, whether it exists or not.
        "--manage-single-node=none",
        # Without an address it serves nobody.
        "--server-address=",
        "--node-port=0",
    ]


def _spawn(folder: Path, name: str, programs: Mapping[str, Path], flags: list[str]) -> None:
    processes.spawn(folder, name, [str(programs[name]), *flags], cwd=folder)


def _wait(cluster: Cluster, condition: Callable[[], bool], *daemons: str) -> None:
    """Wait until a condition holds; raises Trouble if it never does or one of the daemons ends."""

    def ended() -> str | None:
        gone = (name for name in daemons if processes.ours(cluster.folder, name) is None)
        return next(gone, None)

    in_time = processes.wait_until(lambda: condition() or ended() is not None, SECONDS_TO_GET_READY)
    name = ended()
    if in_time and name is None:
        return
    happened = f"{name} has ended" if name else f"is not ready after {SECONDS_TO_GET_READY} s"
    log = cluster.folder / f"{name or daemons[-1]}.log"
    raise Trouble(
        f"the embedded control plane does not start: {happened}; see {log}, which ends with\n"
        f"{processes.last_lines(log)}\n"
        f"If nothing else helps, do without what it holds: rm -r {cluster.folder}"
    )


def _define_resources(cluster: Cluster) -> None:
    """Apply the resource definitions and wait until they are served."""
    definitions = manifests()
    for definition in definitions:
        name = definition["metadata"]["name"]
        status, answer = cluster.request(
            "PATCH",
            f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}"
            f"?fieldManager={FIELD_MANAGER}&force=true",
            definition,
            "application/apply-patch+yaml",
        )
        if status not in (200, 201):
            raise Trouble(f"{name} cannot be defined: {_message(answer)}")
    specs = [definition["spec"] for definition in definitions]
    _wait(cluster, lambda: _served(cluster, specs), ETCD, API_SERVER)


def _served(cluster: Cluster, specs: Iterable[Mapping[str, Any]]) -> bool:
    """Whether resources are served and described: KWOK gives up otherwise."""
    groups = {
        f"apis/{spec['group']}/{version['name']}": spec["names"]["plural"]
        for spec in specs
        for version in spec["versions"]
    }
    described = cluster.request("GET", "/openapi/v3")[1]["paths"]
    return groups.keys() <= described.keys() and all(
        cluster.request("GET", f"/{group}/{plural}")[0] == 200 for group, plural in groups.items()
    )


def _message(answer: Any) -> str:
    return str(answer.get("message", answer) if isinstance(answer, dict) else answer)


def _write_kubeconfig(cluster: Cluster) -> None:
    authority = cluster.certificates.authority.read_bytes()
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": NAME,
                "cluster": {
                    "server": cluster.server,
                    "certificate-authority-data": base64.b64encode(authority).decode(),
                },
            }
        ],
        "users": [{"name": NAME, "user": {"token": cluster.certificates.token}}],
        "contexts": [{"name": NAME, "context": {"cluster": NAME, "user": NAME}}],
        "current-context": NAME,
    }
    with processes.private(cluster.kubeconfig) as file:
        # JSON is YAML.
        file.write(json.dumps(content, indent=2).encode())


def _url(port: int) -> str:
    return f"https://{LOOPBACK}:{port}"


def _ports(folder: Path) -> dict[str, int]:
    """Return free ports, the earlier ones where they still are: clients remember the URL."""
    earlier = _earlier_ports(folder)
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


def _earlier_ports(folder: Path) -> dict[str, int]:
    try:
        ports: dict[str, int] = json.loads((folder / PORTS).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return ports
