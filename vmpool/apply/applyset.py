"""A stack's ApplySet: which objects kubectl has brought up for it (Kubernetes, KEP 3659)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kubevirt_vm_pool.cluster.kubectl import Kubectl, reference

FIELD_MANAGER = "kubevirt-vm-pool"
# The label of an ApplySet's members.
MEMBER = "applyset.kubernetes.io/part-of"
KINDS = "applyset.kubernetes.io/contains-group-kinds"


@dataclass(frozen=True)
class ApplySet:
    """A stack's ApplySet in one namespace.

    exists: whether anything was brought up by it. members: the objects that belong to it.
    """

    stack: str
    namespace: str
    exists: bool = False
    members: tuple[Mapping[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """The name of the Secret that stands for it."""
        return f"{FIELD_MANAGER}-{self.stack}".lower().replace("_", "-")

    @property
    def id(self) -> str:
        """What its members' label says, by the rule of KEP 3659."""
        digest = hashlib.sha256(f"{self.name}.{self.namespace}.Secret.".encode()).digest()
        return f"applyset-{base64.urlsafe_b64encode(digest).decode().rstrip('=')}-v1"

    def holds(self, live: Mapping[str, Any]) -> bool:
        """Tell whether an object in the cluster is a member."""
        return bool(live["metadata"].get("labels", {}).get(MEMBER) == self.id)

    def leaving(self, wanted: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Return the members that are not among the wanted objects."""
        asked = {reference(manifest) for manifest in wanted}
        return [member for member in self.members if reference(member) not in asked]


def read(kubectl: Kubectl, stack: str, namespace: str) -> ApplySet:
    """Return a stack's ApplySet as the cluster has it."""
    empty = ApplySet(stack, namespace)
    parent = kubectl.get("secret", empty.name, namespace)
    if parent is None:
        return empty
    kinds = parent["metadata"].get("annotations", {}).get(KINDS, "")
    members = kubectl.all(kinds, namespace, f"{MEMBER}={empty.id}") if kinds else []
    return replace(empty, exists=True, members=tuple(members))
