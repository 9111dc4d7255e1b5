"""The volume with cloud-init's documents: whether cloud-init runs again on VMs that restart."""

from __future__ import annotations

from ..spec.cloud_init import VOLUMES
from .differences import Paths


def cloud_init_then(paths: Paths, when: str, *, anew: bool) -> str:
    """Return what a sentence about a restart says of cloud-init; "" if the change is none of its.

    when: "then" or "on them". cloud-init runs once per instance-id. That of noCloud is the VM's
    firmware UUID, which stays; that of a config drive is <name>.<namespace> (KubeVirt 1.9,
    cloud-init.go:113-117, 402-407), so that one in place of the other is a new instance.
    anew: whether what cloud-init remembers goes with the restart.
    """
    touched = {step for path in paths for step in path} & {*VOLUMES.values()}
    if touched and anew:
        return f"; cloud-init runs anew {when}"
    if len(touched) == 2:
        return f"; cloud-init runs again {when}, as for a new VM: the other source has another id"
    return f"; cloud-init does not run again {when}" if touched else ""
