"""A control plane as its clients see it: its URL, its kubeconfig, and requests to it."""

from __future__ import annotations

import base64
import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..console import UserError
from . import processes
from .certificates import Certificates
from .ports import API_SERVER

# The name of cluster, user and context in the kubeconfig.
NAME = "vmpool"
FIELD_MANAGER = "vmpool"
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

        Returns the HTTP status and the answer, decoded where it is JSON. Raises UserError if there
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
            raise UserError(
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
        except UserError:
            return False


def finalize_namespace(cluster: Cluster, name: str) -> None:
    """Let a namespace go that was deleted: the namespace controller's last step.

    Whether it is empty is the caller's business: what is still in it would stay, out of reach.
    Raises UserError if it is not being deleted; one that is gone already is fine.
    """
    path = f"/api/v1/namespaces/{name}"
    status, namespace = cluster.request("GET", path)
    if status == 404:
        return
    if status == 200 and "deletionTimestamp" not in namespace["metadata"]:
        raise UserError(f"namespace {name} is not being deleted")
    if status == 200:
        namespace["spec"]["finalizers"] = []
        status, namespace = cluster.request("PUT", f"{path}/finalize", namespace)
    if status not in (200, 404):
        raise UserError(f"namespace {name} cannot be finalized: {message_of(namespace)}")


def message_of(answer: Any) -> str:
    return str(answer.get("message", answer) if isinstance(answer, dict) else answer)


def write_kubeconfig(cluster: Cluster) -> None:
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
