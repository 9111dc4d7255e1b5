"""Which values of a configuration may be secrets."""

from __future__ import annotations

from ..text.paths import Path

# What stands below these keys may be a secret, and so may the value of a key that nobody knows.
SECRET_KEYS = frozenset({"password", "cloudInit", "perReplica"})
# ... except for these members.
PUBLIC = frozenset(
    {("cloudInit", member) for member in ("timezone", "user", "packages", "secretName")}
    | {("perReplica", member) for member in ("spare", "generate", "hostname")}
)


def may_show(path: Path) -> bool:
    """Tell whether the value at a path of the configuration can be no secret."""
    if not path or path[0] not in SECRET_KEYS:
        return True
    return path[:2] in PUBLIC
