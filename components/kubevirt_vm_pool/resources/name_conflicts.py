"""Pools of one program: none may reach for another's VMs, disks or Secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pulumi

from ..spec.pool import PoolSpec
from .per_program import PerProgram

# The kind, namespace and name of what is taken, and the pool that took it.
_taken: PerProgram[dict[tuple[str, str, str], str]] = PerProgram(dict)

HARM = {
    "VirtualMachinePool": "both would select the same VMs and disks",
    "Secret": "both would write the same Secret",
    "ConfigMap": "both would write the same ConfigMap",
    "Service": "both would write the same Service",
}


def require_apart(component: str, spec: PoolSpec) -> None:
    """Raise pulumi.RunError if another pool of the program has the same selector or objects.

    component: logical name of the pool's component, for the message.
    """
    taken = _taken.get()
    for key, kind, name in _names(spec):
        other = taken.setdefault((kind, spec.namespace, name), component)
        if other != component:
            raise pulumi.RunError(
                f"{key}: {name} of {component} is that of {other} too, in namespace "
                f"{spec.namespace}; {HARM[kind]}: give each pool its own"
            )


def pools() -> Callable[[], set[tuple[str, str]]]:
    """Return what tells the namespaces and names of all pools that this program has made so far."""
    taken = _taken.get()
    return lambda: {
        (namespace, name) for kind, namespace, name in taken if kind == "VirtualMachinePool"
    }


def _names(spec: PoolSpec) -> Iterator[tuple[str, str, str]]:
    """Yield configuration key, kind and name of what no other pool may have."""
    yield "name", "VirtualMachinePool", spec.name
    if spec.makes_cloud_init:
        yield "cloudInit.secretName", "Secret", spec.secret_name
    for one in spec.all_services:
        yield "name" if one.key == "service" else one.key, "Service", one.name
    own = spec.per_replica
    # With an index behind the name; what somebody else makes, two pools may mount.
    for member, kind, made in (
        ("secrets", "Secret", own.secrets),
        ("configMaps", "ConfigMap", own.config_maps),
    ):
        for name, texts in made.items():
            if texts:
                yield f"perReplica.{member}.{name}", kind, name
