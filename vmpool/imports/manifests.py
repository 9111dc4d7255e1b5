"""The manifests of one VM or pool, with what belongs to it, read from YAML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from kubevirt_vm_pool.text.yaml_documents import MISREADINGS, BoundedLoader, reason

from ..console import UserError
from .difference import without_nulls

WORKLOADS = ("VirtualMachinePool", "VirtualMachine")
# What only an API server writes, and what kubectl and KubeVirt note for themselves.
OF_THE_SERVER = frozenset(
    {"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"}
    | {"deletionTimestamp", "deletionGracePeriodSeconds"}
)
NOTED = re.compile(
    r"kubectl\.kubernetes\.io/last-applied-configuration|kubevirt\.io/(latest|storage)-observed-.*|"
    r"kubemacpool\.io/.*|pulumi\.com/.*|deployment\.kubernetes\.io/revision"
)

Object = dict[str, Any]


@dataclass(frozen=True)
class Note:
    """What the stack's objects have otherwise than the manifests.

    where: object and place. text: what is there instead, and what to do about it. lost: whether the
    stack file cannot say it. Neither holds a secret.
    """

    where: str
    text: str
    lost: bool = False

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


@dataclass(frozen=True)
class Manifests:
    """workload: the VirtualMachine or VirtualMachinePool. others: what stands beside it."""

    workload: Object = field(repr=False)
    others: tuple[Object, ...] = field(default=(), repr=False)

    def of_kind(self, kind: str) -> list[Object]:
        """Return the other objects of a kind."""
        return [one for one in self.others if one["kind"] == kind]


class _Loader(BoundedLoader):
    yaml_implicit_resolvers = {
        sign: [(tag, shape) for tag, shape in known if not tag.endswith((":timestamp", ":value"))]
        for sign, known in BoundedLoader.yaml_implicit_resolvers.items()
    }


def objects_in(text: str, name: str) -> list[Object]:
    """Return the objects in a file's documents, those of a List one by one, as kubectl reads them.

    name: of the file. Raises UserError, which quotes nothing: any value may be a secret.
    """
    try:
        documents = list(yaml.load_all(text, Loader=_Loader))
    except (yaml.YAMLError, *MISREADINGS) as error:
        raise UserError(f"{name} cannot be read: {reason(error, text)}") from None
    found: list[Object] = []
    for number, document in enumerate(documents, start=1):
        if document is None:
            continue
        items = document.get("items") if isinstance(document, dict) else None
        is_list = isinstance(items, list) and str(document.get("kind", "")).endswith("List")
        for one in items if is_list and items is not None else [document]:
            metadata = one.get("metadata") if isinstance(one, dict) else None
            if not isinstance(metadata, dict) or not one.get("kind"):
                raise UserError(
                    f"document {number} of {name} is no Kubernetes object: it needs kind and "
                    "metadata"
                )
            found.append(cleaned(one))
    return found


def cleaned(manifest: Mapping[str, Any]) -> Object:
    """Return an object without what others than its author write into it."""
    kept: Object = without_nulls({key: value for key, value in manifest.items() if key != "status"})
    metadata = {key: one for key, one in kept["metadata"].items() if key not in OF_THE_SERVER}
    annotations = {
        key: one
        for key, one in (metadata.pop("annotations", None) or {}).items()
        if not NOTED.fullmatch(str(key))
    }
    return {**kept, "metadata": metadata | ({"annotations": annotations} if annotations else {})}


def chosen(found: Iterable[Object], name: str | None = None) -> Manifests:
    """Return the VM or pool among objects, and what stands beside it.

    name: of the VM or pool, if there are several. Raises UserError if there is not exactly one.
    """
    everything = list(found)
    workloads = [one for one in everything if one["kind"] in WORKLOADS]
    names = ", ".join(f"{one['kind']} {one['metadata'].get('name')}" for one in workloads)
    mine = [one for one in workloads if name in (None, one["metadata"].get("name"))]
    if not mine:
        rest = f" (there is {names})" if workloads else ""
        raise UserError(
            f"there is no {' or '.join(WORKLOADS)}{f' of the name {name}' if name else ''}{rest}: "
            "give the file that has it"
        )
    if len(mine) > 1:
        raise UserError(f"a stack is one pool, and there are {names}: say which one by --name")
    if not isinstance(mine[0].get("spec"), dict):
        raise UserError(f"{names} has no spec")
    return Manifests(mine[0], tuple(one for one in everything if one not in workloads))


def told(manifest: Mapping[str, Any]) -> str:
    """Return an object's kind and name, as notes begin."""
    return f"{manifest['kind']} {manifest['metadata'].get('name')}"
