"""How somebody logs in to a VM of a stack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kubevirt_vm_pool.effects.lookup import at
from kubevirt_vm_pool.effects.pool_fields import TEMPLATE
from kubevirt_vm_pool.guest import logins
from kubevirt_vm_pool.guest.cloud_init import is_cloud_config, user_data
from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.spec.pool import PoolSpec
from kubevirt_vm_pool.text.yaml_documents import parsed

# Encrypted, who is in them is nobody's business: user, users, user data.
WITH_USERS = ("cloudInit.user", "cloudInit.config", "perReplica.userData", "perReplica.config")
DEVICES = ("spec", "domain", "devices")
IMAGES_OWN = "default"


def commands(spec: PoolSpec, pool: Object, vm: str, encrypted: Iterable[str]) -> Iterator[str]:
    """Yield the commands that lead into a VM.

    pool: as the stack makes it. encrypted: the keys that the stack's file holds encrypted.
    """
    place = f"-n {spec.namespace}"
    serial = at(pool, *TEMPLATE, "spec", "template", *DEVICES, "autoattachSerialConsole")
    by = "vnc" if serial is False else "console"
    yield f"virtctl {by} {vm} {place}"
    for user in users(spec, encrypted):
        if user == IMAGES_OWN:
            yield f"virtctl ssh USER@vm/{vm} {place} # USER: the image's own, such as fedora"
        else:
            yield f"virtctl ssh {user}@vm/{vm} {place}"


def users(spec: PoolSpec, encrypted: Iterable[str]) -> list[str]:
    """Return who can log in, as far as plain text tells; "default" is the image's own user."""
    settings = spec.cloud_init
    if any(key.startswith(WITH_USERS) for key in encrypted) or spec.per_replica.user_data:
        return []
    if not spec.makes_cloud_init or settings.user_data_base64 is not None:
        return []
    text = user_data(spec)
    document = parsed(text)[0] if is_cloud_config(text) else None
    return logins.users(document) if document else []
