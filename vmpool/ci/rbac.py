"""What the identities of a pipeline may do in a cluster, no more than the objects of a stack need.

Who may only read, as previews and the look for drift do, may not try a change by dry run either:
RBAC knows no difference between a dry run and the real thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.manifests.rbac import RBAC
from kubevirt_vm_pool.spec.pool import PoolSpec

Identity = Literal["preview", "up"]

READ_ALL = ("list", "watch")
READ_ONE = ("get",)
WRITE_ONE = ("patch", "update", "delete")
# What waitForReady looks at to say why VMs are not ready (cluster/wait.py).
DIAGNOSED: Mapping[str, tuple[str, ...]] = {
    "": ("events",),
    "cdi.kubevirt.io": ("datavolumes",),
    "kubevirt.io": ("virtualmachines", "virtualmachineinstances"),
}
# Its UID says which cluster this is (cluster/identity.py).
SYSTEM = "kube-system"


def roles(spec: PoolSpec, identity: Identity, user: str) -> list[Object]:
    """Return Roles, ClusterRoles and their bindings for one stack and one user."""
    made = list(objects(spec).values())
    name = f"vmpool-{identity}-{spec.name}"
    found = []
    for namespace in sorted({_place(one) for one in made if _place(one)}):
        rules = _rules([one for one in made if _place(one) == namespace], identity)
        if namespace == spec.namespace and spec.wait_for_ready:
            rules += [_rule(group, kinds, ("get", "list")) for group, kinds in DIAGNOSED.items()]
        found += _bound("Role", name, namespace, rules, user)
    names = [SYSTEM, spec.namespace]
    everywhere = [_rule("", ["namespaces"], READ_ONE, names)]
    if spec.create_namespace and identity == "up":
        everywhere += [
            _rule("", ["namespaces"], WRITE_ONE, [spec.namespace]),
            _rule("", ["namespaces"], ("create",)),
        ]
    return [*found, *_bound("ClusterRole", f"{name}-{spec.namespace}", None, everywhere, user)]


def _rules(made: Iterable[Object], identity: Identity) -> list[Object]:
    by_kind: dict[tuple[str, str], list[str]] = {}
    allowed: list[Object] = []
    for one in made:
        by_kind.setdefault(_kind(one), []).append(one["metadata"]["name"])
        # Whoever makes a Role must have what it allows.
        allowed += one["rules"] if one["kind"] == "Role" and identity == "up" else []
    rules = []
    for (group, kind), names in by_kind.items():
        on_each: tuple[str, ...] = READ_ONE if identity == "preview" else (*READ_ONE, *WRITE_ONE)
        # To read all Secrets of a namespace is more than a stack needs.
        if kind != "secrets":
            rules.append(_rule(group, [kind], READ_ALL))
        if kind == "roles" and identity == "up":
            # A preview tries a RoleBinding before its Role is there, whose rules nobody knows then.
            on_each = (*on_each, "bind")
        rules.append(_rule(group, [kind], on_each, sorted(names)))
        if identity == "up":
            # A new object has no name that a rule could ask for.
            rules.append(_rule(group, [kind], ("create",)))
    return [*rules, *allowed]


def _rule(
    group: str, kinds: Iterable[str], verbs: Iterable[str], names: Iterable[str] = ()
) -> Object:
    rule: dict[str, Any] = {"apiGroups": [group], "resources": [*kinds], "verbs": [*verbs]}
    return {**rule, "resourceNames": [*names]} if names else rule


def _bound(
    kind: str, name: str, namespace: str | None, rules: list[Object], user: str
) -> list[Object]:
    named = {"name": name, **({"namespace": namespace} if namespace else {})}
    version = f"{RBAC}/v1"
    return [
        {"apiVersion": version, "kind": kind, "metadata": named, "rules": rules},
        {
            "apiVersion": version,
            "kind": f"{kind}Binding",
            "metadata": named,
            "roleRef": {"apiGroup": RBAC, "kind": kind, "name": name},
            "subjects": [{"kind": "User", "apiGroup": RBAC, "name": user}],
        },
    ]


def _place(one: Object) -> str:
    """Return the namespace of an object, "" for one that is in none."""
    return str(one["metadata"].get("namespace", ""))


def _kind(one: Object) -> tuple[str, str]:
    """Return the API group of an object, and its kind as RBAC calls it."""
    group = one["apiVersion"].rpartition("/")[0]
    kind: str = one["kind"].lower()
    return group, f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
