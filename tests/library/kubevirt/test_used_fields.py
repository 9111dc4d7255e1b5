"""Which fields of a pool a version of KubeVirt does not have."""

from __future__ import annotations

from configurations import specification
from kubevirt_vm_pool.kubevirt.used_fields import unknown_in
from kubevirt_vm_pool.manifests.objects import objects


def test_fields_are_told_with_their_place_in_objects_and_lists() -> None:
    spec = {
        "maxUnavailable": 1,
        "virtualMachineTemplate": {
            "spec": {
                "template": {
                    "spec": {
                        "volumes": [{"name": "a"}, {"name": "b", "containerPath": {"path": "/"}}]
                    }
                }
            }
        },
    }
    volume = ("virtualMachineTemplate", "spec", "template", "spec", "volumes", 1, "containerPath")
    found = {path: field.since for path, field in unknown_in((1, 5), spec)}
    assert found == {("maxUnavailable",): (1, 6), volume: (1, 8)}
    assert [path for path, _ in unknown_in((1, 7), spec)] == [volume]
    assert list(unknown_in((1, 9), spec)) == []


def test_labels_and_what_nobody_knows_are_no_fields() -> None:
    pool = objects(specification("labels: {maxUnavailable: a}"))["pool"]
    assert list(unknown_in((1, 6), {**pool["spec"], "fresh": {"a": 1}})) == []
