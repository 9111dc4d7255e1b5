"""The least that a workspace must be allowed to bring a stack up, by namespace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.manifests.rbac import RBAC

CHANGE = ("create", "delete", "get", "list", "patch", "update", "watch")
OF_ONE = ("delete", "patch", "update")
LOOK = ("get", "list", "watch")
# What a pool may consist of, so that a change of its stack needs no other Role.
OF_POOLS = (
    ("pool.kubevirt.io", ("virtualmachinepools",)),
    ("", ("configmaps", "services")),
    ("autoscaling", ("horizontalpodautoscalers",)),
    ("networking.k8s.io", ("networkpolicies",)),
    ("policy", ("poddisruptionbudgets",)),
)
# Looked at while a stack waits for its VMs, and by the engine for a Service.
LOOKED_AT = (
    ("kubevirt.io", ("virtualmachineinstances", "virtualmachines")),
    ("cdi.kubevirt.io", ("datavolumes",)),
    ("", ("endpoints", "events", "persistentvolumeclaims", "pods")),
    ("discovery.k8s.io", ("endpointslices",)),
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
            named = {**_rule(RBAC, ROLES, OF_ONE), "resourceNames": [one["metadata"]["name"]]}
            given.setdefault(one["metadata"]["namespace"], []).extend([named, *one["rules"]])
    own = (
        *(_rule(group, resources, CHANGE) for group, resources in OF_POOLS),
        *(_rule(group, resources, LOOK) for group, resources in LOOKED_AT),
        *(_of_secrets(secrets) if secrets else ()),
    )
    for place in dict.fromkeys((namespace, *given)):
        further = given.get(place, [])
        # What is made, or watched while it goes, cannot be told by its name.
        of_roles = (_rule(RBAC, ROLES, ("create", *LOOK)), *further) if further else ()
        yield Rights(place, (*(own if place == namespace else ()), *of_roles))


def _of_secrets(names: Iterable[str]) -> Iterator[Object]:
    # What is made, or watched while it goes, cannot be told by its name.
    yield _rule("", ("secrets",), ("create", *LOOK))
    yield {**_rule("", ("secrets",), OF_ONE), "resourceNames": sorted(names)}


def _rule(group: str, resources: Iterable[str], verbs: Iterable[str]) -> Object:
    return {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}
