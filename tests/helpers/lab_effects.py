"""The lab's objects, and what a change of its configuration does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from configurations import specification
from effect_rows import Told, told
from kubevirt_vm_pool.effects import effects
from kubevirt_vm_pool.manifests.objects import objects

LAB = objects(specification())


def lab(changes: str) -> dict[str, dict[str, Any]]:
    return objects(specification(changes))


def told_of(
    before: Mapping[str, Mapping[str, Any]],
    after: Mapping[str, Mapping[str, Any]],
    replicas: int | None = None,
) -> Told:
    return told(effects(before, after, replicas=replicas))


DISKS = "(lab05-webserver-disk-*)"
