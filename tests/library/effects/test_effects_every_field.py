"""Every field that KubeVirt has, changed once: what is said follows from the part it is in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from configurations import specification
from effect_rows import POOL, pool
from effect_rules import BY_STRATEGY, OF_A_POOL
from kubevirt_objects import Place, every_place, object_with, sound
from kubevirt_vm_pool.effects import Effect, Severity, effects, pool_effects
from kubevirt_vm_pool.kubevirt.fields import fields
from kubevirt_vm_pool.manifests.merge import merged
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.text.paths import Path

TEMPLATE = ("virtualMachineTemplate", "spec")


def told(found: list[Effect]) -> tuple[Severity, str]:
    """Return how bad the worst is, and all that is said."""
    return found[0].severity, "\n".join(effect.text for effect in found)


def another(place: Place) -> Any:
    """Return a value for a place that the pools here do not have there."""
    return "Manual" if place.name == "runStrategy" else sound(place)


def changed_templates(below: Path = ()) -> Iterator[tuple[Place, dict[str, Any]]]:
    for place in every_place():
        value = another(place)
        # An empty object in place of one that has a key takes the key away.
        if not (place.key and value == {}):
            yield place, object_with(place.path, value)


@pytest.mark.parametrize("strategy", BY_STRATEGY, ids=lambda strategy: strategy or "proactive")
def test_every_field_of_the_template_does_what_its_part_does(strategy: str) -> None:
    spec = specification(f"rollout: {{strategy: {strategy}}}" if strategy else "")
    before = objects(spec)
    seen: dict[str, int] = {}
    for place, template in changed_templates():
        after = objects(spec.model_copy(update={"template": template}))
        if after == before:
            # An object that is there already; its members come by themselves.
            assert sound(place) == {}, place.path
            continue
        severity, words = BY_STRATEGY[strategy][str(place.path[0])]
        found = told(effects(before, after))
        assert (found[0], words in found[1]) == (severity, True), (place.path, found)
        seen[str(place.path[0])] = seen.get(str(place.path[0]), 0) + 1
    assert seen.keys() == BY_STRATEGY[strategy].keys()
    assert sum(seen.values()) > 500


def test_every_other_field_of_a_pool_does_what_is_said_of_its_part() -> None:
    before, root = pool(), fields().root
    seen = set()
    for place in every_place(root):
        if place.path[: len(TEMPLATE)] in {TEMPLATE, TEMPLATE[:1]}:
            continue
        after = {
            **POOL,
            "spec": merged(before["spec"], object_with(place.path, sound(place), root), root),
        }
        if after == before:
            continue
        severity, words = OF_A_POOL[str(place.path[0])]
        found = told(pool_effects(before, after))
        assert (found[0], words in found[1]) == (severity, True), (place.path, found)
        seen.add(place.path[0])
    assert seen == OF_A_POOL.keys()
