"""What is wrong with what each replica has of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..guest.cloud_init import documents
from ..guest.per_replica import indexed, placeholders, replica
from ..spec.names import LABEL, LONGEST_LABEL
from ..spec.per_replica import MOST_REPLICAS
from ..spec.pool import PoolSpec
from ..text.paths import Path, dotted
from . import cloud_config, cloud_init, logins, network_data
from .problems import Problem

VARIABLES = "index, name, count, values and generated"


def problems(spec: PoolSpec) -> Iterator[Problem]:
    """Yield what is wrong with the replicas, each mistake once; no value of theirs is shown."""
    if len(spec.indices) > MOST_REPLICAS:
        yield Problem(
            "perReplica",
            f"would make objects for {len(spec.indices)} replicas, and {MOST_REPLICAS} are as many "
            "as can be",
            "lower perReplica.spare, replicas or autoscaling.maxReplicas",
        )
        return
    from ..guest.templates import TOO_MUCH

    # As they are written: a key that a value makes up is none of cloud-config's.
    yield from cloud_init.problems_of_keys("perReplica.config", spec.per_replica.config)
    shared = spec.per_replica.network_data
    if isinstance(shared, dict):
        yield from cloud_config.misunderstood("perReplica.networkData", shared)
    found: dict[tuple[str, str], list[Problem]] = {}
    indices: dict[tuple[str, str], int] = {}
    hostnames: dict[str, int] = {}
    for index in spec.indices:
        for problem in _problems_of_replica(spec, index, hostnames):
            mistake = (problem.key, problem.rule)
            indices.setdefault(mistake, index)
            found.setdefault(mistake, []).append(problem)
        if any(rule.endswith(TOO_MUCH) for _, rule in found):
            break  # it takes its time with each of them
    for mistake, (first, *others) in found.items():
        index = indices[mistake]
        who = f"for replica {index} ({indexed(spec.name, index)})"
        more = f" and {len(others)} more" if others else ""
        yield Problem(first.key, f"{who}{more}: {first.rule}", first.fix)


def _problems_of_replica(
    spec: PoolSpec, index: int, hostnames: dict[str, int]
) -> Iterator[Problem]:
    from ..guest.templates import TemplateError

    try:
        found = replica(spec, index, placeholders(spec, index))
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
    if typed.network_data is not None:
        yield from network_data.cuts_off(found.spec, where)
    if typed.cloud_init:
        yield from logins.lost(found.spec, spec)
    yield from cloud_init.problems_of_size("perReplica", documents(found.spec))
    for name, texts in own.secrets.items():
        yield from cloud_init.problems_of_size(f"perReplica.secrets.{name}", texts)
    for name, texts in own.config_maps.items():
        where = f"perReplica.configMaps.{name}"
        yield from cloud_init.problems_of_size(where, texts, "ConfigMap")


def _fix(spec: PoolSpec, index: int, path: Path, rule: str) -> str:
    """Return what to do about a template that cannot be filled in."""
    from ..guest.templates import TOO_MUCH

    if rule.endswith(": values is not defined"):
        lower = f", or lower perReplica.spare to {index - spec.most_replicas}"
        return "give it an entry in perReplica.values" + lower * (index >= spec.most_replicas)
    if rule.endswith(": generated is not defined"):
        return "use perReplica.secrets: what is generated is secret, and a ConfigMap is not"
    if rule.endswith(TOO_MUCH):
        return "make that smaller"
    raw = "{% raw %} ... {% endraw %}"
    if rule.endswith(" is not defined"):
        whole = spec.per_replica.user_data or ""
        # cloud-init has templates of its own, which it fills in at boot.
        of_cloud_init = whole.lstrip().lower().startswith("## template: jinja")
        its = f"; put what cloud-init is to fill in between {raw}" if of_cloud_init else ""
        return f"known are {VARIABLES}{its}"
    if "is no template of Jinja's" in rule:
        return f"correct it, or put what is to stay as it is between {raw}"
    return "correct it"


def _problems_of_hostname(
    hostname: str | None, index: int, taken: dict[str, int]
) -> Iterator[Problem]:
    if hostname is None:
        return
    if not re.fullmatch(LABEL, hostname) or len(hostname) > LONGEST_LABEL:
        dots = "." in hostname
        yield Problem(
            "perReplica.hostname",
            f"makes no host name (lower-case letters, digits and '-', at most {LONGEST_LABEL})",
            "a full name, with dots, goes into perReplica.config.fqdn"
            if dots
            else 'for instance "web{{ index }}"',
        )
    elif taken.setdefault(hostname, index) != index:
        yield Problem(
            "perReplica.hostname",
            f"makes the host name of replica {taken[hostname]} too",
            "put {{ index }} into it",
        )
