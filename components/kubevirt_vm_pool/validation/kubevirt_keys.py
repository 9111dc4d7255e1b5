"""Check the keys that hold KubeVirt's own objects: as KubeVirt's fields are, and what a pool needs.

What each field may be, and in which version it is there, kubevirt_fields.py knows. REFUSED has what
KubeVirt would take and a pool must not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..spec.defaults import declared
from ..spec.kubevirt_keys import DOMAIN, KEYS
from ..spec.values import VERSION
from ..text.paths import Path, dotted
from .problems import Found, Problem

MEMORY = (*DOMAIN, "memory")
MEANT = "did you mean "

SAME_FOR_ALL = "would be the same for all VMs, and KubeVirt gives each its own"
STUCK = (
    "leaves VMs that are deleted with the pool's finalizer on them, so that they never go "
    "(KubeVirt 1.7 to 1.9, pool.go:703)"
)
PROACTIVE = "use proactive, with selectionPolicy.sortPolicy; rollout.strategy says when VMs restart"
CRASHES = (
    "crashes KubeVirt's controller, for the whole cluster, where fewer VMs match than must go "
    "(KubeVirt 1.7 to 1.9, pool.go:654)"
)
# By the key and what is below it.
REFUSED: Mapping[Path, tuple[str, str]] = {
    ("firmware", "uuid"): (SAME_FOR_ALL, "remove it"),
    ("firmware", "serial"): (
        "would be the same for all VMs",
        "remove it; what differs from VM to VM is for perReplica",
    ),
    ("scaleInStrategy", "unmanaged"): (STUCK, PROACTIVE),
    ("scaleInStrategy", "opportunistic"): (STUCK, PROACTIVE),
    ("scaleInStrategy", "proactive", "selectionPolicy", "selectors"): (
        CRASHES,
        "remove it: all VMs of a pool have the same labels, so it selects all or none",
    ),
}


def problems(config: Mapping[str, Any]) -> Iterator[Found]:
    """Yield what is wrong with the values of such keys, as typed.

    What is no object, list or text at all the models report.
    """
    version = str(config.get("kubevirtVersion"))
    if not re.fullmatch(VERSION, version):
        return
    for key, place in _places(config):
        value = config[key]
        # Reading KubeVirt's fields takes some milliseconds, and most stacks do without.
        from ..kubevirt.fields import field_at
        from .kubevirt_fields import problems_of_field

        owner, field = field_at(place)
        if field.is_list and not all(isinstance(one, dict) for one in value):
            continue
        found = list(problems_of_field(owner, str(place[-1]), value, version, (key,)))
        yield from _without_what_is_misspelt(found)
        yield from _refused(value, (key,))


def _without_what_is_misspelt(found: list[Found]) -> Iterator[Found]:
    """Yield problems but for those that a member is missing which another one is meant to be."""
    meant = {
        dotted((*one.path[:-1], one.problem.fix.removeprefix(MEANT).removesuffix("?")))
        for one in found
        if one.problem.fix.startswith(MEANT)
    }
    for one in found:
        if one.problem.rule != "is missing" or one.problem.key not in meant:
            yield one


def _places(config: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    for key, row in KEYS.items():
        value = config.get(key)
        if _has_shape(key, value):
            yield key, row.place
    if isinstance(config.get("memory"), dict):
        yield "memory", MEMORY


def _has_shape(key: str, value: object) -> bool:
    """Tell whether a value is of the kind that the model wants."""
    if value is None:
        return False
    kinds = {"object": dict, "array": list, "boolean": bool, "string": str, "integer": int}
    return isinstance(value, kinds[declared()[key].kind])


def _refused(value: object, path: Path) -> Iterator[Found]:
    for refused, (rule, fix) in REFUSED.items():
        here = value if refused[0] == path[0] else None
        for step in refused[1:]:
            here = here.get(step) if isinstance(here, dict) else None
        if here is not None:
            shown = here if isinstance(here, str) else None
            yield Found(refused, Problem(dotted(refused), rule, fix, shown))
