"""Places in a cloud-config where cloud-init needs text: a template's number becomes its text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NAMES = ("name", "gecos", "homedir", "primary_group", "shell", "passwd", "hashed_passwd")
OF_A_USER = (*NAMES, "plain_text_passwd", "password")
# Members that are text, by the key at the top: of each object in a list, or of one object.
MEMBERS: Mapping[str, tuple[str, ...]] = {
    "write_files": ("content", "path", "owner", "encoding"),
    "users": OF_A_USER,
    "user": OF_A_USER,
}
TEXTS = ("fqdn", "hostname", "locale", "password", "timezone")
# Lists of texts, or of lists of them.
LISTS = ("bootcmd", "packages", "runcmd", "ssh_authorized_keys")


def with_texts(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a cloud-config with text wherever cloud-init fails on a number."""
    found = dict(document)
    for key in found.keys() & set(TEXTS):
        found[key] = _text(found[key])
    for key in found.keys() & set(LISTS):
        found[key] = _items(found[key])
    for key in found.keys() & MEMBERS.keys():
        found[key] = _members(found[key], MEMBERS[key])
    chpasswd = found.get("chpasswd")
    if isinstance(chpasswd, Mapping) and "users" in chpasswd:
        found["chpasswd"] = {**chpasswd, "users": _members(chpasswd["users"], OF_A_USER)}
    return found


def _text(value: Any) -> Any:
    """Return a number as the text that it would be in a longer template."""
    return str(value) if isinstance(value, bool | int | float) else value


def _items(value: Any) -> Any:
    return [_items(item) for item in value] if isinstance(value, list) else _text(value)


def _members(value: Any, keys: tuple[str, ...]) -> Any:
    if isinstance(value, list):
        return [_members(item, keys) for item in value]
    if isinstance(value, Mapping):
        return {key: _text(item) if key in keys else item for key, item in value.items()}
    return value
