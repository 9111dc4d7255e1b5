"""The fewest keys that lead to the same objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from kubevirt_vm_pool.spec.kubevirt_keys import KEYS
from kubevirt_vm_pool.text.paths import Path

Config = dict[str, Any]
# What is in these is KubeVirt's, Kubernetes' or cloud-init's own, and changes an object.
WHOLE = frozenset(
    {"template", "config", "affinity", "metrics", "behavior", "values", "secrets", "configMaps"}
    | KEYS.keys()
)


def fewest(
    config: Config, made: Callable[[Config], Any], problems: Callable[[Config], str]
) -> Config:
    """Return a configuration without the keys that change nothing.

    made: what a configuration leads to, None if nothing. problems: what is wrong with it, "" if
    nothing: a key may be needed though it makes nothing.
    """
    wanted, wrong = made(config), problems(config)
    if wanted is None:
        return config
    for path in list(_paths(config)):
        less = _without(config, path)
        if less != config and made(less) == wanted and problems(less) == wrong:
            config = less
    return config


def _paths(value: Any, above: Path = ()) -> Iterator[Path]:
    """Yield every key, those of an object after the object itself."""
    for key, one in value.items() if isinstance(value, dict) else ():
        yield (*above, key)
        if key not in WHOLE:
            yield from _paths(one, (*above, key))
    for index in range(len(value) if isinstance(value, list) else 0):
        yield from _paths(value[index], (*above, index))


def _without(value: Any, path: Path) -> Any:
    """Return a value without what stands at a path, as far as the path leads."""
    step, *rest = path
    if isinstance(value, dict) and step in value:
        if not rest:
            return {key: one for key, one in value.items() if key != step}
        inner = _without(value[step], tuple(rest))
        return {key: inner if key == step else one for key, one in value.items()}
    if isinstance(value, list) and isinstance(step, int) and step < len(value) and rest:
        return [
            _without(one, tuple(rest)) if place == step else one for place, one in enumerate(value)
        ]
    return value
