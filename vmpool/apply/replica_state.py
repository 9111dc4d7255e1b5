"""What replicas have of their own, on the way without Pulumi: the cluster remembers it.

Generated values are in a Secret of their own. The Secrets and ConfigMaps that a smaller pool may
still need are sent as they are, or the apply would prune them.
"""

from __future__ import annotations

import base64
import re
import secrets
import string
from collections.abc import Mapping
from typing import Any

from kubevirt_vm_pool.cluster.kubectl import reference
from kubevirt_vm_pool.guest.per_replica import Generated, retained_indices
from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.manifests.replica_objects import empty_of_replicas
from kubevirt_vm_pool.manifests.secret import secret
from kubevirt_vm_pool.spec.pool import PoolSpec

from .applyset import ApplySet

KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits)


def manifests(spec: PoolSpec, own: ApplySet) -> dict[str, Object]:
    """Return every object of a pool by its role, with what the cluster remembers of replicas.

    own: the stack's ApplySet in its namespace, as it was before.
    """
    if not spec.per_replica.on:
        return objects(spec)
    live = {reference(member): member for member in own.members}
    indices = _kept(spec, live)
    found: dict[str, Object] = {}
    generated = None
    if spec.per_replica.generate:
        generated = _generated(spec, [*spec.indices, *indices], live)
        texts = {
            f"{name}.{index}": value
            for index, values in generated.items()
            for name, value in values.items()
        }
        found["generated"] = secret(spec, spec.generated_name, texts)
    for role, manifest in empty_of_replicas(spec, indices).items():
        if (member := live.get(reference(manifest))) is not None:
            found[role] = {**manifest, "data": member.get("data", {})}
    # First, as what replicas have is: a VM looks for its own as soon as it is there.
    return {**found, **objects(spec, generated)}


def _kept(spec: PoolSpec, live: Mapping[str, Mapping[str, Any]]) -> range:
    """Return the indices of which a smaller pool keeps the objects."""
    count = len(spec.indices)
    first = empty_of_replicas(spec, spec.indices[:1]).values()
    names = {manifest["metadata"]["name"] for manifest in first}
    known = "|".join(re.escape(name.removesuffix("-0")) for name in names)
    found = (
        re.fullmatch(f"({known})-([0-9]+)", member["metadata"]["name"])
        for member in live.values()
        if member["kind"] in {"ConfigMap", "Secret"}
    )
    before = max((int(match[2]) + 1 for match in found if match), default=count)
    pools = (member for member in live.values() if member["kind"] == "VirtualMachinePool")
    pool = next((one for one in pools if one["metadata"]["name"] == spec.name), None)
    was_empty = pool is None or not (
        pool["spec"].get("replicas", 1) or pool.get("status", {}).get("replicas", 0)
    )
    return retained_indices(spec, before, was_empty=was_empty)


def _generated(
    spec: PoolSpec, indices: list[int], live: Mapping[str, Mapping[str, Any]]
) -> Generated:
    """Return the values that are there, and new ones for what is missing."""
    before = live.get(reference(secret(spec, spec.generated_name, {})), {}).get("data", {})
    wanted = spec.per_replica.generate
    made: dict[int, dict[str, str]] = {}
    for index in indices:
        made[index] = {}
        for name, value in wanted.items():
            old = base64.b64decode(before.get(f"{name}.{index}", "")).decode()
            # As with the engine: another length is another value.
            made[index][name] = old if len(old) == value.length else random_text(value.length)
    return made


def random_text(length: int) -> str:
    """Return letters and digits, at least one lower-case, one upper-case and one digit."""
    while True:
        text = "".join(secrets.choice("".join(KINDS)) for _ in range(length))
        if all(set(text) & set(kind) for kind in KINDS):
            return text
