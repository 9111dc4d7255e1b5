"""What a stack says in KubeVirt's own words, merged over what the other keys make.

Lists are merged by the names of their elements (manifests/merge.py), so that a further volume or
disk stands behind those of the pool.
"""

from __future__ import annotations

import json
from typing import Any

from ..spec.kubevirt_keys import DEVICES, DOMAIN, GUEST, KEYS, VM
from ..spec.pool import PoolSpec
from ..spec.vm_settings import HOOK_SIDECARS, SERVICE_ACCOUNT_VOLUME
from ..text.paths import Path
from .metadata import Object, to_manifest

AUTOHEALING = ("autohealing",)


def with_kubevirt_keys(spec: PoolSpec, made: Object) -> Object:
    """Return what each VM is made from (virtualMachineTemplate.spec) with all that was said."""
    said = _of_vm(spec)
    if not said:
        return made
    # Reading KubeVirt's fields takes some milliseconds, and most stacks do without.
    from .merge import merged

    return merged(made, _tree(said, VM))


def with_pool_keys(spec: PoolSpec, made: Object) -> Object:
    """Return the spec of a VirtualMachinePool with what was said of the pool itself."""
    said = {path: value for path, value in _in_kubevirts_words(spec).items() if path[0] != VM[0]}
    if spec.autohealing:
        # Not to be seen in the object: it is this program that asks for it.
        said[AUTOHEALING] = spec.autohealing.model_dump(
            by_alias=True, exclude_none=True, exclude={"alone_in_namespace"}
        )
    if not said:
        return made
    from ..kubevirt.fields import POOL
    from .merge import merged

    return merged(made, _tree(said, ()), POOL)


def hook_annotations(spec: PoolSpec) -> dict[str, str]:
    """Return the annotation that asks KubeVirt for sidecars, if there are any."""
    if not spec.hook_sidecars:
        return {}
    return {HOOK_SIDECARS: json.dumps([to_manifest(one) for one in spec.hook_sidecars])}


def _in_kubevirts_words(spec: PoolSpec) -> dict[Path, Any]:
    said: dict[Path, Any] = {
        KEYS[key].place: value for key, value in spec.in_kubevirts_words.items()
    }
    memory = spec.memory
    if isinstance(memory, dict):
        said[(*DOMAIN, "memory")] = memory
    elif "memory" in spec.requests and not spec.instancetype:
        # What the pod requests is another thing then.
        said[(*DOMAIN, "memory", "guest")] = memory
    return said


def _of_vm(spec: PoolSpec) -> dict[Path, Any]:
    """Return what was said of the VMs, by its place in the pool's spec."""
    said = {path: value for path, value in _in_kubevirts_words(spec).items() if path[0] == VM[0]}
    disks: list[Object] = [
        # A volume is a disk or a file system of the guest.
        {"name": one["name"], "$patch": "delete"}
        for one in spec.filesystems
    ]
    if spec.run_strategy:
        said[(*VM, "runStrategy")] = spec.run_strategy
    if spec.rng:
        said[(*DEVICES, "rng")] = {}
    if spec.service_account_name:
        account = {"serviceAccountName": spec.service_account_name}
        said[(*GUEST, "volumes")] = [{"name": SERVICE_ACCOUNT_VOLUME, "serviceAccount": account}]
        if SERVICE_ACCOUNT_VOLUME not in {one["name"] for one in spec.filesystems}:
            # A preference's bus applies only where none is said.
            disk = {} if spec.preference else {"bus": "virtio"}
            disks.append({"name": SERVICE_ACCOUNT_VOLUME, "disk": disk})
    if disks:
        said[(*DEVICES, "disks")] = disks
    return said


def _tree(said: dict[Path, Any], top: Path) -> Object:
    """Return values by their places as one object. top: what all places begin with."""
    tree: Object = {}
    for path, value in said.items():
        *above, last = map(str, path[len(top) :])
        here = tree
        for step in above:
            here = here.setdefault(step, {})
        here[last] = value
    return tree
