"""Affinity and spreading that select no VM of the pool, and so hold nobody apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..spec.pool import PoolSpec
from ..text.paths import Path, dotted

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
# Labels that KubeVirt gives to a VM's pod by itself.
KUBEVIRTS = ("kubevirt.io/", "vm.kubevirt.io/")


def told(spec: PoolSpec) -> Iterator[str]:
    """Yield what selects no pod at all, or pods by labels that no VM of the pool has.

    A selector that is not there selects no pod (Kubernetes API reference).
    """
    own = {**spec.vm_labels, **spec.selector}
    for path, term in _terms(spec):
        selector = term.get("labelSelector")
        if selector is None:
            pool, name = next(iter(spec.selector.items()))
            yield (
                f"{dotted(path)} has no labelSelector, and so selects no pod at all; those of "
                f"{spec.name} are labelSelector: {{matchLabels: {{{pool}: {name}}}}}"
            )
            continue
        wanted = selector.get("matchLabels") or {}
        spreads = path[0] == "topologySpreadConstraints"
        lacking = [
            f"{key}: {value}"
            for key, value in wanted.items()
            if own.get(key) != value
            and not key.startswith(KUBEVIRTS)
            and (spreads or spec.labels.get(key) == value)
        ]
        # Near to other pods VMs may well want to be.
        if lacking and path[1:2] != ("podAffinity",):
            has = ", ".join(f"{key}: {value}" for key, value in own.items())
            yield (
                f"{dotted(path)} selects no VM of {spec.name}: they have {has}, and not "
                f"{', '.join(lacking)}, which vmLabels would give them (labels does not)"
            )


def _terms(spec: PoolSpec) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield what selects pods, with its path."""
    for kind in ("podAffinity", "podAntiAffinity"):
        said = spec.affinity.get(kind)
        if isinstance(said, Mapping):
            for index, term in _objects(said.get(REQUIRED)):
                yield ("affinity", kind, REQUIRED, index), term
            for index, weighted in _objects(said.get(PREFERRED)):
                for _, term in _objects([weighted.get("podAffinityTerm")]):
                    yield ("affinity", kind, PREFERRED, index, "podAffinityTerm"), term
    for index, constraint in _objects(spec.topology_spread_constraints):
        yield ("topologySpreadConstraints", index), constraint


def _objects(items: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, Mapping):
            yield index, item
