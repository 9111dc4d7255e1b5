"""The least that a workspace must be allowed to bring a stack up, by namespace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.manifests.rbac import RBAC

from ..needed_rights import CHANGE, DIAGNOSED, LOOK, MAKE, UP

# What a pool may consist of, so that a change of its stack needs no other Role.
OF_POOLS = (
    ("pool.kubevirt.io", ("virtualmachinepools",)),
    ("", ("configmaps", "services")),
    ("autoscaling", ("horizontalpodautoscalers",)),
    ("networking.k8s.io", ("networkpolicies",)),
    ("policy", ("poddisruptionbudgets",)),
)
ROLES = ("rolebindings", "roles")


@dataclass(frozen=True)
class Rights:
    """The rules of a Role in a namespace."""

    namespace: str
    rules: tuple[Object, ...]


def rights(namespace: str, manifests: Iterable[Object]) -> Iterator[Rights]:
    """Yield what a workspace needs in the pool's namespace, and in that of its golden images.

    manifests: the stack's objects. Where there is a Role among them its rules are added: Kubernetes
    lets nobody give more than they may themselves. Secrets are changed by their names: there may
    be others beside them.
    """
    given: dict[str, list[Object]] = {}
    secrets = []
    for one in manifests:
        if one["kind"] == "Secret":
            secrets.append(one["metadata"]["name"])
        if one["kind"] == "Role":
            # The RoleBinding has the same name.
            named = {**_rule(RBAC, ROLES, CHANGE), "resourceNames": [one["metadata"]["name"]]}
            given.setdefault(one["metadata"]["namespace"], []).extend([named, *one["rules"]])
    own = (
        *(_rule(group, resources, UP) for group, resources in OF_POOLS),
        *(_rule(group, resources, LOOK) for group, resources in DIAGNOSED.items()),
        *(_of_secrets(secrets) if secrets else ()),
    )
    for place in dict.fromkeys((namespace, *given)):
        further = given.get(place, [])
        # What is made, or watched while it goes, cannot be told by its name.
        of_roles = (_rule(RBAC, ROLES, (*LOOK, *MAKE)), *further) if further else ()
        yield Rights(place, (*(own if place == namespace else ()), *of_roles))


def _of_secrets(names: Iterable[str]) -> Iterator[Object]:
    # What is made, or watched while it goes, cannot be told by its name.
    yield _rule("", ("secrets",), (*MAKE, *LOOK))
    yield {**_rule("", ("secrets",), CHANGE), "resourceNames": sorted(names)}


def _rule(group: str, resources: Iterable[str], verbs: Iterable[str]) -> Object:
    return {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}
