"""What changes for the next time only, or not at all."""

from __future__ import annotations

import pytest
from effect_rows import CORES, DISK_SIZE, KEEP_DISKS, Row, assert_follows

ROWS: dict[str, Row] = {
    "an explicit proactive strategy is the default": (
        {"spec.updateStrategy": {"proactive": {}}},
        {CORES: 4},
        [
            (
                "restart n at a time",
                "4 VMs of web restart one by one (those not ready: all at once); their disks stay",
            )
        ],
        "1296",
    ),
    "saying the default strategy changes nothing": (
        {},
        {"spec.updateStrategy": {"proactive": {}}},
        [("nothing", "From now on updates of web reach running VMs, which restart")],
        "1327",
    ),
    "the new strategy holds for the update that it comes with": (
        {},
        {DISK_SIZE: "9Gi", "spec.updateStrategy": {"unmanaged": {}}},
        [
            (
                "new replicas only",
                "VMs of web stay as they are; only those created from now on get the change",
            ),
            ("nothing", "From now on updates of web reach new VMs only"),
        ],
        "1386",
    ),
    "maxUnavailable alone": (
        {},
        {"spec.maxUnavailable": "50%"},
        [("nothing", "From now on updates of web reach its VMs 2 at a time")],
        "1327",
    ),
    "scaleInStrategy alone": (
        {"spec.scaleInStrategy": KEEP_DISKS},
        {"spec.scaleInStrategy": {"proactive": {"selectionPolicy": {"sortPolicy": "Newest"}}}},
        [
            (
                "nothing",
                "From now on scale-in of web removes VMs the newest first, and deletes their disks",
            )
        ],
        "1327",
    ),
    "nameGeneration alone": (
        {},
        {"spec.nameGeneration": {"appendIndexToSecretRefs": True}},
        [
            (
                "nothing",
                "VMs of web keep the Secrets and ConfigMaps that they have; "
                "those created or updated from now on take the new names",
            )
        ],
        "1327",
    ),
    "paused": (
        {},
        {"spec.paused": True},
        [("nothing", "web is paused: its VMs stay as they are")],
        "1593",
    ),
    "autohealing deletes VMs, disks, and what is not its own": (
        {},
        {"spec.autohealing": {"startUpFailureThreshold": 3}},
        [
            (
                "disk loss",
                "web deletes VMs that fail to start, and their disks, in the whole namespace: "
                "other people's VMs too",
            )
        ],
        "1554-1565",
    ),
    "autohealing keeps disks where scale-in does": (
        {"spec.scaleInStrategy": KEEP_DISKS},
        {"spec.autohealing": {}},
        [
            (
                "scale-in, disks kept",
                "web deletes VMs that fail to start, but not their disks, in the whole namespace: "
                "other people's VMs too",
            )
        ],
        "1554-1565",
    ),
    "no autohealing any more": (
        {"spec.autohealing": {}},
        {"spec.autohealing": None},
        [("nothing", "web no longer deletes VMs that fail to start")],
        "1554-1565",
    ),
    "another version of the API is the same pool": (
        {},
        {"apiVersion": "pool.kubevirt.io/v1alpha1"},
        [("nothing", "web means the same as before")],
        "same fields",
    ),
    "labels of the pool object": (
        {},
        {"metadata.labels.team": "other"},
        [("other objects only", "Only the pool object web changes; no VM restarts for that")],
        "1327",
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_change_of_a_setting(row: Row) -> None:
    assert_follows(row)
