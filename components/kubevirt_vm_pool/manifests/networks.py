"""The networks of a VM, and its interfaces there: two lists of KubeVirt's, joined by name."""

from __future__ import annotations

from ..spec.network import DEFAULT_NETWORK, Network
from ..spec.pool import PoolSpec
from .metadata import Object, to_manifest

# What an entry says of the network; everything else is said of the interface.
SOURCES = ("pod", "multus")


def networks(spec: PoolSpec) -> list[Object] | None:
    """Return the networks of each VM; None where it has none."""
    if spec.networks is None:
        # Both are spelt out: KubeVirt refuses a probe on a network that it must assume.
        return [{"name": DEFAULT_NETWORK, "pod": {}}]
    return [_part(network, *SOURCES) for network in spec.networks] or None


def interfaces(spec: PoolSpec) -> Object:
    """Return what the devices of each VM say of its networks."""
    if spec.networks is None:
        found: Object = {"interfaces": [{"name": DEFAULT_NETWORK, "masquerade": {}}]}
    elif spec.networks:
        found = {"interfaces": [_interface(network) for network in spec.networks]}
    else:
        # Without a network KubeVirt would attach the pod's.
        found = {"autoattachPodInterface": False}
    return found


def _interface(network: Network) -> Object:
    fields = type(network).model_fields
    of_interface = [str(one.alias) for one in fields.values() if one.alias not in SOURCES]
    return _part(network, *of_interface)


def _part(network: Network, *keys: str) -> Object:
    said = to_manifest(network)
    return {key: said[key] for key in ("name", *keys) if key in said}
