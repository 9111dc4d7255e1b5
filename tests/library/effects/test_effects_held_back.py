"""What a change lets loose that a pause or a strategy has held back."""

from __future__ import annotations

import pytest
from effect_rows import DISK_SIZE, Row, assert_follows

SELECTORS = "spec.updateStrategy.proactive.selectionPolicy.selectors"
SELECTIVE = {
    "proactive": {"selectionPolicy": {"selectors": {"labelSelector": {"matchLabels": {"a": "b"}}}}}
}
LET_LOOSE = (
    "The updateStrategy of web holds nothing back any more: if changes have waited, its VMs "
    "restart one by one (those not ready: all at once), or where dataVolumeTemplates changed, are "
    "recreated "
    "and everything on 4 disks (web-disk-*) is lost"
)

ROWS: dict[str, Row] = {
    "selectors that no longer hold VMs back let loose what they did": (
        {"spec.updateStrategy": SELECTIVE},
        {"spec.updateStrategy": {"proactive": {}}},
        [
            ("disk loss", LET_LOOSE),
            ("nothing", "From now on updates of web reach running VMs, which restart"),
        ],
        "1241-1303",
    ),
    "other selectors let loose what the old ones held back": (
        {"spec.updateStrategy": SELECTIVE},
        {f"{SELECTORS}.labelSelector.matchLabels.pool": "web"},
        [
            ("disk loss", LET_LOOSE),
            ("nothing", "From now on updates of web reach running VMs, which restart"),
        ],
        "1241-1303",
    ),
    "first selectors let loose nothing": (
        {},
        {"spec.updateStrategy": SELECTIVE},
        [("nothing", "From now on updates of web reach running VMs, which restart")],
        "1327",
    ),
    "another order leaves VMs that the selectors hold back where they are": (
        {"spec.updateStrategy": SELECTIVE},
        {"spec.updateStrategy.proactive.selectionPolicy.sortPolicy": "Newest"},
        [("nothing", "From now on updates of web reach running VMs, which restart")],
        "1327",
    ),
    "another order of updates holds nothing back": (
        {"spec.updateStrategy": {"proactive": {"selectionPolicy": {"sortPolicy": "Oldest"}}}},
        {"spec.updateStrategy.proactive.selectionPolicy.sortPolicy": "Newest"},
        [("nothing", "From now on updates of web reach running VMs, which restart")],
        "1327",
    ),
    "a strategy that ends lets loose what it held back": (
        {"spec.updateStrategy": {"opportunistic": {}}},
        {"spec.updateStrategy": None},
        [
            (
                "disk loss",
                "The updateStrategy of web holds nothing back any more: if changes have waited, "
                "its VMs restart one by one (those not ready: all at once), or where "
                "dataVolumeTemplates changed, are recreated "
                "and everything on 4 disks (web-disk-*) is lost",
            ),
            ("nothing", "From now on updates of web reach running VMs, which restart"),
        ],
        "1241-1303",
    ),
    "from unmanaged to opportunistic, it is let loose at the next restart": (
        {"spec.updateStrategy": {"unmanaged": {}}},
        {"spec.updateStrategy": {"opportunistic": {}}},
        [
            (
                "new replicas only",
                "Nothing restarts: VMs of web take the change at their next restart",
            ),
            ("nothing", "From now on updates of web reach VMs at their next restart"),
        ],
        "1419",
    ),
    "what is changed while the pool is paused happens later and is as bad": (
        {"spec.paused": True},
        {DISK_SIZE: "9Gi", "spec.replicas": 5},
        [
            (
                "disk loss",
                "Nothing while web is paused; then: 4 VMs of web are recreated one by one "
                "(those not ready: all at once) with new disks: everything on 4 disks "
                "(web-disk-*) is lost",
            ),
            ("new replicas only", "Nothing while web is paused; then: 1 VM is added to web"),
        ],
        "1593",
    ),
    "no longer paused": (
        {"spec.paused": True},
        {"spec.paused": None},
        [
            (
                "disk loss",
                "web is no longer paused: if changes have waited, its VMs restart, or are removed, "
                "or where dataVolumeTemplates changed, are recreated "
                "and everything on 4 disks (web-disk-*) is lost",
            )
        ],
        "1593",
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_change_that_held_changes_back(row: Row) -> None:
    assert_follows(row)
