"""From manifests to a stack's configuration, and what its objects have otherwise: a pure function.

Keys are recognised one by one; the project's own builders make objects of them; what the VMs have
besides goes into `template`; and what still differs is named. So nothing is lost in silence,
whatever is recognised.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kubevirt_vm_pool.guest.templates import TemplateError
from kubevirt_vm_pool.kubevirt.fields import fields
from kubevirt_vm_pool.kubevirt.secret_fields import is_secret
from kubevirt_vm_pool.manifests.merge import merged
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.manifests.roles import Role
from kubevirt_vm_pool.manifests.virtual_machine_pool import virtual_machine
from kubevirt_vm_pool.spec.defaults import completed, declared
from kubevirt_vm_pool.spec.names import POOL_LABEL, SCALED_BY
from kubevirt_vm_pool.spec.pool import PoolSpec
from kubevirt_vm_pool.spec.values import version_of
from kubevirt_vm_pool.text.paths import dotted
from kubevirt_vm_pool.validation.problems import ConfigurationError, shown_value
from kubevirt_vm_pool.validation.validate import specify, validated

from . import documents
from .as_pool import as_pool
from .beside import beside
from .cloud_init import add_cloud_init
from .difference import ABSENT, Place, differing, patch
from .fewest import fewest
from .fields import as_read
from .keys import keys_of_pool
from .manifests import Manifests, Note, Object, told
from .per_replica import add_replicas, of_replicas

Config = dict[str, Any]


@dataclass(frozen=True)
class Imported:
    """config: values by key. notes: what the stack's objects have otherwise than the manifests.

    problems: why the configuration is refused as it is; "" if it is not.
    """

    config: Config = field(repr=False)
    notes: tuple[Note, ...]
    problems: str = ""


def imported(manifests: Manifests, stack: str, *, live: bool = False) -> Imported:
    """Return the configuration of a stack that makes the objects of manifests.

    stack: its name. live: whether the manifests come from a cluster, with its defaults filled in.
    """
    workload, unknown = as_read(manifests.workload)
    pool, notes = as_pool(workload, stack)
    mine, others = of_replicas(pool, manifests.others)
    found = beside(pool, str(workload["metadata"].get("name")), others, live=live)
    add_cloud_init(found, pool, Manifests(workload, tuple(others)))
    add_replicas(found, pool, mine)
    wanted = {**found.objects, Role.POOL: pool}
    config: Config = {**keys_of_pool(pool), **found.keys, **_of_all(wanted)}
    if scaling := keys_of_pool(pool).get("autoscaling"):
        config["autoscaling"] = {**scaling, **(found.keys.get("autoscaling") or {})}
    config = _without_common_annotations(config)
    config = _sound({key: one for key, one in config.items() if one not in (None, {})}, stack)
    config, rewritten = _with_user_data(config, wanted, stack)
    config = _with_template(config, pool, stack)
    config = fewest(config, lambda one: _objects(one, stack), lambda one: _problems(one, stack))
    config, problems = _with_version(config, stack)
    made = _objects(config, stack) or {}
    rest = [*_left(wanted, made), *rewritten]
    if config.get("autohealing"):
        text = "deletes VMs of others, too: see that the pool is alone in its namespace"
        rest.append(Note(f"{told(pool)}: spec.autohealing", text))
    order = {key: place for place, key in enumerate(declared())}
    ordered = {key: config[key] for key in sorted(config, key=lambda key: order.get(key, -1))}
    return Imported(ordered, (*unknown, *notes, *found.notes, *rest), problems)


def _spec(config: Config, stack: str) -> PoolSpec | None:
    return validated(PoolSpec, completed(copy.deepcopy(config), stack=stack).values)[0]


def _objects(config: Config, stack: str) -> dict[str, Object] | None:
    """Return the objects of a configuration, None if there can be none."""
    spec = _spec(config, stack)
    try:
        return None if spec is None else objects(spec)
    except (ValueError, TemplateError):
        return None


def _of_all(wanted: Mapping[str, Object]) -> Config:
    """Return the labels and annotations that all objects have."""
    said: Config = {}
    for key in ("labels", "annotations"):
        each = [dict(one["metadata"].get(key) or {}) for one in wanted.values()]
        common = {
            name: value
            for name, value in each[0].items()
            if name not in {POOL_LABEL, SCALED_BY} and all(one.get(name) == value for one in each)
        }
        if common:
            said[key] = common
    return said


def _without_common_annotations(config: Config) -> Config:
    """Leave out of Services what all objects have anyway."""
    common = config.get("annotations") or {}
    result = copy.deepcopy(config)
    for one in (result.get("service"), *(result.get("services") or {}).values()):
        if isinstance(one, dict) and "annotations" in one:
            own = {key: text for key, text in one["annotations"].items() if key not in common}
            one["annotations"] = own
            if not own:
                del one["annotations"]
    return result


def _sound(config: Config, stack: str) -> Config:
    """Return a configuration without what no key takes: first that alone, then more around it."""
    for around in range(6):
        wrong = validated(PoolSpec, completed(copy.deepcopy(config), stack=stack).values)[1]
        if not wrong:
            break
        for path, _ in wrong:
            config = _without(config, path[: max(1, len(path) - around)])
    return config


def _without(value: Any, path: tuple[str | int, ...]) -> Any:
    step, rest = path[0], path[1:]
    if isinstance(value, dict) and step in value:
        if rest:
            return {**value, step: _without(value[step], rest)}
        return {key: one for key, one in value.items() if key != step}
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        inner = [_without(value[step], rest)] if rest else []
        return [*value[:step], *inner, *value[step + 1 :]]
    return value


def _with_user_data(
    config: Config, wanted: Mapping[str, Object], stack: str
) -> tuple[Config, list[Note]]:
    """Keep user data as it is where the keys would say something else."""
    secret, made = wanted.get(Role.CLOUD_INIT), _objects(config, stack) or {}
    if secret is None or Role.CLOUD_INIT not in made:
        return config, []
    data = documents.document(secret["data"], "userData") or b""
    other = documents.document(made[Role.CLOUD_INIT]["data"], "userData") or b""
    if data == other:
        return config, []
    by_keys = {name for name, _ in documents.KEYS.values()}
    settings = config.get("cloudInit") or {}
    if documents.same(data, other) and ("password" in config or by_keys & settings.keys()):
        text = "says the same in other words: comments, quotes and the order of keys go"
        return config, [Note(f"{told(secret)}: data.userdata", text)]
    kept = {key: one for key, one in settings.items() if key not in {*by_keys, "config"}}
    rest = {key: one for key, one in config.items() if key != "password"}
    return {**rest, "cloudInit": {**kept, **documents.as_it_is(data)["cloudInit"]}}, []


def _with_template(config: Config, pool: Object, stack: str) -> Config:
    """Add what the VMs have besides."""
    spec = _spec(config, stack)
    if spec is None:
        return config
    made, wanted = virtual_machine(spec), pool["spec"]["virtualMachineTemplate"]["spec"]
    template = patch(made, wanted)
    try:
        merged(made, template)
    except ValueError:
        # What it is about is named as a difference.
        template = {}
    return {**config, "template": template} if template else config


def _with_version(config: Config, stack: str) -> tuple[Config, str]:
    """Say a newer KubeVirt where the default one lacks a field; return what is wrong even so."""
    default = str(declared()["kubevirtVersion"].default)
    newer = [one for one in fields().versions if one > version_of(default)]
    tried: list[tuple[int, int, Config, str]] = []
    for version in (None, *newer):
        said = {} if version is None else {"kubevirtVersion": ".".join(map(str, version))}
        problems = _problems({**config, **said}, stack)
        if not problems:
            return {**config, **said}, ""
        tried.append((len(problems.splitlines()), len(tried), {**config, **said}, problems))
    best = min(tried, key=lambda one: one[:2])
    return best[2], best[3]


def _problems(config: Config, stack: str) -> str:
    try:
        specify(copy.deepcopy(config), stack=stack, where=f"Pulumi.{stack}.yaml")
    except ConfigurationError as error:
        return str(error)
    return ""


def _left(wanted: Mapping[str, Object], made: Mapping[str, Object]) -> Iterator[Note]:
    """Yield what differs though nothing was changed on purpose."""
    for role, one in wanted.items():
        if role not in made:
            yield Note(told(one), "is not made", lost=True)
            continue
        for place in differing(one, made[role]):
            if (one["kind"], place.path) == ("Secret", ("data", "userdata")):
                continue
            yield Note(f"{told(one)}: {dotted(place.path)}", _in_words(one, place), lost=True)
    for role, one in made.items():
        if role not in wanted:
            yield Note(told(one), "is made besides")


def _in_words(one: Object, place: Place) -> str:
    hidden = one["kind"] == "Secret" or is_secret(place.path)
    was, is_ = (
        "not there" if value is ABSENT else "(not shown)" if hidden else shown_value(value)
        for value in (place.wanted, place.made)
    )
    return f"is {is_}, was {was}"
