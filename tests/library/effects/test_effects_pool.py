"""What happens to VMs and disks of a pool that comes, goes or is replaced."""

from __future__ import annotations

import pytest
from effect_rows import CORES, DATA_VOLUMES, KEEP_DISKS, Row, assert_follows, pool, told
from kubevirt_vm_pool.effects import pool_effects

ROWS: dict[str, Row] = {
    "another name is another pool": (
        {},
        {"metadata.name": "shop", CORES: 4},
        [
            (
                "replace",
                "web is replaced by shop: all 4 VMs are deleted "
                "and everything on 4 disks (web-disk-*) is lost",
            )
        ],
        "immutable",
    ),
    "another namespace is another pool": (
        {"spec.replicas": 1},
        {"metadata.namespace": "user2"},
        [
            (
                "replace",
                "web is replaced by a new pool: its only VM is deleted "
                "and everything on 1 disk (web-disk-*) is lost",
            )
        ],
        "immutable",
    ),
    "another selector is another pool": (
        {},
        {"spec.selector.matchLabels": {"pool": "shop"}},
        [
            (
                "replace",
                "web is replaced by a new pool: all 4 VMs are deleted "
                "and everything on 4 disks (web-disk-*) is lost",
            )
        ],
        "vmpool-admitter.go:189",
    ),
    "a pool of another API group is another pool": (
        {DATA_VOLUMES: None},
        {"apiVersion": "example.com/v1"},
        [("restart all", "web is replaced by a new pool: all 4 VMs are deleted")],
        "immutable",
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_another_pool(row: Row) -> None:
    assert_follows(row)


def test_a_new_pool_creates_its_vms() -> None:
    assert told(pool_effects(None, pool())) == [("new replicas only", "4 VMs of web are created")]
    assert pool_effects(None, None) == []


def test_a_pool_goes_with_its_vms_and_disks() -> None:
    assert told(pool_effects(pool(), None)) == [
        (
            "disk loss",
            "web is deleted with all 4 VMs: everything on 4 disks (web-disk-*) is lost",
        )
    ]


def test_disks_that_a_scale_in_has_kept_outlive_the_pool() -> None:
    assert told(pool_effects(pool({"spec.scaleInStrategy": KEEP_DISKS}), None, replicas=1)) == [
        (
            "disk loss",
            "web is deleted with its only VM: everything on 1 disk (web-disk-*) is lost; "
            "disks that a scale-in has kept stay behind",
        )
    ]


def test_a_pool_without_vms_has_no_disk_to_lose() -> None:
    assert told(pool_effects(pool(), None, replicas=0)) == [
        ("other objects only", "web is deleted with no VM")
    ]
    assert told(pool_effects(pool(), pool({"metadata.name": "shop"}), replicas=0)) == [
        ("new replicas only", "web is replaced by shop: it has no VMs")
    ]
