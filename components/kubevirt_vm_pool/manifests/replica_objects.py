"""The Secrets and ConfigMaps that each replica has of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..guest import cloud_init
from ..guest.per_replica import Generated, Replica, indexed, replicas
from ..spec.pool import PoolSpec
from .metadata import Object, metadata
from .roles import ReplicaRole, role_of_replica
from .secret import encoded, secret


def of_replicas(spec: PoolSpec, generated: Generated | None = None) -> dict[str, Object]:
    """Return the Secrets and ConfigMaps of every replica by role.

    The Secret that all share stays beside them: a VM that exists when they come refers to it until
    the pool's template changes.
    """
    return {
        role: manifest
        for replica in replicas(spec, generated)
        for role, manifest in of_replica(replica).items()
    }


def of_replica(replica: Replica) -> dict[str, Object]:
    """Return the Secrets and ConfigMaps of one replica by role."""
    index, own = replica.index, replica.own
    texts: dict[str, Mapping[str, str | bytes]] = {
        role_of_replica(ReplicaRole.CLOUD_INIT, index): cloud_init.documents(replica.spec)
    }
    for what, named in (
        (ReplicaRole.SECRET, own.secrets),
        (ReplicaRole.CONFIG_MAP, own.config_maps),
    ):
        texts |= {role_of_replica(what, index, name): data for name, data in named.items()}
    found = empty_of_replicas(replica.spec, [index])
    for role, manifest in found.items():
        data = texts[role]
        manifest["data"] = encoded(data) if manifest["kind"] == "Secret" else dict(data)
    return found


def empty_of_replicas(spec: PoolSpec, indices: Iterable[int]) -> dict[str, Object]:
    """Return the Secrets and ConfigMaps of some replicas by role, with no data in them."""
    found: dict[str, Object] = {}
    own = spec.per_replica
    for index in indices:
        if spec.appends_to_secrets and spec.makes_cloud_init:
            role = role_of_replica(ReplicaRole.CLOUD_INIT, index)
            found[role] = secret(spec, indexed(spec.secret_name, index), {})
        # Without texts somebody else makes them.
        for name in filter(own.secrets.get, own.secrets):
            found[role_of_replica(ReplicaRole.SECRET, index, name)] = secret(
                spec, indexed(name, index), {}
            )
        for name in filter(own.config_maps.get, own.config_maps):
            found[role_of_replica(ReplicaRole.CONFIG_MAP, index, name)] = {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": metadata(spec, indexed(name, index), spec.namespace),
                "data": {},
            }
    return found
