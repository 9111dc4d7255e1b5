"""Passwords in plain text in a cloud-config document: where they stand, never what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..guest.cloud_init import is_cloud_config
from ..text.yaml_documents import parsed

# What cloud-init takes for a hash in `password` and `chpasswd.list` (cc_set_passwords.py, to 25.x);
# anything else is given to the guest as it stands.
HASH = re.compile(r"\$(1|2a|2y|5|6)(\$.+){2}")
# What crypt(3) takes for one, and the marks of accounts without a password.
CRYPT = re.compile(r"\$[0-9a-z]+\$.+|[!*]+.*")
MADE_BY_THE_GUEST = ("R", "RANDOM")


def in_user_data(text: str) -> list[str]:
    """Return the places of plain-text passwords in user data: ["users[0].plain_text_passwd"].

    Only a cloud-config document can be judged: what a script or an archive does nobody knows here.
    """
    document = parsed(text)[0] if is_cloud_config(text) else None
    return list(in_document(document or {}))


def in_document(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the places of plain-text passwords in a cloud-config document."""
    if _is_plain(document.get("password"), HASH):
        yield "password"
    chpasswd = document.get("chpasswd")
    if isinstance(chpasswd, Mapping):
        yield from _in_list(chpasswd.get("list"))
        for index, user in _objects(chpasswd.get("users")):
            if user.get("type") != "RANDOM" and _is_plain(user.get("password"), CRYPT):
                yield f"chpasswd.users[{index}].password"
    # "user" is one of them, or only its name.
    users: list[tuple[str, Any]] = [("user", document.get("user")), *_users(document.get("users"))]
    for where, user in users:
        if isinstance(user, Mapping):
            yield from (f"{where}.{key}" for key in _of_user(user))


def is_hash(password: str) -> bool:
    """Tell whether cloud-init takes a password for a hash."""
    return not _is_plain(password, HASH)


def _in_list(lines: Any) -> Iterator[str]:
    """Yield the places in chpasswd.list, which has lines such as "user:password"."""
    many = lines.splitlines() if isinstance(lines, str) else lines
    for index, line in enumerate(many if isinstance(many, Sequence) else ()):
        password = str(line).partition(":")[2]
        if password not in MADE_BY_THE_GUEST and _is_plain(password, HASH):
            yield f"chpasswd.list[{index}]"


def _of_user(user: Mapping[str, Any]) -> Iterator[str]:
    if user.get("plain_text_passwd"):
        yield "plain_text_passwd"
    for key in ("passwd", "hashed_passwd"):
        if _is_plain(user.get(key), CRYPT):
            yield key


def _users(users: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(users, Mapping):
        users = list(users.values())
    return ((f"users[{index}]", user) for index, user in _objects(users))


def _objects(items: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for index, item in enumerate(items if isinstance(items, Sequence) else ()):
        if isinstance(item, Mapping):
            yield index, item


def _is_plain(value: Any, hashed: re.Pattern[str]) -> bool:
    # A number is a password, too: YAML has no quotes around it.
    return value is not None and value != "" and not hashed.match(str(value))
