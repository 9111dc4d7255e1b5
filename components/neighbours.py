"""Pools of one program: none may reach for another's VMs, disks or Secrets."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import get_root_resource

from .specification import Specification

# By program: what is taken, and the pool that took it.
_taken: WeakKeyDictionary[pulumi.Resource, dict[tuple[str, str, str], str]] = WeakKeyDictionary()


def demand_apart(component: str, spec: Specification) -> None:
    """Raise pulumi.RunError if another pool of the program has the same selector or Secret.

    component: logical name of the pool's component, for the message.
    """
    root = get_root_resource()
    if root is None:
        return
    taken = _taken.setdefault(root, {})
    for key, what in (
        (("name", spec.namespace, spec.name), "both would select the same VMs and disks"),
        (("secretName", spec.namespace, spec.secret_name), "both would write the same Secret"),
    ):
        other = taken.get(key)
        taken.setdefault(key, component)
        if other is not None:
            place = "cloudInit.secretName" if key[0] == "secretName" else "name"
            raise pulumi.RunError(
                f"{place}: {key[2]} of {component} is that of {other} too, in namespace "
                f"{spec.namespace}; {what}: give each pool its own"
            )
