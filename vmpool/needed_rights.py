"""What somebody must be allowed in a cluster to look at a stack, and to bring it up and down.

The one table: `vmpool check` asks for it, `vmpool ci rbac` and `vmpool operator render` give it.
"""

from __future__ import annotations

from collections.abc import Mapping

from kubevirt_vm_pool.manifests.rbac import RBAC

# What a preview and a look for drift do with an object.
LOOK = ("get", "list", "watch")
# A new object has no name that a rule could have.
MAKE = ("create",)
# Of what goes the provider watches that it goes.
CHANGE = ("patch", "update", "delete")
UP = (*LOOK, *MAKE, *CHANGE)
# Without these no up can be done.
NEEDED_BY_UP = frozenset({"get", "create", "patch"})
SECRETS = ("", "secrets")
# To read all of them is more than a stack needs.
READ_BY_NAME = frozenset({SECRETS, ("", "namespaces")})

# What waitForReady and `vmpool status` look at to say why VMs are not ready, by API group, and how
# (kubevirt_vm_pool/cluster/wait.py).
DIAGNOSED: Mapping[str, tuple[str, ...]] = {
    "": ("events",),
    "cdi.kubevirt.io": ("datavolumes",),
    "kubevirt.io": ("virtualmachines", "virtualmachineinstances"),
}
DIAGNOSE = ("get", "list")

# Its UID says which cluster this is (kubevirt_vm_pool/cluster/identity.py).
SYSTEM = "kube-system"


def by_up(group: str, plural: str) -> tuple[str, ...]:
    """Return what an up and a down do with objects of a kind."""
    # A preview tries a RoleBinding before its Role is there, whose rules nobody knows then.
    return (*UP, *(("bind",) if (group, plural) == (RBAC, "roles") else ()))


def by_name(group: str, plural: str, verbs: tuple[str, ...]) -> tuple[str, ...]:
    """Return those verbs on a kind that a stack needs for its own objects only."""
    # To see a Secret go the provider watches all of them; if it may not, it waits for ever.
    sees_it_go = (group, plural) == SECRETS and "delete" in verbs
    alone = (group, plural) in READ_BY_NAME and not sees_it_go
    of_all = () if alone else ("list", "watch")
    return tuple(verb for verb in verbs if verb not in (*of_all, *MAKE))


def by_kind(group: str, plural: str, verbs: tuple[str, ...]) -> tuple[str, ...]:
    """Return those verbs on a kind that cannot be given, or need not be, by an object's name."""
    own = by_name(group, plural, verbs)
    return tuple(verb for verb in verbs if verb not in own)
