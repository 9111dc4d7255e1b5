"""Rules on what each replica has of its own."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from ..guest.cloud_init import is_cloud_config
from ..guest.per_replica import indexed
from ..spec.disk import DISKS
from ..spec.names import LONGEST_SUBDOMAIN
from ..spec.pool import PoolSpec
from . import cloud_init
from .problems import Problem


def indices_are_appended(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    """KubeVirt appends the index to volumes' names since 1.5, to cloud-init's since 1.8."""
    own = spec.per_replica
    for said, key, since, why in (
        (own.cloud_init, "perReplica", (1, 8), "cloud-init's Secret is the same for all VMs"),
        (own.secrets, "perReplica.secrets", (1, 5), "Secrets are the same for all VMs"),
        (own.config_maps, "perReplica.configMaps", (1, 5), "ConfigMaps are the same for all VMs"),
    ):
        if said and spec.kubevirt < since:
            yield Problem(
                key,
                f"needs KubeVirt {since[0]}.{since[1]}, and kubevirtVersion is "
                f"{spec.kubevirt_version}, where {why}",
                f"remove {key}, or correct kubevirtVersion",
            )


def something_differs(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    own = spec.per_replica
    if own.on or not (own.values or own.generate or "perReplica" not in defaulted):
        return
    yield Problem(
        "perReplica",
        "has nothing that differs from VM to VM",
        "add hostname, password, config, userData, networkData, configMaps or secrets, or remove "
        "perReplica",
    )


def values_by_index(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    values = spec.per_replica.values
    for key in values if isinstance(values, dict) else ():
        if not re.fullmatch("0|[1-9][0-9]*", key):
            yield Problem(
                f"perReplica.values.{key}",
                "is no index of a replica",
                'write the values as a list, or with quoted indices for keys: "0", "1" and so on',
            )


def documents_can_be_merged(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    own, shared = spec.per_replica, spec.cloud_init.user_data
    members = {"hostname": own.hostname, "password": own.password, "config": own.config}
    said = [f"perReplica.{key}" for key, value in members.items() if value]
    if own.user_data is not None and said:
        yield Problem(
            "perReplica.userData",
            f"is the whole document, and {', '.join(said)} would have no place in it",
            "move all of it into userData, or leave out userData",
        )
    elif said and shared is not None and not is_cloud_config(shared):
        yield Problem(
            said[0],
            "is merged into the shared cloud-config, and cloudInit.userData is none",
            "use perReplica.userData",
        )


def disks_differ(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    taken = {name: "the name of a disk that each VM has" for name in DISKS}
    for index, volume in enumerate(spec.volumes):
        key = f"volumes[{index}].name"
        if volume.name in taken:
            yield Problem(key, f"is {taken[volume.name]}", "give it another one", volume.name)
        taken.setdefault(volume.name, f"the name of volumes[{index}] too")


def own_objects_are_mounted(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    """KubeVirt appends the index to all names of a kind, or to none."""
    for kind, member, made, appends in (
        ("Secret", "secrets", spec.per_replica.secrets, spec.appends_to_secrets),
        ("ConfigMap", "configMaps", spec.per_replica.config_maps, spec.appends_to_config_maps),
    ):
        mounted = {name: key for key, of, name in _mounts(spec) if of == kind}
        example = "secret: {secretName: %s}" if kind == "Secret" else "configMap: {name: %s}"
        for name in made:
            if name not in mounted:
                yield Problem(
                    f"perReplica.{member}.{name}",
                    "is mounted by no VM",
                    f"add it to volumes: - {{name: {name.replace('.', '-')}, {example % name}}}",
                )
        for name, key in mounted.items():
            if appends and name not in made:
                yield Problem(
                    key,
                    f"is looked for as {name}-<index> by each VM: KubeVirt appends the index to "
                    f"all {kind}s of a VM, or to none",
                    f"add perReplica.{member}.{name} ({{}} if somebody else makes them)",
                    name,
                )


def _mounts(spec: PoolSpec) -> Iterator[tuple[str, str, str]]:
    """Yield key, kind and name of every Secret and ConfigMap whose name KubeVirt may append to."""
    for index, volume in enumerate(spec.volumes):
        yield f"volumes[{index}]", "Secret" if volume.secret else "ConfigMap", volume.mounted
    for name, disk in spec.further_disks:
        if disk.secret:
            yield f"disks.{name}.secret", "Secret", disk.secret.secret_name
        if disk.config_map:
            yield f"disks.{name}.configMap", "ConfigMap", disk.config_map.name


def own_objects_have_own_names(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    own, appends = spec.per_replica, spec.appends_to_secrets
    documents = "cloudInit.secretName"
    names = [(documents, spec.secret_name)] if spec.makes_cloud_init else []
    if appends and names:
        names += [(documents, indexed(spec.secret_name, index)) for index in spec.indices]
    names += [("perReplica.generate", spec.generated_name)] if own.generate else []
    names += [
        (f"perReplica.secrets.{name}", indexed(name, index))
        for name in own.secrets
        for index in spec.indices
    ]
    owners: dict[str, str] = {}
    for key, name in names:
        owner = owners.setdefault(name, key)
        if owner != key:
            rule = f"makes a Secret called {name}, and so does {owner}"
            yield Problem(key, rule, "give it another name")
            return


def indexed_names_fit(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    own = spec.per_replica
    own_documents = spec.appends_to_secrets and spec.makes_cloud_init
    names = {"cloudInit.secretName": spec.secret_name} if own_documents else {}
    names |= {f"perReplica.secrets.{name}": name for name in own.secrets}
    names |= {f"perReplica.configMaps.{name}": name for name in own.config_maps}
    for key, name in names.items():
        longest = len(indexed(name, len(spec.indices) - 1))
        if longest > LONGEST_SUBDOMAIN:
            yield Problem(
                key,
                f"has {longest} characters with the last index, and at most {LONGEST_SUBDOMAIN} "
                "are possible: it is an RFC 1123 subdomain",
                f"shorten it by {longest - LONGEST_SUBDOMAIN}",
            )


def replicas_can_be_filled_in(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    if not spec.per_replica.on:
        return
    from . import per_replica

    yield from per_replica.problems(spec)


def cloud_init_documents(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    yield from cloud_init.problems(spec)
