"""Every field that KubeVirt has, changed once: what is said follows from the part it is in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from configurations import specification
from effect_rows import POOL, pool
from kubevirt_objects import Place, every_place, object_with, sound
from kubevirt_vm_pool.effects import Effect, Severity, effects, pool_effects
from kubevirt_vm_pool.kubevirt.fields import fields
from kubevirt_vm_pool.manifests.merge import merged
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.text.paths import Path

# The part of a VM's spec, by its first step; what a change of it does, and the words for it.
Rules = Mapping[str, tuple[Severity, str]]

LATER = (Severity.NEW_REPLICAS, "at their next restart")
NEW_VMS = (Severity.NEW_REPLICAS, "only those created from now on")
NOTHING = (Severity.NOTHING, "Nothing restarts")
BY_STRATEGY: Mapping[str, Rules] = {
    "": {
        "template": (
            Severity.RESTART_SOME,
            "restart one by one (those not ready: all at once); their disks stay",
        ),
        "dataVolumeTemplates": (
            Severity.DISK_LOSS,
            "recreated one by one (those not ready: all at once) with new disks",
        ),
        "instancetype": LATER,
        "preference": LATER,
        "runStrategy": NOTHING,
        "running": NOTHING,
        "updateVolumesStrategy": NOTHING,
    },
    "opportunistic": {
        "template": LATER,
        "dataVolumeTemplates": (Severity.NEW_REPLICAS, "Disks of lab05-webserver stay as they are"),
        "instancetype": LATER,
        "preference": LATER,
        "runStrategy": NOTHING,
        "running": NOTHING,
        "updateVolumesStrategy": NOTHING,
    },
    "unmanaged": dict.fromkeys(
        (
            *("template", "dataVolumeTemplates", "instancetype", "preference", "runStrategy"),
            *("running", "updateVolumesStrategy"),
        ),
        NEW_VMS,
    ),
}
OF_A_POOL: Rules = {
    "autohealing": (Severity.DISK_LOSS, "other people's VMs too"),
    "maxUnavailable": (Severity.NOTHING, "From now on updates"),
    "nameGeneration": (Severity.NOTHING, "keep the Secrets and ConfigMaps that they have"),
    "paused": (Severity.NOTHING, "paused"),
    "replicas": (Severity.SCALE_IN, "2 disks (web-disk-*) is lost"),
    "scaleInStrategy": (Severity.NOTHING, "From now on scale-in"),
    "selector": (Severity.REPLACED, "everything on 4 disks (web-disk-*) is lost"),
    "updateStrategy": (Severity.NOTHING, "From now on updates"),
    # Its metadata; the spec in it has rules of its own.
    "virtualMachineTemplate": (Severity.NOTHING, "only the VM objects of web change"),
}
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
