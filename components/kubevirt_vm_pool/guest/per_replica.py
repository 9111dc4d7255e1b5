"""What each replica has of its own: the templates of `perReplica`, filled in for every index.

KubeVirt appends a VM's index to the names of its Secrets and ConfigMaps (nameGeneration). The
indices that have some are Specification.indices; those of a pool that grew smaller keep theirs
(kept).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..spec.pool import LABEL, LONGEST_LABEL, MOST_REPLICAS, PerReplica, Specification
from ..validation.problems import Path, Problem, dotted
from . import cloud_init

Generated = Mapping[int, Mapping[str, str]]

VARIABLES = "index, name, count, values and generated"


@dataclass(frozen=True)
class Replica:
    """A replica with everything filled in.

    own: what it has of its own. spec: the pool's, as if all replicas were like this one.
    """

    index: int
    own: PerReplica
    spec: Specification


def indexed(name: str, index: int) -> str:
    """Return the name that KubeVirt looks for on behalf of the VM with an index."""
    return f"{name}-{index}"


def replicas(spec: Specification, generated: Generated | None = None) -> list[Replica]:
    """Return every replica that has objects of its own, in the order of the indices.

    generated: the generated values by index and name; None where they are not known, and sound
    ones stand in for them.

    Raises TemplateError where a template cannot be filled in; those of a checked specification can,
    but for Outputs, which are checked with stand-ins.
    """
    return [
        replica(spec, index, stand_ins(spec, index) if generated is None else generated[index])
        for index in spec.indices
    ]


def stand_ins(spec: Specification, index: int) -> Mapping[str, str]:
    """Return a value of the right length for everything that is to be generated for a replica."""
    return {
        name: f"x{index}x".ljust(wanted.length, "x")[: wanted.length]
        for name, wanted in spec.per_replica.generate.items()
    }


def kept(spec: Specification, before: int, *, was_empty: bool) -> range:
    """Return the indices whose objects must stay though the configuration has no use for them.

    before: how many indices had objects of their own. was_empty: whether the pool was at 0 replicas
    before this change.

    Which VMs are left when a pool shrinks nobody can know beforehand (by default they go at
    random, and somebody may delete one by hand), and a VM whose Secret is gone does not start
    again. So all stay, as they are, until the pool has been at 0: then no VM has an index.
    """
    return range(len(spec.indices), 0 if was_empty else before)


def problems(spec: Specification) -> Iterator[Problem]:
    """Yield what is wrong with the replicas, each mistake once; no value of theirs is shown."""
    if len(spec.indices) > MOST_REPLICAS:
        yield Problem(
            "perReplica",
            f"would make objects for {len(spec.indices)} replicas, and {MOST_REPLICAS} are as many "
            "as can be",
            "lower perReplica.spare, replicas or autoscaling.maxReplicas",
        )
        return
    # As they are written: a key that a value makes up is none of cloud-config's.
    yield from cloud_init.problems_of_keys("perReplica.config", spec.per_replica.config)
    found: dict[tuple[str, str], list[Problem]] = {}
    indices: dict[tuple[str, str], int] = {}
    hostnames: dict[str, int] = {}
    for index in spec.indices:
        for problem in _problems_of_replica(spec, index, hostnames):
            mistake = (problem.key, problem.rule)
            indices.setdefault(mistake, index)
            found.setdefault(mistake, []).append(problem)
    for mistake, (first, *others) in found.items():
        index = indices[mistake]
        who = f"for replica {index} ({indexed(spec.name, index)})"
        more = f" and {len(others)} more" if others else ""
        yield Problem(first.key, f"{who}{more}: {first.rule}", first.fix)


def replica(spec: Specification, index: int, generated: Mapping[str, str]) -> Replica:
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
        changed["user_data"] = own.user_data
    elif settings.user_data is not None and further:
        changed["user_data"] = cloud_init.with_further(settings.user_data, further)
    if own.network_data is not None:
        below, above = settings.network_data, own.network_data
        both = isinstance(below, dict) and isinstance(above, dict)
        changed["network_data"] = cloud_init.merged(below, above) if both else above  # type: ignore[arg-type]
    cloud = settings.model_copy(update=changed)
    return Replica(index, own, spec.model_copy(update={"cloud_init": cloud}))


def _filled_in(spec: Specification, index: int, generated: Mapping[str, str]) -> PerReplica:
    """Return what one replica has of its own."""
    # Importing Jinja takes a preview tens of milliseconds.
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


def _problems_of_replica(
    spec: Specification, index: int, hostnames: dict[str, int]
) -> Iterator[Problem]:
    from .templates import TemplateError

    try:
        found = replica(spec, index, stand_ins(spec, index))
    except TemplateError as error:
        for path, rule in error.mistakes:
            yield Problem(dotted(path), rule, _fix(spec, index, path, rule))
        return
    own, typed = found.own, spec.per_replica
    yield from _problems_of_hostname(own.hostname, index, hostnames)
    if own.user_data is not None:
        where = "perReplica.userData"
        yield from cloud_init.problems_of_text(where, own.user_data, typed.user_data)
    where = "perReplica.networkData"
    yield from cloud_init.problems_of_network_data(where, own.network_data, str(typed.network_data))
    yield from cloud_init.problems_of_size("perReplica", cloud_init.documents(found.spec))
    for name, texts in own.secrets.items():
        yield from cloud_init.problems_of_size(f"perReplica.secrets.{name}", texts)
    for name, texts in own.config_maps.items():
        where = f"perReplica.configMaps.{name}"
        yield from cloud_init.problems_of_size(where, texts, "ConfigMap")


def _fix(spec: Specification, index: int, path: Path, rule: str) -> str:
    """Return what to do about a template that cannot be filled in."""
    if rule.endswith(": values is not defined"):
        lower = f", or lower perReplica.spare to {index - spec.most_replicas}"
        return "give it an entry in perReplica.values" + lower * (index >= spec.most_replicas)
    if rule.endswith(": generated is not defined"):
        return "use perReplica.secrets: what is generated is secret, and a ConfigMap is not"
    return f"known are {VARIABLES}" if rule.endswith(" is not defined") else "correct it"


def _problems_of_hostname(
    hostname: str | None, index: int, taken: dict[str, int]
) -> Iterator[Problem]:
    if hostname is None:
        return
    if not re.fullmatch(LABEL, hostname) or len(hostname) > LONGEST_LABEL:
        yield Problem(
            "perReplica.hostname",
            f"makes no host name (lower-case letters, digits and '-', at most {LONGEST_LABEL})",
            'for instance "web{{ index }}"',
        )
    elif taken.setdefault(hostname, index) != index:
        yield Problem(
            "perReplica.hostname",
            f"makes the host name of replica {taken[hostname]} too",
            "put {{ index }} into it",
        )
