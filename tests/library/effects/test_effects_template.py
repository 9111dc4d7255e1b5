"""What a changed virtualMachineTemplate does to running VMs and disks."""

from __future__ import annotations

import pytest
from effect_rows import (
    CORES,
    DATA_VOLUMES,
    DISK_SIZE,
    KEEP_DISKS,
    MEMORY,
    RUN,
    VM,
    Row,
    assert_follows,
    pool,
)
from kubevirt_vm_pool.effects import effects

DISK_NAME = f"{VM}.spec.dataVolumeTemplates.0.metadata.name"
GUEST_MEMORY = f"{VM}.spec.template.spec.domain.memory.guest"
CPU_LIMIT = f"{VM}.spec.template.spec.domain.resources.limits.cpu"
SECRET_NAME = f"{VM}.spec.template.spec.volumes.1.cloudInitNoCloud.secretRef.name"

ROWS: dict[str, Row] = {
    "a changed template restarts VMs as maxUnavailable says": (
        {},
        {CORES: 4},
        [
            (
                "restart n at a time",
                "4 VMs of web restart one by one (those not ready: all at once); their disks stay",
            )
        ],
        "pool.go:1296",
    ),
    "without maxUnavailable, as before KubeVirt 1.6, all restart at once": (
        {"spec.maxUnavailable": None},
        {CORES: 4},
        [("restart all", "All 4 VMs of web restart at once; their disks stay")],
        "1118-1145",
    ),
    "the new maxUnavailable holds for the update that it comes with": (
        {},
        {CORES: 4, "spec.maxUnavailable": "100%"},
        [
            ("restart all", "All 4 VMs of web restart at once; their disks stay"),
            ("nothing", "From now on updates of web reach its VMs at once"),
        ],
        "1118",
    ),
    "half of four are two": (
        {"spec.maxUnavailable": "50%"},
        {CORES: 4},
        [
            (
                "restart n at a time",
                "4 VMs of web restart 2 at a time (those not ready: all at once); their disks stay",
            )
        ],
        "1118",
    ),
    "a percentage is rounded down": (
        {"spec.maxUnavailable": "74%"},
        {CORES: 4},
        [
            (
                "restart n at a time",
                "4 VMs of web restart 2 at a time (those not ready: all at once); their disks stay",
            )
        ],
        "1118",
    ),
    "a percentage is one VM at least": (
        {"spec.maxUnavailable": "1%"},
        {CORES: 4},
        [
            (
                "restart n at a time",
                "4 VMs of web restart one by one (those not ready: all at once); their disks stay",
            )
        ],
        "1118",
    ),
    "as many at a time as there are VMs is all at once": (
        {"spec.maxUnavailable": 4},
        {CORES: 4},
        [("restart all", "All 4 VMs of web restart at once; their disks stay")],
        "1118",
    ),
    "a percentage is one of the replicas after the change, and only old VMs restart": (
        {"spec.maxUnavailable": "25%"},
        {CORES: 4, "spec.replicas": 12},
        [
            (
                "restart n at a time",
                "4 VMs of web restart 3 at a time (those not ready: all at once); their disks stay",
            ),
            ("new replicas only", "8 VMs are added to web"),
        ],
        "1118",
    ),
    "the only VM restarts": (
        {"spec.replicas": 1},
        {CORES: 4},
        [("restart all", "The only VM of web restarts; their disks stay")],
        "1296",
    ),
    "labels of the pods are part of the template": (
        {},
        {f"{VM}.spec.template.metadata.labels.team": "lab"},
        [
            (
                "restart n at a time",
                "4 VMs of web restart one by one (those not ready: all at once); their disks stay",
            )
        ],
        "1296",
    ),
    "a renamed cloud-init Secret restarts VMs for nothing": (
        {},
        {SECRET_NAME: "other"},
        [
            (
                "restart n at a time",
                "4 VMs of web restart one by one (those not ready: all at once); their disks stay; "
                "cloud-init does not run again on them",
            )
        ],
        "1296",
    ),
    "the same quantity in other words changes nothing": (
        {},
        {MEMORY: "1024Mi", DISK_SIZE: "6144Mi"},
        [("nothing", "web means the same as before")],
        "semantic.go",
    ),
    "the guest's memory and limits are quantities too": (
        {GUEST_MEMORY: "1Gi", CPU_LIMIT: "2"},
        {GUEST_MEMORY: "1024Mi", CPU_LIMIT: "2000m"},
        [("nothing", "web means the same as before")],
        "semantic.go",
    ),
    "without VMs nothing restarts": (
        {"spec.replicas": 0},
        {CORES: 4, DISK_SIZE: "9Gi"},
        [("new replicas only", "web has no VMs: those created from now on get the change")],
        "951",
    ),
    "VMs without disks of their own lose none": (
        {DATA_VOLUMES: None},
        {CORES: 4},
        [("restart n at a time", "4 VMs of web restart one by one (those not ready: all at once)")],
        "1296",
    ),
    "changed disks are lost": (
        {},
        {DISK_SIZE: "9Gi"},
        [
            (
                "disk loss",
                "4 VMs of web are recreated one by one "
                "(those not ready: all at once) with new disks: "
                "everything on 4 disks (web-disk-*) is lost",
            )
        ],
        "1287-1291",
    ),
    "even a label on them is enough": (
        {},
        {f"{VM}.spec.dataVolumeTemplates.0.metadata.labels": {"a": "b"}},
        [
            (
                "disk loss",
                "4 VMs of web are recreated one by one "
                "(those not ready: all at once) with new disks: "
                "everything on 4 disks (web-disk-*) is lost",
            )
        ],
        "1287-1291",
    ),
    "keeping disks at scale-in keeps none of them": (
        {"spec.scaleInStrategy": KEEP_DISKS, "spec.maxUnavailable": None},
        {DISK_SIZE: "9Gi"},
        [
            (
                "disk loss",
                "All 4 VMs of web are recreated at once with new disks: everything on 4 disks "
                "(web-disk-*) is lost, though scale-in keeps disks",
            )
        ],
        "1638",
    ),
    "renamed disks are lost under their old name, and the restart is a part of it": (
        {},
        {DISK_NAME: "new", CORES: 4},
        [
            (
                "disk loss",
                "4 VMs of web are recreated one by one "
                "(those not ready: all at once) with new disks: "
                "everything on 4 disks (web-disk-*) is lost",
            )
        ],
        "1287-1291",
    ),
    "removed disks are lost": (
        {"spec.replicas": 1},
        {DATA_VOLUMES: None},
        [
            (
                "disk loss",
                "The only VM of web is recreated without disks of their own: "
                "everything on 1 disk (web-disk-*) is lost",
            )
        ],
        "1287-1291",
    ),
    "first disks recreate VMs, and nothing is lost": (
        {DATA_VOLUMES: None},
        {DATA_VOLUMES: [{"metadata": {"name": "web-disk"}}]},
        [
            (
                "restart n at a time",
                "4 VMs of web are recreated one by one "
                "(those not ready: all at once) with disks of their own",
            )
        ],
        "1287-1291",
    ),
    "labels of the VM objects restart nothing": (
        {},
        {f"{VM}.metadata.labels.team": "lab"},
        [("nothing", "Nothing restarts: only the VM objects of web change")],
        "1296",
    ),
    "an instancetype waits for the next restart": (
        {},
        {f"{VM}.spec.instancetype.name": "large"},
        [
            (
                "new replicas only",
                "Nothing restarts: VMs of web take the change at their next restart",
            )
        ],
        "1296",
    ),
    "a preference waits for the next restart": (
        {},
        {f"{VM}.spec.preference": None},
        [
            (
                "new replicas only",
                "Nothing restarts: VMs of web take the change at their next restart",
            )
        ],
        "1296",
    ),
    "a restart takes the instancetype along": (
        {},
        {f"{VM}.spec.instancetype": None, CORES: 4},
        [
            (
                "restart n at a time",
                "4 VMs of web restart one by one (those not ready: all at once); their disks stay",
            )
        ],
        "1296",
    ),
    "running: true becomes Always": (
        {f"{VM}.spec.running": True, RUN: None},
        {f"{VM}.spec.running": None, RUN: "Always"},
        [("nothing", "Nothing restarts: the VMs of web run as before")],
        "running: true is Always",
    ),
    "Halted stops all VMs at once, whatever maxUnavailable": (
        {},
        {RUN: "Halted"},
        [
            (
                "restart all",
                "All 4 VMs of web stop at once and do not start again; their disks stay",
            )
        ],
        "vm.go:1114",
    ),
    "Always starts stopped VMs": (
        {RUN: "Halted"},
        {RUN: "Always"},
        [("new replicas only", "Stopped VMs of web start")],
        "vm.go",
    ),
    "another runStrategy waits until VMs stop": (
        {},
        {RUN: "RerunOnFailure"},
        [
            (
                "nothing",
                "Nothing restarts: when VMs of web stop, the new runStrategy decides what follows",
            )
        ],
        "1296",
    ),
    "VMs with RerunOnFailure do not survive a changed template": (
        {RUN: "RerunOnFailure"},
        {CORES: 4},
        [
            (
                "restart all",
                "4 VMs of web stop one by one (those not ready: all at once), and by their "
                "runStrategy nothing starts them again; their disks stay",
            )
        ],
        "RerunOnFailure",
    ),
    "stopped VMs do not restart": (
        {RUN: "Halted"},
        {CORES: 4},
        [
            (
                "new replicas only",
                "VMs of web are stopped: they take the change when they start",
            )
        ],
        "1184",
    ),
    "opportunistic: a changed template waits for the next restart": (
        {"spec.updateStrategy": {"opportunistic": {}}},
        {CORES: 4},
        [
            (
                "new replicas only",
                "Nothing restarts: VMs of web take the change at their next restart",
            )
        ],
        "1424",
    ),
    "opportunistic: disks of the same name stay": (
        {"spec.updateStrategy": {"opportunistic": {}}},
        {DISK_SIZE: "9Gi"},
        [
            (
                "new replicas only",
                "Disks of web stay as they are; only those created from now on get the change",
            )
        ],
        "vm.go:518",
    ),
    "opportunistic: disks of another name take the place of the old ones": (
        {"spec.updateStrategy": {"opportunistic": {}}},
        {DISK_NAME: "new"},
        [
            (
                "disk loss",
                "VMs of web lose 4 disks (web-disk-*) at their next restart: "
                "they start without them, and the disks go with their VM",
            )
        ],
        "vm.go:518",
    ),
    "opportunistic: disks whose name is not known yet may be other disks": (
        {"spec.updateStrategy": {"opportunistic": {}}},
        {DATA_VOLUMES: [{"metadata": {"name": "web-disk"}}, {"metadata": {}}]},
        [
            (
                "disk loss",
                "VMs of web lose 4 disks (web-disk-*) at their next restart: "
                "they start without them, and the disks go with their VM",
            )
        ],
        "vm.go:518",
    ),
    "a field of the VM that is none of the above": (
        {},
        {f"{VM}.spec.updateVolumesStrategy": "Replacement"},
        [("nothing", "Nothing restarts: only the VM objects of web change")],
        "1296",
    ),
    "unmanaged: only new VMs are different, disks or not": (
        {"spec.updateStrategy": {"unmanaged": {}}},
        {CORES: 4, DISK_SIZE: "9Gi"},
        [
            (
                "new replicas only",
                "VMs of web stay as they are; only those created from now on get the change",
            )
        ],
        "1386",
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_change_of_the_template(row: Row) -> None:
    assert_follows(row)


@pytest.mark.parametrize(
    ("not_ready", "severity", "said"),
    [
        (0, "restart n at a time", "4 VMs of web restart one by one; their disks stay"),
        (
            3,
            "restart n at a time",
            "4 VMs of web restart one by one (those not ready, 3 now: all at once); "
            "their disks stay",
        ),
        (4, "restart all", "All 4 VMs of web restart at once; their disks stay"),
    ],
)
def test_vms_that_are_not_ready_restart_all_at_once_whatever_max_unavailable_says(
    not_ready: int, severity: str, said: str
) -> None:
    """KubeVirt's handleUnhealthyVMIs, 1.6 to 1.9; watched."""
    (found,) = effects({"pool": pool()}, {"pool": pool({CORES: 4})}, not_ready=not_ready)
    assert (found.severity.label, found.text) == (severity, said)
