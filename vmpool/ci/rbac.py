"""What the identities of a pipeline may do in a cluster, no more than the objects of a stack need.

Who may only read, as previews and the look for drift do, may not try a change by dry run either:
RBAC knows no difference between a dry run and the real thing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.manifests.rbac import RBAC
from kubevirt_vm_pool.spec.pool import PoolSpec

from ..needed_rights import DIAGNOSE, DIAGNOSED, LOOK, MAKE, SYSTEM, UP, by_kind, by_name, by_up

Identity = Literal["preview", "up"]


def roles(spec: PoolSpec, identity: Identity, user: str) -> list[Object]:
    """Return Roles, ClusterRoles and their bindings for one stack and one user."""
    made = list(objects(spec).values())
    name = f"vmpool-{identity}-{spec.name}"
    found = []
    for namespace in sorted({_place(one) for one in made if _place(one)}):
        rules = _rules([one for one in made if _place(one) == namespace], identity)
        if namespace == spec.namespace and spec.wait_for_ready:
            rules += [_rule(group, kinds, DIAGNOSE) for group, kinds in DIAGNOSED.items()]
        found += _bound("Role", name, namespace, rules, user)
    names = [SYSTEM, spec.namespace]
    everywhere = [_rule("", ["namespaces"], ("get",), names)]
    if spec.create_namespace and identity == "up":
        everywhere += [
            _rule("", ["namespaces"], by_name("", "namespaces", UP), [spec.namespace]),
            _rule("", ["namespaces"], MAKE),
        ]
    return [*found, *_bound("ClusterRole", f"{name}-{spec.namespace}", None, everywhere, user)]


def _rules(made: Iterable[Object], identity: Identity) -> list[Object]:
    named: dict[tuple[str, str], list[str]] = {}
    allowed: list[Object] = []
    for one in made:
        named.setdefault(_kind(one), []).append(one["metadata"]["name"])
        # Whoever makes a Role must have what it allows.
        allowed += one["rules"] if one["kind"] == "Role" and identity == "up" else []
    rules = []
    for (group, kind), names in named.items():
        verbs = LOOK if identity == "preview" else by_up(group, kind)
        rules.append(_rule(group, [kind], by_name(group, kind, verbs), sorted(names)))
        if on_all := by_kind(group, kind, verbs):
            rules.append(_rule(group, [kind], on_all))
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
