"""The keys of cloud-init, read from a Secret or from inside of a volume."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from kubevirt_vm_pool.guest.cloud_init import is_cloud_config
from kubevirt_vm_pool.guest.user_data import is_another_guests, is_cloud_inits
from kubevirt_vm_pool.spec.cloud_init import VOLUMES
from kubevirt_vm_pool.text.yaml_documents import parsed

Object = dict[str, Any]
JINJA = "## template: jinja"
EXPIRES_NOT = {"expire": False}
# Keys of cloudInit by what they are in a cloud-config.
KEYS: Mapping[str, tuple[str, type]] = {
    "timezone": ("timezone", str),
    "user": ("user", str),
    "ssh_authorized_keys": ("sshAuthorizedKeys", list),
    "packages": ("packages", list),
    "runcmd": ("runCommands", list),
}


def of_volume(volume: Mapping[str, Any]) -> tuple[str, Object]:
    """Return how the guest sees the documents, noCloud or configDrive, and where they are."""
    for said, key in VOLUMES.items():
        if key in volume:
            return said, dict(volume[key] or {})
    raise ValueError("no volume with cloud-init's documents")


def document(data: Mapping[str, str], name: str) -> bytes | None:
    """Return a document of a Secret's data: KubeVirt looks for lower case first."""
    for key in (name.lower(), name):
        if key in data:
            return base64.b64decode(data[key])
    return None


def keys_of_documents(user_data: bytes | None, network_data: bytes | None) -> Object:
    """Return password and cloudInit, as far as the documents say them."""
    said: Object = {}
    if user_data is not None:
        said = _user_data(user_data)
    if network_data is not None:
        text = _text(network_data)
        known = (
            {"networkData": text} if text is not None else {"networkDataBase64": _b64(network_data)}
        )
        said = {**said, "cloudInit": {**said.get("cloudInit", {}), **known}}
    return said


def by_keys(text: str) -> Object | None:
    """Return password and cloudInit for a cloud-config; None if it is no plain one."""
    if not is_cloud_config(text) or text.lstrip().startswith(JINJA):
        return None
    found, _ = parsed(text)
    if found is None or not _is_json(found):
        return None
    rest, said, settings = dict(found), {}, {}
    if isinstance(rest.get("password"), str) and rest.get("chpasswd") == EXPIRES_NOT:
        said["password"] = rest.pop("password")
        del rest["chpasswd"]
    for key, (name, kind) in KEYS.items():
        if isinstance(rest.get(key), kind) and rest[key]:
            settings[name] = rest.pop(key)
    if rest:
        settings["config"] = rest
    return {**said, **({"cloudInit": settings} if settings else {})}


def as_it_is(data: bytes) -> Object:
    """Return cloudInit with a whole document, byte for byte."""
    text = None if nobodys(data) else _text(data)
    key, value = ("userDataBase64", _b64(data)) if text is None else ("userData", text)
    return {"cloudInit": {key: value}}


def nobodys(data: bytes) -> bool:
    """Tell whether user data is text of no format that a guest is known to read."""
    text = _text(data)
    return text is not None and not (is_cloud_inits(text) or is_another_guests(text))


def _user_data(data: bytes) -> Object:
    text = _text(data)
    found = by_keys(text) if text is not None else None
    return as_it_is(data) if found is None else found


def _text(data: bytes) -> str | None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    # The engine would take no empty text for one, nor can YAML hold everything.
    fine = text.strip() and all(sign.isprintable() or sign in "\n\t" for sign in text)
    return text if fine else None


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _is_json(value: object) -> bool:
    try:
        return bool(json.loads(json.dumps(value)) == value)
    except (TypeError, ValueError):
        return False


def same(one: bytes, other: bytes) -> bool:
    """Tell whether two texts are the same cloud-config."""
    texts = _text(one), _text(other)
    found = [parsed(text)[0] for text in texts if text is not None and is_cloud_config(text)]
    return len(found) == 2 and found[0] is not None and found[0] == found[1]
