"""What a change of each part of a pool does, and words for it: the rules that effects follow."""

from __future__ import annotations

from collections.abc import Mapping

from kubevirt_vm_pool.effects import Severity

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
