"""A stack's ApplySet: which objects kubectl has brought up for it (Kubernetes, KEP 3659)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .kubectl import Kubectl, reference

FIELD_MANAGER = "kubevirt-vm-pool"
# The label of an ApplySet's members, and of the Secret that stands for it.
MEMBER = "applyset.kubernetes.io/part-of"
PARENT = "applyset.kubernetes.io/id"
KINDS = "applyset.kubernetes.io/contains-group-kinds"


@dataclass(frozen=True)
class ApplySet:
    """A stack's ApplySet in one namespace.

    id: None where there is none yet. members: the objects that belong to it.
    """

    stack: str
    namespace: str
    id: str | None
    members: tuple[Mapping[str, Any], ...]

    @property
    def name(self) -> str:
        """The name of the Secret that stands for it."""
        return f"{FIELD_MANAGER}-{self.stack}".lower().replace("_", "-")

    def leaving(self, wanted: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Return the members that are not among the wanted objects."""
        asked = {reference(manifest) for manifest in wanted}
        return [member for member in self.members if reference(member) not in asked]


def read(kubectl: Kubectl, stack: str, namespace: str) -> ApplySet:
    """Return a stack's ApplySet as the cluster has it."""
    none = ApplySet(stack, namespace, None, ())
    parent = kubectl.get("secret", none.name, namespace)
    if parent is None:
        return none
    metadata = parent["metadata"]
    own_id = metadata["labels"][PARENT]
    kinds = metadata.get("annotations", {}).get(KINDS, "")
    members = kubectl.all(kinds, namespace, f"{MEMBER}={own_id}") if kinds else []
    return ApplySet(stack, namespace, own_id, tuple(members))
