"""Who can log in: what cloud-init would ignore is a mistake, and nobody at all is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..guest import logins
from ..guest.cloud_init import is_cloud_config, merged, said_by_keys
from ..kubevirt.secret_fields import USER_DATA, secret_places
from ..spec.pool import PoolSpec
from ..text.yaml_documents import parsed
from .problems import Problem

# Keys of the configuration by the cloud-config key that each stands for.
KEYS = {"password": "password", "ssh_authorized_keys": "cloudInit.sshAuthorizedKeys"}


def lost(spec: PoolSpec, typed: PoolSpec) -> Iterator[Problem]:
    """Yield what is said for the default user and never reaches one.

    spec: with the documents of one replica, or of all. typed: as it was written.
    """
    document = _document(spec)
    if document is None or "merge_how" in document or "merge_type" in document:
        return
    if not logins.makes_default_user(document):
        for key in logins.OF_DEFAULT_USER:
            if document.get(key) and not (key != "password" and logins.root_may_log_in(document)):
                yield Problem(
                    _place(typed, key),
                    f"is for the default user, whom {_place(typed, 'users')} leaves out, so that "
                    "cloud-init would give it to nobody",
                    "put `default` first in users, set cloudInit.user, or say it of a user there",
                )
    elif document.get("password") and (other := logins.other_passwords(document)):
        key, _, member = other.partition(".")
        yield Problem(
            _place(typed, "password"),
            f"is ignored by cloud-init beside {_place(typed, key)}.{member}, which is all that it "
            "sets passwords from then",
            "say the default user's password there, too, or remove one of the two",
        )


def _document(spec: PoolSpec) -> Mapping[str, Any] | None:
    """Return the cloud-config of a pool's VMs, None if their user data is none."""
    settings = spec.cloud_init
    if not spec.makes_cloud_init or settings.user_data_base64 is not None:
        return None
    if settings.user_data is None:
        return merged(said_by_keys(spec), settings.config)
    return parsed(settings.user_data)[0] if is_cloud_config(settings.user_data) else None


def _place(spec: PoolSpec, key: str) -> str:
    """Return where a key of cloud-config was said."""
    own, settings = spec.per_replica, spec.cloud_init
    if key in own.config:
        return f"perReplica.config.{key}"
    if key == "password" and own.password is not None:
        return "perReplica.password"
    if own.user_data is not None:
        return "perReplica.userData"
    if settings.user_data is not None:
        return "cloudInit.userData"
    return f"cloudInit.config.{key}" if key in settings.config else KEYS.get(key, key)


def nobody(spec: PoolSpec) -> Iterator[str]:
    """Yield that nobody can log in to the VMs, as far as the stack tells: the image may know more.

    Whoever says users decides about logins by that.
    """
    settings, own = spec.cloud_init, spec.per_replica
    # An answer file of Windows' says who can, and nobody reads it here.
    answers = any(disk.sysprep for _, disk in spec.further_disks)
    if answers or not spec.makes_cloud_init or settings.user_data_base64 is not None:
        return
    if own.password or own.user_data or logins.lets_somebody_in(own.config):
        return
    if spec.access_credentials or _brings_logins(spec.template):
        return
    document = _document(spec)
    # Anything else (a script, an archive) may let somebody in by ways of its own.
    if document is not None and not logins.lets_somebody_in(document):
        if settings.secret_name:
            yield (
                "cloudInit.secretName is the name of the Secret that the stack makes; one that "
                "somebody else makes is cloudInit.existingSecret"
            )
        yield (
            f"nobody can log in to the VMs of {spec.name}, unless their image lets somebody in: "
            "there is no password, SSH key or user; set password or cloudInit.sshAuthorizedKeys, "
            "or say that the image does by cloudInit.config: {users: [default]}, or by cloudInit: "
            "false where it has no cloud-init"
        )


def _brings_logins(template: Mapping[str, Any]) -> bool:
    """Tell whether documents, keys or passwords reach the VMs by other ways than `cloudInit`."""
    guest = (template.get("template") or {}).get("spec") or {}
    documents = any(not USER_DATA.isdisjoint(path) for path in secret_places(template))
    return bool(guest.get("accessCredentials")) or documents
