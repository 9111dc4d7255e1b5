"""Who can log in to a VM, as cloud-init understands its cloud-config.

From cloud-init 22.4 to 25.x: distros/ug_util.py (normalize_users_groups), cc_set_passwords.py,
cc_ssh.py, cc_ssh_import_id.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

# What is the default user's alone, at the top of a cloud-config.
OF_DEFAULT_USER = ("password", "ssh_authorized_keys", "ssh_import_id")
# What lets a user in, who is described by an object.
OF_A_USER = (
    *("plain_text_passwd", "hashed_passwd", "passwd"),
    *("ssh_authorized_keys", "ssh_import_id", "ssh-authorized-keys", "ssh-import-id"),
)


def makes_default_user(document: Mapping[str, Any]) -> bool:
    """Tell whether there is a default user; one who is only in the image by that name is none."""
    if "users" not in document:
        return True
    users, user = document["users"], document.get("user")
    if isinstance(user, str | Mapping) and user:
        # It is added to users, unless an object there says otherwise.
        return not isinstance(users, Mapping) or "default" in _names({"default": True, **users})
    return "default" in _names(users)


def users(document: Mapping[str, Any]) -> list[str]:
    """Return who can log in, by name; "default" is the image's own default user.

    A user that is described counts with a key or a password; one that only runs a service does not.
    """
    described = document.get("users")
    services = {
        str(user.get("name"))
        for user in (described if isinstance(described, list) else ())
        if isinstance(user, Mapping) and not any(user.get(key) for key in OF_A_USER)
    }
    names = (["default"] if makes_default_user(document) else []) + list(_names(described))
    default = document.get("user")
    own = default.get("name") if isinstance(default, Mapping) else default
    # In the order of the document, each once.
    found = dict.fromkeys(name for name in names if name not in services)
    return [str(own or name) if name == "default" else name for name in found]


def _names(users: Any) -> Iterable[str]:
    """Yield the names of users in any of the forms that cloud-init takes."""
    if isinstance(users, str):
        yield from (name.strip() for name in users.split(","))
    elif isinstance(users, Mapping):
        for name, about in users.items():
            said = str(about).strip().lower() in {"true", "1", "on", "yes"}
            if isinstance(about, Mapping) or said:
                yield str(name)
    elif isinstance(users, list):
        for user in users:
            if isinstance(user, Mapping):
                yield str(user.get("name", "default"))
            elif isinstance(user, str):
                yield from user.strip().split(",")
            elif isinstance(user, list):
                yield from map(str, user)


def other_passwords(document: Mapping[str, Any]) -> str | None:
    """Return the key beside which cloud-init ignores `password`, None if there is none."""
    chpasswd = document.get("chpasswd")
    if isinstance(chpasswd, Mapping):
        for key in ("users", "list"):
            if chpasswd.get(key):
                return f"chpasswd.{key}"
    return None


def root_may_log_in(document: Mapping[str, Any]) -> bool:
    """Tell whether keys let in root, who gets them beside the default user."""
    return str(document.get("disable_root", True)).strip().lower() not in {"true", "1", "on", "yes"}


def lets_somebody_in(document: Mapping[str, Any]) -> bool:
    """Tell whether a cloud-config lets somebody log in, or decides about logins by `users`."""
    user = document.get("user")
    return (
        other_passwords(document) is not None
        or any(document.get(key) for key in (*OF_DEFAULT_USER, "users"))
        or (isinstance(user, Mapping) and any(user.get(key) for key in OF_A_USER))
    )
