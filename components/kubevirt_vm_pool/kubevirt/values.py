"""The only values of texts where KubeVirt's API description does not say them.

Its resource definition or its webhook refuses others: the same in KubeVirt 1.5 to 1.9
(validations_generated.go, and the admitters of virt-api and pkg/network, pkg/storage).
"""

from __future__ import annotations

from collections.abc import Mapping

BUSES = ("sata", "scsi", "usb", "virtio")
PROTOCOLS = ("TCP", "UDP")
STATE_PRESERVATION = ("Disabled", "Offline", "Online")

VALUES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "v1.CDRomTarget": {"bus": ("sata", "scsi", "usb")},
    "v1.CPUFeature": {"policy": ("disable", "forbid", "force", "optional", "require")},
    "v1.Disk": {
        "cache": ("none", "writeback", "writethrough"),
        "errorPolicy": ("enospace", "ignore", "report", "stop"),
        "io": ("native", "threads"),
    },
    "v1.DiskTarget": {"bus": BUSES},
    "v1.DomainSpec": {
        "ioThreadsPolicy": ("auto", "shared", "supplementalPool"),
        "rebootPolicy": ("Reboot", "Terminate"),
    },
    "v1.HostDisk": {"type": ("Disk", "DiskOrCreate")},
    "v1.Input": {"bus": ("usb", "virtio"), "type": ("tablet",)},
    "v1.Interface": {
        "model": ("e1000", "e1000e", "igb", "ne2k_pci", "pcnet", "rtl8139", "virtio"),
        "state": ("absent", "down", "up"),
    },
    "v1.LunTarget": {"bus": BUSES},
    "v1.PanicDevice": {"model": ("hyperv", "isa", "pvpanic")},
    "v1.Port": {"protocol": PROTOCOLS},
    "v1.PortRange": {"protocol": PROTOCOLS},
    "v1.ReservedOverhead": {"memLock": ("NotRequired", "Required")},
    "v1.SoundDevice": {"model": ("ac97", "ich9")},
    "v1.VirtualMachineInstanceSpec": {
        "evictionStrategy": ("External", "LiveMigrate", "LiveMigrateIfPossible", "None"),
        "startStrategy": ("Paused",),
    },
    "v1.VirtualMachineSpec": {
        # The last one needs a feature gate.
        "runStrategy": ("Always", "Halted", "Manual", "Once", "RerunOnFailure", "WaitAsReceiver"),
    },
    "v1beta1.DataVolumeSpec": {"contentType": ("archive", "kubevirt")},
    "v1beta1.VirtualMachinePoolOpportunisticScaleInStrategy": {
        "statePreservation": STATE_PRESERVATION
    },
    "v1beta1.VirtualMachinePoolProactiveScaleInStrategy": {"statePreservation": STATE_PRESERVATION},
    "v1beta1.VirtualMachinePoolSelectionPolicy": {
        "sortPolicy": ("AscendingOrder", "DescendingOrder", "Newest", "Oldest", "Random")
    },
}
