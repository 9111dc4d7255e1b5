"""What an object is to its pool: a Role or, of one replica's own, a text such as "cloud-init-3"."""

from __future__ import annotations

import re
from enum import StrEnum


class Role(StrEnum):
    """The role of an object that a pool has once.

    Logical names of resources, and the documents of `vmpool diff`, hold these texts.
    """

    NAMESPACE = "namespace"
    CLOUD_INIT = "cloud-init"
    CLONE_ROLE = "clone-role"
    CLONE_ROLE_BINDING = "clone-role-binding"
    NETWORK_POLICY = "network-policy"
    POOL = "pool"
    SERVICE = "service"
    AUTOSCALER = "autoscaler"
    DISRUPTION_BUDGET = "disruption-budget"
    SCALE_ROLE = "scale-role"
    SCALE_ROLE_BINDING = "scale-role-binding"


class ReplicaRole(StrEnum):
    """What the role of one replica's own object begins with."""

    CLOUD_INIT = "cloud-init"
    SECRET = "secret"
    CONFIG_MAP = "config-map"


# The same object of other replicas has the same beginning.
OF_REPLICA = re.compile(rf"(?P<of>(?P<what>{'|'.join(ReplicaRole)})(-.+)?)-(?P<index>[0-9]+)")


def role_of_replica(what: ReplicaRole, index: int, name: str = "") -> str:
    """Return the role of one replica's own object. name: as volumes know it, if they do."""
    return "-".join(filter(None, (what, name, str(index))))


def is_replica_object(role: str) -> bool:
    """Tell whether the object of a role is one replica's own."""
    return OF_REPLICA.fullmatch(role) is not None
