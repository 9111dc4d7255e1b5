"""By which of their members the elements of a list are told apart.

What KubeVirt declares (x-kubernetes-list-map-keys) holds. Where it declares nothing, a list of
KubeVirt's own objects that must have a name goes by it: disks, volumes, interfaces, networks,
filesystems, gpus, hostDevices, inputs, cpu.features. Other lists are replaced as a whole, as
Kubernetes does with tolerations, access modes or the headers of a probe.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .fields import Fields, fields

# Kubernetes' directive in an object of a merge patch; as an element, it replaces the list.
PATCH = "$patch"
REPLACED = {PATCH: "replace"}
# A member, or a member of a member.
Key = tuple[str, ...]
# Lists whose elements have no name; ports go by what Kubernetes tells those of a Service apart by.
OTHERS: Mapping[tuple[str, str], tuple[Key, ...]] = {
    ("v1.Interface", "ports"): (("port",), ("protocol",)),
    ("v1.VirtualMachineSpec", "dataVolumeTemplates"): (("metadata", "name"),),
}
# What a member of a key is where it is left out.
DEFAULTS: Mapping[Key, str] = {("protocol",): "TCP"}


def list_keys(type_name: str, member: str, known: Fields | None = None) -> tuple[Key, ...]:
    """Return the keys of a list, a member of a type; () if it is replaced as a whole."""
    types = (known or fields()).types
    field = types[type_name][member]
    if not field.is_list:
        return ()
    if field.keys:
        return tuple((key,) for key in field.keys)
    if (type_name, member) in OTHERS:
        return OTHERS[type_name, member]
    name = types.get(field.of, {}).get("name")
    return (("name",),) if field.of.startswith("v1.") and name and name.required else ()


def key_of(element: object, keys: tuple[Key, ...]) -> tuple[Any, ...] | None:
    """Return what an element is told apart by; None if it lacks a part of that."""
    values = []
    for key in keys:
        value = element
        for step in key:
            value = value.get(step) if isinstance(value, dict) else None
        value = DEFAULTS.get(key) if value is None else value
        if value is None or isinstance(value, dict | list):
            return None
        values.append(value)
    return tuple(values)
