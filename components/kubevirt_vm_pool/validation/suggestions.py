"""Which key was meant by an unknown one."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from ..spec.model import is_mapping, model_in
from ..text.paths import Path, dotted
from ..text.spelling import did_you_mean, plain

# What people write who know the field from elsewhere, in plain letters; the first that fits the
# place is meant.
ALSO_CALLED = {
    "allowfrom": ("from",),
    "authorizedkeys": ("sshAuthorizedKeys",),
    "count": ("replicas",),
    "deletionprotection": ("protect",),
    "eviction": ("evictionStrategy",),
    "cpu": ("cores",),
    "cpus": ("cores",),
    "bootloader": ("firmware",),
    "gpu": ("gpus",),
    "hpa": ("autoscaling",),
    "hugepages": ("memory",),
    "machinetype": ("machine",),
    "serviceaccount": ("serviceAccountName",),
    "sockets": ("cpu",),
    "targetmemoryutilizationpercentage": ("metrics",),
    "threads": ("cpu",),
    "image": ("source", "disk"),
    "instances": ("replicas",),
    "interfaces": ("networks",),
    "max": ("maxReplicas",),
    "min": ("minReplicas",),
    "name": ("secretName",),
    "networkinterfaces": ("networks",),
    "nics": ("networks",),
    "nodeports": ("nodePort",),
    "pdb": ("disruptionBudget",),
    "peers": ("from",),
    "podannotations": ("vmAnnotations",),
    "podlabels": ("vmLabels",),
    "poddisruptionbudget": ("disruptionBudget",),
    "port": ("ports",),
    "probe": ("readinessProbe",),
    "ram": ("memory",),
    "runcmd": ("runCommands",),
    "sshkey": ("sshAuthorizedKeys",),
    "sshkeys": ("sshAuthorizedKeys",),
    "storage": ("size", "disk"),
    "storageclass": ("storageClassName",),
    "targetcpu": ("targetCPUUtilizationPercentage",),
    "updatestrategy": ("strategy", "rollout"),
    "username": ("user",),
    "users": ("subjects",),
    "vcpu": ("cores",),
    "vcpus": ("cores",),
    "wait": ("waitForReady",),
}
# Of these words, keys that have a place of their own here.
HERE_TOO = frozenset({"hostname", "users"})
# Where `template` has the fields of KubeVirt's objects, by their types.
OF_KUBEVIRT: dict[str, Path] = {
    "v1.VirtualMachineSpec": ("template",),
    "v1.VirtualMachineInstanceSpec": ("template", "template", "spec"),
    "v1.DomainSpec": ("template", "template", "spec", "domain"),
    "v1.Devices": ("template", "template", "spec", "domain", "devices"),
}
# Keys below which names stand that have a place of their own elsewhere.
REPEATING = frozenset({"networks", "services"})
# Objects whose keys are their author's own.
FREE = frozenset(
    {"annotations", "config", "configMaps", "generate", "labels", "matchLabels", "networkData"}
    | {"nodeSelector", "secrets", "values"}
)

# Keys whose members, called as those of others, are not what somebody means elsewhere.
SELDOM_MEANT = frozenset({"hookSidecars"})


def right_key(model: type[BaseModel], place: Path) -> str:
    """Return what to do about an unknown key."""
    meant = meant_path(model, place)
    if len(place) == 1 and "." in str(place[0]) and meant:
        return f"write it below {meant[0]}:, or use `pulumi config set --path`"
    if meant and meant[:-1] == place[:-1]:
        return f"did you mean {meant[-1]}?"
    if meant:
        return f"its place is {dotted(meant)}"
    known = keys_at(model, place[:-1])
    return f"known here: {', '.join(known)}" if 0 < len(known) <= 12 else "remove it"


def meant_path(model: type[BaseModel], place: Path) -> Path:
    """Return the place of the key that was meant by an unknown one; () if none is near."""
    of_one, inside = _named(model, place)
    if of_one is not None and len(inside) < len(place):
        meant = meant_path(of_one, inside)
        return (*place[: -len(inside)], *meant) if meant else ()
    above, typed = place[:-1], str(place[-1])
    known = keys_at(model, above)
    first, dot, _ = typed.partition(".")
    if dot and first in known:
        return (*above, first)
    also = ALSO_CALLED.get(plain(typed), ())
    paths = [
        path
        for path in _all_paths(model)
        if path[-1] != "enabled"
        and path[0] not in SELDOM_MEANT
        and (len(path) == 1 or path[0] not in REPEATING - set(above))
    ]
    for name in also:
        if name in known:
            return (*above, name)
    if theirs := _others_word(above, typed):
        return theirs
    for name in (typed, *also):
        homes = [path for path in paths if path[-1] == name]
        below = [path for path in homes if path[: len(above)] == above]
        at_top = [path for path in homes if len(path) == 1]
        # What all VMs share is meant where nothing says otherwise.
        shared = [path for path in homes if path[0] != "perReplica"] if not above else []
        for candidates in (below, at_top, shared):
            if len(candidates) == 1:
                return candidates[0]
    # With a dot it is two keys in one: those that are near are near to both together.
    near = "" if dot else did_you_mean(typed, known)
    return (*above, near) if near else ()


def _others_word(above: Path, typed: str) -> Path:
    """Return the place of a key that is cloud-config's or KubeVirt's own; () if it is neither."""
    from .cloud_init import KEYS, TOP_LEVEL

    if above in {(), ("cloudInit",)} and typed in TOP_LEVEL - KEYS.keys() - HERE_TOO:
        return ("cloudInit", "config", typed)
    if above or typed in HERE_TOO:
        return ()
    from ..kubevirt.fields import fields

    for type_name, path in OF_KUBEVIRT.items():
        if typed in fields().types[type_name]:
            return (*path, typed)
    return ()


def _named(model: type[BaseModel], place: Path) -> tuple[type[BaseModel] | None, Path]:
    """Return the model of the innermost object with a name of its author's own, and what follows.

    Such is `data` in disks.data.size. A place outside of any is returned as it is.
    """
    here: type[BaseModel] | None = model
    for depth, step in enumerate(place):
        field = (
            {one.alias: one for one in here.model_fields.values()}.get(str(step)) if here else None
        )
        here = model_in(field.annotation) if field and isinstance(step, str) else here
        if field and here and is_mapping(field.annotation) and len(place) > depth + 2:
            return _named(here, place[depth + 2 :])
    return model, place


def _all_paths(model: type[BaseModel], above: Path = ()) -> Iterator[Path]:
    """Yield the path of every key that a model knows."""
    for field in model.model_fields.values():
        path = (*above, str(field.alias))
        yield path
        inner = model_in(field.annotation)
        if inner is not None and not is_mapping(field.annotation):
            yield from _all_paths(inner, path)


def keys_at(model: type[BaseModel], place: Path) -> list[str]:
    """Return the keys that an object at a place of the model may have, in their order."""
    of_one, inside = _named(model, (*place, ""))
    here, place = of_one, inside[:-1]
    for step in place:
        if here is None or step in FREE:
            return []
        if isinstance(step, str):
            fields = {field.alias: field for field in here.model_fields.values()}
            field = fields.get(step)
            here = (
                model_in(field.annotation) if field and not is_mapping(field.annotation) else None
            )
    return [str(field.alias) for field in here.model_fields.values()] if here else []
