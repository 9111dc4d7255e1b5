"""Rules on where cloud-init's documents come from: the stack, somebody else, or nowhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pydantic.alias_generators import to_camel

from ..guest.per_replica import indexed
from ..guest.user_data import is_ignition
from ..spec.pool import PoolSpec
from .problems import Problem
from .rule import Rule

# Members of cloudInit, and of perReplica, that make up documents.
OF_USER_DATA = ("timezone", "user", "ssh_authorized_keys", "packages", "run_commands", "config")
PER_REPLICA = ("hostname", "password", "config", "user_data")
USER_DATA_BASE64 = "cloudInit.userDataBase64"
NETWORK_DATA_BASE64 = "cloudInit.networkDataBase64"


def nothing_without_documents(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    if spec.has_cloud_init:
        return
    for key in _said(spec, with_network_data=True):
        yield Problem(
            key,
            "is what cloud-init does in a VM, and cloudInit is false",
            f"remove {key}, or cloudInit: false",
        )


def nothing_beside_an_existing_secret(
    spec: PoolSpec, defaulted: Collection[str]
) -> Iterator[Problem]:
    settings = spec.cloud_init
    theirs = settings.existing_secret
    if theirs is not None:
        for key in _said(spec, with_network_data=False):
            yield Problem(
                key,
                f"has no place: the documents are those of Secret {theirs} (cloudInit."
                "existingSecret), which the stack does not write",
                f"say it there, and remove {key}, or remove existingSecret",
            )
    network = settings.existing_network_data_secret
    for key in _network_data(spec) if theirs or network else ():
        how = "existingNetworkDataSecret" if network else "existingSecret"
        fix = "remove one of them"
        if not network:
            fix = "name the Secret that has it in cloudInit.existingNetworkDataSecret"
        yield Problem(
            key,
            f"has no place: Secret {network or theirs} (cloudInit.{how}) is somebody else's",
            fix,
        )


def documents_are_said_once(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    settings = spec.cloud_init
    if settings.user_data_base64 is not None:
        beside = {USER_DATA_BASE64, "cloudInit.secretName", "perReplica.userData"}
        others = [key for key in _said(spec, with_network_data=False) if key not in beside]
        if others:
            yield Problem(
                USER_DATA_BASE64,
                f"is the whole document, and {', '.join(others)} would have no place in it",
                "move all of it into that document, or leave out userDataBase64",
            )
    if settings.network_data_base64 is not None:
        for key in _network_data(spec):
            if key != NETWORK_DATA_BASE64:
                yield Problem(
                    NETWORK_DATA_BASE64, f"is said by {key} too", "say it once, in one of the two"
                )


def _said(spec: PoolSpec, *, with_network_data: bool) -> list[str]:
    """Return the keys that are set and make up documents."""
    settings, own = spec.cloud_init, spec.per_replica
    found = ["password"] if spec.password is not None else []
    members = (*OF_USER_DATA, "user_data", "user_data_base64", "secret_name")
    found += [f"cloudInit.{to_camel(name)}" for name in members if getattr(settings, name)]
    found += [f"perReplica.{to_camel(name)}" for name in PER_REPLICA if getattr(own, name)]
    return found + (_network_data(spec) if with_network_data else [])


def _network_data(spec: PoolSpec) -> list[str]:
    settings = spec.cloud_init
    said = {
        "cloudInit.networkData": settings.network_data,
        NETWORK_DATA_BASE64: settings.network_data_base64,
        "perReplica.networkData": spec.per_replica.network_data,
    }
    return [key for key, value in said.items() if value is not None]


def told(spec: PoolSpec) -> Iterator[str]:
    """Yield what is right, and may surprise."""
    settings = spec.cloud_init
    theirs = dict.fromkeys(
        filter(None, (settings.existing_secret, settings.existing_network_data_secret))
    )
    for name in theirs if spec.appends_to_secrets else ():
        last = indexed(name, max(len(spec.indices) - 1, 0))
        yield (
            f"KubeVirt appends the index to the names of all Secrets of a VM: in place of {name} "
            f"it looks for {indexed(name, 0)} to {last}, which somebody else must make"
        )
    text = settings.user_data or spec.per_replica.user_data
    if text and is_ignition(text) and settings.type != "configDrive":
        yield (
            f"user data of {spec.name} is Ignition's, which reads noCloud since the end of 2025 "
            "only; cloudInit.type: configDrive is read by every one that knows KubeVirt"
        )


RULES = (
    Rule(("cloudInit", "perReplica", "password"), nothing_without_documents),
    Rule(("cloudInit", "perReplica", "password"), nothing_beside_an_existing_secret),
    Rule(("cloudInit", "perReplica", "password"), documents_are_said_once),
)
