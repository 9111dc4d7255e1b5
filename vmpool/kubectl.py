"""kubectl as the companion uses it: with objects, and with troubles that end a command."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from kubevirt_vm_pool.cluster import kubectl
from kubevirt_vm_pool.cluster.kubectl import KubectlError

from .console import Trouble

AS_JSON = ("-o", "json", "--show-managed-fields")


class KubectlTrouble(Trouble, KubectlError):  # noqa: N818 - a Trouble
    """kubectl failed, and with it the command."""


class Kubectl(kubectl.Kubectl):
    """kubectl and the cluster that it talks to; what fails is the person's to mend."""

    error = KubectlTrouble

    def get(self, kind: str, name: str, namespace: str | None = None) -> dict[str, Any] | None:
        """Return an object, or None if there is none."""
        place = ["-n", namespace] if namespace else []
        done = self.run("get", kind, name, *place, *AS_JSON, "--ignore-not-found")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def present(self, manifests: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return those objects that exist, in the apiVersions of the manifests."""
        asked = [
            {
                "apiVersion": manifest["apiVersion"],
                "kind": manifest["kind"],
                "metadata": {
                    key: manifest["metadata"][key]
                    for key in ("name", "namespace")
                    if key in manifest["metadata"]
                },
            }
            for manifest in manifests
        ]
        stdin = json.dumps({"apiVersion": "v1", "kind": "List", "items": asked})
        done = self.run("get", "-f", "-", *AS_JSON, "--ignore-not-found", stdin=stdin)
        if not done.stdout.strip():
            return []
        found = json.loads(done.stdout)
        items: list[dict[str, Any]] = found["items"] if found["kind"] == "List" else [found]
        return items

    def all(self, kinds: str, namespace: str, selector: str = "") -> list[dict[str, Any]]:
        """Return the objects of some kinds ("secrets,services") in a namespace."""
        chosen = ["-l", selector] if selector else []
        done = self.run("get", kinds, "-n", namespace, *chosen, "-o", "json")
        items: list[dict[str, Any]] = json.loads(done.stdout)["items"]
        return items


def reference(manifest: Mapping[str, Any]) -> str:
    """Return an object's kind and name as kubectl takes them, for instance service/web."""
    group = manifest["apiVersion"].rpartition("/")[0]
    kind = f"{manifest['kind'].lower()}.{group}" if group else manifest["kind"].lower()
    return f"{kind}/{manifest['metadata']['name']}"
