"""Sound values in place of those that are not known yet or must stay encrypted.

With one of them the rest of a configuration can be checked, and every object but the Secrets and
ConfigMaps comes out as it will be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..text.paths import Path

A_PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA x"
SSH_KEYS: Path = ("cloudInit", "sshAuthorizedKeys")

# What every text begins with that stands in for one inside of INSIDE.
NOT_KNOWN = "not-known-here"

PLACEHOLDERS: Mapping[Path, Any] = {
    ("password",): "not known here",
    ("cloudInit", "userData"): "#cloud-config\nusers: [default]\n",
    ("cloudInit", "networkData"): {"version": 2},
    ("cloudInit", "config"): {"users": ["default"]},
    ("cloudInit", "timezone"): "Etc/UTC",
    ("cloudInit", "user"): "somebody",
    ("cloudInit", "packages"): ["not-known-here"],
    ("cloudInit", "runCommands"): ["true"],
    SSH_KEYS: [A_PUBLIC_KEY],
    ("perReplica", "password"): "not known here",
    ("perReplica", "config"): {"users": ["default"]},
    ("perReplica", "userData"): "#cloud-config\nusers: [default]\n",
    ("perReplica", "networkData"): {"version": 2},
}
# Objects of which only a text somewhere inside may be unknown: the steps to it, at least.
INSIDE: Mapping[Path, int] = {
    ("perReplica", "values"): 1,
    ("perReplica", "configMaps"): 2,
    ("perReplica", "secrets"): 2,
}


def placeholder(path: Path) -> Any:
    """Return what stands in for the value at a path of the configuration.

    Raises KeyError where none can, because objects other than the Secret depend on the value.
    """
    if path in PLACEHOLDERS:
        return PLACEHOLDERS[path]
    if len(path) - 2 >= INSIDE.get(path[:2], len(path)):
        # A host name, too, and for each replica another one.
        return f"{NOT_KNOWN}-{path[2]}"
    whole = PLACEHOLDERS[path[:2]]
    return whole[0] if isinstance(whole, list) else "not known here"
