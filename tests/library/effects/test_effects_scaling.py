"""What another number of VMs does to VMs and disks."""

from __future__ import annotations

import pytest
from effect_rows import CORES, KEEP_DISKS, Row, assert_follows, pool, told
from kubevirt_vm_pool.effects import pool_effects

ROWS: dict[str, Row] = {
    "more replicas": (
        {},
        {"spec.replicas": 5},
        [("new replicas only", "1 VM is added to web")],
        "pool.go:915",
    ),
    "fewer replicas lose the disks of those that go": (
        {},
        {"spec.replicas": 1},
        [
            (
                "scale-in",
                "3 of 4 VMs of web, chosen at random, are removed: "
                "everything on 3 disks (web-disk-*) is lost",
            )
        ],
        "628-674",
    ),
    "scale-in says which VMs go": (
        {
            "spec.scaleInStrategy": {
                "proactive": {"selectionPolicy": {"sortPolicy": "DescendingOrder"}}
            }
        },
        {"spec.replicas": 3},
        [
            (
                "scale-in",
                "1 of 4 VMs of web, the highest index first, is removed: "
                "everything on 1 disk (web-disk-*) is lost",
            )
        ],
        "628-674",
    ),
    "scale-in keeps disks where it shall, by the new strategy": (
        {},
        {"spec.replicas": 1, "spec.scaleInStrategy": KEEP_DISKS},
        [
            (
                "scale-in, disks kept",
                "3 of 4 VMs of web, chosen at random, are removed; "
                "their disks stay, for the next VMs of the same index",
            ),
            (
                "nothing",
                "From now on scale-in of web removes VMs chosen at random, and keeps their disks",
            ),
        ],
        "1801-1929",
    ),
    "no replicas": (
        {},
        {"spec.replicas": 0},
        [
            (
                "scale-in",
                "All 4 VMs of web are removed: everything on 4 disks (web-disk-*) is lost",
            )
        ],
        "628-674",
    ),
    "replicas that are not said are one": (
        {},
        {"spec.replicas": None},
        [
            (
                "scale-in",
                "3 of 4 VMs of web, chosen at random, are removed: "
                "everything on 3 disks (web-disk-*) is lost",
            )
        ],
        "628-674",
    ),
    "scale-in by hand removes nothing": (
        {"spec.scaleInStrategy": {"opportunistic": {}}},
        {"spec.replicas": 1},
        [("nothing", "No VM of web is removed: its scaleInStrategy leaves that to others")],
        "616",
    ),
    "scale-in no longer by hand removes what is too much": (
        {"spec.scaleInStrategy": {"unmanaged": {}}},
        {"spec.scaleInStrategy": None},
        [
            (
                "scale-in",
                "VMs of web may be removed: everything on every disk (web-disk-*) is lost",
            ),
            (
                "nothing",
                "From now on scale-in of web removes VMs chosen at random, and deletes their disks",
            ),
        ],
        "628-674",
    ),
    "VMs that go do not restart": (
        {},
        {"spec.replicas": 1, CORES: 4},
        [
            (
                "scale-in",
                "3 of 4 VMs of web, chosen at random, are removed: "
                "everything on 3 disks (web-disk-*) is lost",
            ),
            ("restart all", "The only VM of web restarts; their disks stay"),
        ],
        "628-674",
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_change_of_the_number_of_vms(row: Row) -> None:
    assert_follows(row)


def test_the_number_of_vms_in_the_cluster_counts_where_it_is_known() -> None:
    assert told(pool_effects(pool(), pool({"spec.replicas": 3}), replicas=7)) == [
        (
            "scale-in",
            "4 of 7 VMs of web, chosen at random, are removed: "
            "everything on 4 disks (web-disk-*) is lost",
        )
    ]


def test_replicas_that_the_cluster_has_already_change_nothing() -> None:
    assert told(pool_effects(pool(), pool({"spec.replicas": 3}), replicas=3)) == [
        ("nothing", "web has this number of VMs already")
    ]


def test_what_was_scaled_by_hand_goes_back_with_the_next_change() -> None:
    assert told(pool_effects(pool(), pool({"metadata.labels.team": "x"}), replicas=5)) == [
        (
            "scale-in",
            "1 of 5 VMs of web, chosen at random, is removed: "
            "everything on 1 disk (web-disk-*) is lost",
        ),
        ("other objects only", "Only the pool object web changes; no VM restarts for that"),
    ]
    assert pool_effects(pool(), pool(), replicas=5) == []
