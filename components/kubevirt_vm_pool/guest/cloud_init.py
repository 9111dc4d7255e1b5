"""The cloud-init documents of a pool: user data and network data.

What a document says comes from the configuration's keys; what those keys have no word for is merged
in from cloudInit.config. cloud-init runs once per instance: documents reach new VMs only.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..text.yaml_documents import dumped, parsed

if TYPE_CHECKING:
    from ..spec.pool import PoolSpec


HEADER = "#cloud-config\n"


def user_data(spec: PoolSpec) -> str:
    """Return the user data of the pool's VMs."""
    if spec.cloud_init.user_data is not None:
        return spec.cloud_init.user_data
    return dumped(merged(said_by_keys(spec), spec.cloud_init.config), header=HEADER)


def network_data(spec: PoolSpec) -> str | None:
    """Return the network data of the pool's VMs, if there is any."""
    data = spec.cloud_init.network_data
    return dumped(data) if isinstance(data, dict) else data


def documents(spec: PoolSpec) -> dict[str, str | bytes]:
    """Return both by the keys under which KubeVirt looks for them in a Secret.

    What is said in base64 is bytes; none is there of a pool that makes no such Secret.
    """
    if not spec.makes_cloud_init:
        return {}
    settings = spec.cloud_init
    found: dict[str, str | bytes] = {
        "userdata": user_data(spec)
        if settings.user_data_base64 is None
        else base64.b64decode(settings.user_data_base64)
    }
    network = network_data(spec)
    if network is not None:
        found["networkdata"] = network
    elif settings.network_data_base64 is not None:
        found["networkdata"] = base64.b64decode(settings.network_data_base64)
    return found


def said_by_keys(spec: PoolSpec) -> dict[str, Any]:
    """Return the cloud-config that the configuration's own keys stand for."""
    settings = spec.cloud_init
    said: dict[str, Any] = {}
    if spec.password is not None:
        said |= login_by(spec.password)
    for key, value in {
        "timezone": settings.timezone,
        "user": settings.user,
        "ssh_authorized_keys": settings.ssh_authorized_keys,
        "packages": settings.packages,
        "runcmd": settings.run_commands,
    }.items():
        if value:
            said[key] = value
    return said


def login_by(password: str) -> dict[str, Any]:
    """Return the cloud-config that lets the default user log in with a password."""
    # Without chpasswd the guest demands a new password at the first login.
    return {"password": password, "chpasswd": {"expire": False}}


def with_further(text: str, further: Mapping[str, Any]) -> str:
    """Return user data that is a cloud-config with a further one merged over it."""
    return dumped(merged(parsed(text)[0] or {}, further), header=HEADER)


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two documents: objects member by member, anything else from the one above."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        result[key] = merged(old, value) if both else value  # type: ignore[arg-type]
    return result


def is_cloud_config(text: str) -> bool:
    """Tell whether user data is one cloud-config document, no archive, script or the like."""
    return text.lstrip().lower().split(maxsplit=1)[:1] == ["#cloud-config"]
