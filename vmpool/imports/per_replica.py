"""Secrets and ConfigMaps whose names carry a VM's index: perReplica, with values of each."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from kubevirt_vm_pool.guest.per_replica import indexed
from kubevirt_vm_pool.manifests.roles import ReplicaRole, role_of_replica
from kubevirt_vm_pool.text.paths import at

from .beside import Beside, encoded
from .manifests import Object
from .volumes import CLOUD_INIT, guest_of

APPENDED = {"Secret": "appendIndexToSecretRefs", "ConfigMap": "appendIndexToConfigMapRefs"}
DOCUMENTS = {"userData": "userdata", "networkData": "networkdata"}
# What a member of perReplica and of its values is called, by kind.
MEMBERS = {"Secret": "secrets", "ConfigMap": "configMaps"}


def of_replicas(pool: Object, others: Iterable[Object]) -> tuple[dict[str, Object], list[Object]]:
    """Return the objects of single replicas by role, and the rest.

    Only a pool that has KubeVirt append indices has such; of each name they begin at index 0.
    """
    rest = list(others)
    by_name = {(one["kind"], str(one["metadata"].get("name"))): one for one in rest}
    mine: dict[str, Object] = {}
    for kind, what, name in indexed_names(pool):
        index = 0
        while one := by_name.get((kind, indexed(name, index))):
            role = role_of_replica(what, index, "" if what == ReplicaRole.CLOUD_INIT else name)
            mine[role] = _as_made(pool, one)
            rest = [other for other in rest if other is not one]
            index += 1
    return mine, rest


def add_replicas(found: Beside, pool: Object, mine: dict[str, Object]) -> None:
    """Add perReplica, and the objects of single replicas that it makes."""
    said: Object = {}
    values: list[Object] = []
    for kind, what, name in indexed_names(pool):
        role_name = "" if what == ReplicaRole.CLOUD_INIT else name
        texts: list[Object] = []
        while one := mine.get(role_of_replica(what, len(texts), role_name)):
            texts.append(_texts(one))
        if what == ReplicaRole.CLOUD_INIT:
            said |= {
                key: f"{{{{ values.{key} }}}}"
                for key, member in DOCUMENTS.items()
                if texts and all(member in one for one in texts)
            }
            texts = [
                {key: one[member] for key, member in DOCUMENTS.items() if member in one}
                for one in texts
            ]
        else:
            keys = texts[0] if texts else {}
            said.setdefault(MEMBERS[kind], {})[name] = {
                key: f"{{{{ values.{MEMBERS[kind]}['{name}']['{key}'] }}}}" for key in keys
            }
            texts = [{MEMBERS[kind]: {name: one}} for one in texts]
        for index, one in enumerate(texts):
            values += [{}] * (index + 1 - len(values))
            values[index] = _joined(values[index], one)
    if not said:
        return
    most = max(pool["spec"].get("replicas") or 0, at(found.keys, "autoscaling", "maxReplicas") or 0)
    if values:
        said |= {"values": values, "spare": max(0, len(values) - most)}
    found.keys["perReplica"] = said
    found.objects |= mine


def indexed_names(pool: Object) -> list[tuple[str, ReplicaRole, str]]:
    """Return the objects to whose names KubeVirt appends an index: kind, what it is, name."""
    generation = pool["spec"].get("nameGeneration") or {}
    found: list[tuple[str, ReplicaRole, str]] = []
    for volume in guest_of(pool["spec"]["virtualMachineTemplate"]["spec"]).get("volumes") or ():
        for kind in CLOUD_INIT & volume.keys():
            name = at(volume[kind], "secretRef", "name")
            found.append(("Secret", ReplicaRole.CLOUD_INIT, name))
        found.append(("Secret", ReplicaRole.SECRET, at(volume, "secret", "secretName")))
        found.append(("ConfigMap", ReplicaRole.CONFIG_MAP, at(volume, "configMap", "name")))
    return [one for one in found if one[2] and generation.get(APPENDED[one[0]])]


def _as_made(pool: Object, one: Object) -> Object:
    """Return an object as the stack makes it of the same data."""
    metadata = {**one["metadata"], "namespace": pool["metadata"]["namespace"]}
    made = {"apiVersion": "v1", "kind": one["kind"], "metadata": metadata}
    if one["kind"] == "Secret":
        return {**made, "type": one.get("type", "Opaque"), "data": encoded(one)}
    return {**made, "data": one.get("data") or {}}


def _texts(one: Object) -> dict[str, str]:
    """Return the data of an object; what is no text is left to be told as a difference."""
    if one["kind"] == "ConfigMap":
        return dict(one["data"])
    return {
        key: base64.b64decode(text).decode(errors="replace") for key, text in one["data"].items()
    }


def _joined(one: Object, other: Object) -> Object:
    """Return values of the same replica, members of members too."""
    result: dict[str, Any] = {**one}
    for key, value in other.items():
        old = result.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        result[key] = {**old, **value} if both and old is not None else value
    return result
