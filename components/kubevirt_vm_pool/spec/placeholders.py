"""Sound values in place of those that are not known yet or must stay encrypted.

With one of them the rest of a configuration can be checked, and every object but the Secrets and
ConfigMaps comes out as it will be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..kubevirt.secret_fields import is_secret
from ..text.paths import Path
from .secrecy import MARKS, WITHIN

# What every text begins with that stands for one inside of INSIDE.
NOT_KNOWN = "not-known-here"
NOT_KNOWN_IN_BASE64 = "bm90LWtub3duLWhlcmU="

PLACEHOLDERS: Mapping[Path, Any] = {
    path: mark.placeholder for path, mark in MARKS.items() if not mark.inside
}
# Objects of which only a text somewhere inside may be unknown: the steps to it, at least.
INSIDE: Mapping[Path, int] = {path: mark.inside for path, mark in MARKS.items() if mark.inside}


def placeholder(path: Path) -> Any:
    """Return what stands in for the value at a path of the configuration.

    Raises KeyError where none can, because objects other than the Secret depend on the value.
    """
    if path in PLACEHOLDERS:
        return PLACEHOLDERS[path]
    if path and path[0] in WITHIN and is_secret(path):
        text = NOT_KNOWN_IN_BASE64 if str(path[-1]).endswith("Base64") else NOT_KNOWN
        return [text] if path[-1] == "extraHeaders" else text
    if len(path) - 2 >= INSIDE.get(path[:2], len(path)):
        # A host name, too, and for each replica another one.
        return f"{NOT_KNOWN}-{path[2]}"
    whole = PLACEHOLDERS[path[:2]]
    return whole[0] if isinstance(whole, list) else "not known here"
