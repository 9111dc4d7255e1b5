"""What an object is to its pool: names such as "pool" or, of one replica's own, "cloud-init-3"."""

from __future__ import annotations

import re

CLOUD_INIT = "cloud-init"
SECRET = "secret"
CONFIG_MAP = "config-map"

# The same object of other replicas has the same beginning.
OWN = re.compile(rf"(?P<of>(?P<what>{CLOUD_INIT}|{SECRET}|{CONFIG_MAP})(-.+)?)-(?P<index>[0-9]+)")


def own(what: str, index: int, name: str = "") -> str:
    """Return the role of one replica's own object. name: as volumes know it, if they do."""
    return "-".join(filter(None, (what, name, str(index))))


def is_own(role: str) -> bool:
    """Tell whether the object of a role is one replica's own."""
    return OWN.fullmatch(role) is not None
