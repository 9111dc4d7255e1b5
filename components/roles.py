"""What an object is to its pool: names such as "pool" or "cloud-init-3"."""

from __future__ import annotations

import re

# One replica's own; the same object of other replicas has the same beginning.
OWN = re.compile(r"(?P<of>(?P<what>cloud-init|secret|config-map)(-.+)?)-(?P<index>[0-9]+)")


def is_own(role: str) -> bool:
    """Tell whether the object of a role is one replica's own."""
    return OWN.fullmatch(role) is not None
