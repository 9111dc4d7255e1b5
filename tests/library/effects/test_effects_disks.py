"""What a change of the disks does: which are lost, and where there are none to lose."""

from __future__ import annotations

import pytest
from effect_rows import Told, told
from kubevirt_vm_pool.effects import Effect, Severity, effects
from kubevirt_vm_pool.effects.disk_guard import RefusedError, require_disks_stay
from lab_effects import DISKS, LAB, lab, told_of

IMAGE = "disk:\ncontainerDisk: {image: quay.io/containerdisks/fedora:%s}\n"
FRESH = IMAGE % 42
LAYER = "disk:\nephemeral: {claimName: golden}\n"
DATA = "disks: {data: {size: 1Gi, source: {blank: {}}}}"
LOST = f"everything on up to 5 disks {DISKS} is lost"
RECREATED = "Up to 5 VMs of lab05-webserver are recreated one by one (those not ready: all at once)"
RESTART = "Up to 5 VMs of lab05-webserver restart one by one (those not ready: all at once)"
GOES = "what was written to their containerDisk goes, as at every stop"

# Before, after, what is told.
ROWS: dict[str, tuple[str, str, Told]] = {
    "a further disk of its own is a new set of disks": (
        "",
        DATA,
        [("disk loss", f"{RECREATED} with new disks: {LOST}")],
    ),
    "all disks are lost where a further one goes": (
        DATA,
        "",
        [
            (
                "disk loss",
                f"{RECREATED} with new disks: everything on up to 10 disks "
                "(lab05-webserver-disk-*, lab05-webserver-data-*) is lost",
            )
        ],
    ),
    "all disks are lost where a further one becomes larger": (
        DATA,
        DATA.replace("1Gi", "2Gi"),
        [
            (
                "disk loss",
                f"{RECREATED} with new disks: everything on up to 10 disks "
                "(lab05-webserver-disk-*, lab05-webserver-data-*) is lost",
            )
        ],
    ),
    "the storage profile has its price": (
        "",
        "disk: {storage: true, source: {pvc: {name: fedora-cloud-nginx-base}}}",
        [("disk loss", f"{RECREATED} with new disks: {LOST}")],
    ),
    "a disk of nobody's own loses none": (
        "",
        "disks: {drivers: {containerDisk: {image: virtio}, type: cdrom}}",
        [("restart n at a time", f"{RESTART}; their disks stay")],
    ),
    "another image on a cdrom loses nothing that was written": (
        "disks: {drivers: {containerDisk: {image: virtio:1}, type: cdrom}}",
        "disks: {drivers: {containerDisk: {image: virtio:2}, type: cdrom}}",
        [("restart n at a time", f"{RESTART}; their disks stay")],
    ),
    "what was written to an empty disk goes": (
        "disks: {scratch: {emptyDisk: {capacity: 1Gi}}}",
        "disks: {scratch: {emptyDisk: {capacity: 2Gi}}}",
        [
            (
                "restart n at a time",
                f"{RESTART}; their disks stay; what was written to their emptyDisk goes, as at "
                "every stop",
            )
        ],
    ),
    "a read-only disk holds nothing that was written": (
        "disks: {a: {containerDisk: {image: b}, readonly: true}}",
        "cores: 2\ndisks: {a: {containerDisk: {image: b}, readonly: true}}",
        [("restart n at a time", f"{RESTART}; their disks stay")],
    ),
    "another bus restarts VMs": (
        "",
        "disk: {bus: scsi, source: {pvc: {name: fedora-cloud-nginx-base}}}",
        [("restart n at a time", f"{RESTART}; their disks stay")],
    ),
    "another container image takes what was written": (
        FRESH,
        IMAGE % 43,
        [("restart n at a time", f"{RESTART}; {GOES}")],
    ),
    "another claim below takes what was written": (
        LAYER,
        LAYER.replace("golden", "silver"),
        [
            (
                "restart n at a time",
                f"{RESTART}; what was written to their ephemeral layer goes, as at every stop",
            )
        ],
    ),
    "any restart does": (
        FRESH,
        f"{FRESH}cores: 2",
        [("restart n at a time", f"{RESTART}; {GOES}")],
    ),
    "to boot from an image in place of a disk loses the disks": (
        "",
        FRESH,
        [("disk loss", f"{RECREATED} without disks of their own: {LOST}")],
    ),
    "disks in place of an image": (
        FRESH,
        "",
        [("restart n at a time", f"{RECREATED} with disks of their own; {GOES}")],
    ),
    "disks made at once for VMs that take them up later": (
        "rollout: {strategy: opportunistic}",
        f"rollout: {{strategy: opportunistic}}\n{DATA}",
        [
            (
                "new replicas only",
                "Disks of lab05-webserver stay as they are; new ones (lab05-webserver-data-*) are "
                "made at once, and VMs see them from their next restart on",
            ),
            (
                "new replicas only",
                "Nothing restarts: VMs of lab05-webserver take the change at their next restart",
            ),
        ],
    ),
    "fewer VMs have no disks to lose": (
        f"{FRESH}replicas: 4\nautoscaling:",
        f"{FRESH}replicas: 2\nautoscaling:",
        [
            (
                "scale-in, disks kept",
                "2 of 4 VMs of lab05-webserver, chosen at random, are removed",
            )
        ],
    ),
    "cloud-init runs at every start of what boots anew": (
        FRESH,
        f"{FRESH}password: other",
        [
            (
                "new replicas only",
                "VMs get the new cloud-init documents of lab05-cloudinit at their next start: "
                "nothing of theirs outlives a stop, so that cloud-init runs at every start",
            )
        ],
    ),
    "the documents of one replica reach it at its next start": (
        f"{FRESH}perReplica: {{hostname: 'a{{{{ index }}}}', spare: 0}}\nreplicas: 1\nautoscaling:",
        f"{FRESH}perReplica: {{hostname: 'b{{{{ index }}}}', spare: 0}}\nreplicas: 1\nautoscaling:",
        [
            (
                "new replicas only",
                "lab05-webserver-0 gets its new cloud-init documents at the next start",
            )
        ],
    ),
    "a renamed cloud-init Secret is run by what boots anew": (
        FRESH,
        f"{FRESH}cloudInit: {{secretName: other, timezone: Europe/Zurich}}",
        [
            ("restart n at a time", f"{RESTART}; {GOES}; cloud-init runs anew on them"),
            (
                "new replicas only",
                "Secret lab05-cloudinit becomes other: cloud-init runs from it when VMs start",
            ),
        ],
    ),
    "an empty disk beside its own does not make a VM new": (
        "disks: {a: {emptyDisk: {capacity: 1Gi}}}",
        "disks: {a: {emptyDisk: {capacity: 1Gi}}}\npassword: other",
        [
            (
                "new replicas only",
                "Only VMs created from now on get the new cloud-init documents of lab05-cloudinit: "
                "cloud-init runs once per instance",
            )
        ],
    ),
    "what has the first place at boot decides whether a VM is new": (
        "disks: {live: {containerDisk: {image: live}, bootOrder: 1}}",
        "disks: {live: {containerDisk: {image: live}, bootOrder: 1}}\npassword: other",
        [
            (
                "new replicas only",
                "VMs get the new cloud-init documents of lab05-cloudinit at their next start: "
                "nothing of theirs outlives a stop, so that cloud-init runs at every start",
            )
        ],
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_change_of_the_disks(row: tuple[str, str, Told]) -> None:
    before, after, expected = row
    assert told_of(lab(before), lab(after)) == expected


def refused(found: list[Effect]) -> bool:
    """Tell whether the guard of disks refuses effects that nobody allowed."""
    try:
        require_disks_stay("lab05-webserver", found, {})
    except RefusedError:
        return True
    return False


def test_the_guard_lets_go_what_has_no_disks_to_lose() -> None:
    before = lab(FRESH)
    assert not refused(effects(before, lab(IMAGE % 43)))
    assert not refused(effects(before, {}))
    assert not refused(effects(before, lab(f"{FRESH}name: other")))


def test_the_guard_keeps_the_disks_that_an_image_would_replace() -> None:
    assert refused(effects(LAB, lab(FRESH)))
    assert refused(effects(LAB, lab(DATA)))


def test_a_pool_without_disks_goes_with_its_vms() -> None:
    found = effects(lab(FRESH), {})
    assert told(found)[0] == (
        Severity.RESTART_ALL.label,
        "lab05-webserver is deleted with all its VMs, up to 5",
    )
