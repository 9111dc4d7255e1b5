"""What each replica has of its own: the templates of `perReplica`, filled in for every index.

KubeVirt appends a VM's index to the names of its Secrets and ConfigMaps (nameGeneration). The
indices that have some are PoolSpec.indices; those of a pool that grew smaller keep theirs
(kept).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..spec.per_replica import PerReplica
from ..spec.pool import PoolSpec
from . import cloud_init

Generated = Mapping[int, Mapping[str, str]]


@dataclass(frozen=True)
class Replica:
    """A replica with everything filled in.

    own: what it has of its own. spec: the pool's, as if all replicas were like this one.
    """

    index: int
    own: PerReplica
    spec: PoolSpec


def indexed(name: str, index: int) -> str:
    """Return the name that KubeVirt looks for on behalf of the VM with an index."""
    return f"{name}-{index}"


def replicas(spec: PoolSpec, generated: Generated | None = None) -> list[Replica]:
    """Return every replica that has objects of its own, in the order of the indices.

    generated: the generated values by index and name; None where they are not known, and sound
    ones stand in for them.

    Raises TemplateError where a template cannot be filled in; those of a checked specification can,
    but for Outputs, which are checked with placeholders.
    """
    return [
        replica(spec, index, placeholders(spec, index) if generated is None else generated[index])
        for index in spec.indices
    ]


def placeholders(spec: PoolSpec, index: int) -> Mapping[str, str]:
    """Return a value of the right length for everything that is to be generated for a replica."""
    return {
        name: f"x{index}x".ljust(wanted.length, "x")[: wanted.length]
        for name, wanted in spec.per_replica.generate.items()
    }


def retained_indices(spec: PoolSpec, before: int, *, was_empty: bool) -> range:
    """Return the indices whose objects must stay though the configuration has no use for them.

    before: how many indices had objects of their own. was_empty: whether the pool was at 0 replicas
    before this change.

    Which VMs are left when a pool shrinks nobody can know beforehand (by default they go at
    random, and somebody may delete one by hand), and a VM whose Secret is gone does not start
    again. So all stay, as they are, until the pool has been at 0: then no VM has an index.
    """
    return range(len(spec.indices), 0 if was_empty else before)


def replica(spec: PoolSpec, index: int, generated: Mapping[str, str]) -> Replica:
    """Return one replica; generated: its own values by name. Raises as replicas does."""
    own = _filled_in(spec, index, generated)
    settings = spec.cloud_init
    further: dict[str, Any] = {}
    if own.hostname is not None:
        further["hostname"] = own.hostname
    if own.password is not None:
        further |= cloud_init.login_by(own.password)
    further = cloud_init.merged(further, own.config)
    changed: dict[str, Any] = {"config": cloud_init.merged(settings.config, further)}
    if own.user_data is not None:
        changed |= {"user_data": own.user_data, "user_data_base64": None}
    elif settings.user_data is not None and further:
        changed["user_data"] = cloud_init.with_further(settings.user_data, further)
    if own.network_data is not None:
        below, above = settings.network_data, own.network_data
        both = isinstance(below, dict) and isinstance(above, dict)
        changed["network_data"] = cloud_init.merged(below, above) if both else above  # type: ignore[arg-type]
    cloud = settings.model_copy(update=changed)
    return Replica(index, own, spec.model_copy(update={"cloud_init": cloud}))


def _filled_in(spec: PoolSpec, index: int, generated: Mapping[str, str]) -> PerReplica:
    """Return what one replica has of its own."""
    # Importing Jinja takes a preview tens of milliseconds.
    from . import texts
    from .templates import TemplateError, filled_in

    own = spec.per_replica
    variables: dict[str, Any] = {
        "index": index,
        "name": indexed(spec.name, index),
        "count": spec.most_replicas,
    }
    values = _values(own, index)
    if values is not None:
        variables["values"] = values
    filled: dict[str, Any] = {}
    mistakes = []
    for member, key in TEMPLATES.items():
        # What is generated is secret, and a ConfigMap keeps nothing to itself.
        known = variables if member == "config_maps" else {**variables, "generated": generated}
        try:
            filled[member] = filled_in(getattr(own, member), known, ("perReplica", key))
        except TemplateError as error:
            mistakes += error.mistakes
    if mistakes:
        raise TemplateError(mistakes)
    filled["config"] = texts.with_texts(filled["config"])
    for member in TEXTS:
        # An object is what network data may be, too.
        if not isinstance(filled[member], dict | None):
            filled[member] = str(filled[member])
    for member in ("config_maps", "secrets"):
        filled[member] = {
            name: {key: str(text) for key, text in data.items()}
            for name, data in filled[member].items()
        }
    return own.model_copy(update=filled)


# Members that are templates, by the key of each; and those of them that are one text.
TEMPLATES = {
    "hostname": "hostname",
    "password": "password",
    "config": "config",
    "user_data": "userData",
    "network_data": "networkData",
    "config_maps": "configMaps",
    "secrets": "secrets",
}
TEXTS = ("hostname", "password", "user_data", "network_data")


def _values(own: PerReplica, index: int) -> Any:
    """Return the values of a replica; None if it has none."""
    if isinstance(own.values, dict):
        return own.values.get(str(index))
    return own.values[index] if index < len(own.values) else None
