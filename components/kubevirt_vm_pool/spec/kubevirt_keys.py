"""The keys whose values are KubeVirt's own: where each belongs in a pool's spec, and its purpose.

One row is all that is said of such a key. kubevirt/fields.json has the type of what stands at its
place, and in which versions it is there: the check (validation/kubevirt_keys.py), the objects
(manifests/kubevirt_keys.py) and the schema for editors (vmpool/generate/kubevirt_schema.py) follow.
A value that is absent, or {} or [], leaves the field to KubeVirt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import Field

from ..text.paths import Path

VM = ("virtualMachineTemplate", "spec")
GUEST = (*VM, "template", "spec")
DOMAIN = (*GUEST, "domain")
DEVICES = (*DOMAIN, "devices")

# Plain data in KubeVirt's spelling.
KubeVirtObject = dict[str, Any]
KubeVirtObjects = list[dict[str, Any]]


class KubeVirtKey(NamedTuple):
    """A key whose value is KubeVirt's own.

    place: the field of a VirtualMachinePool's spec that holds the value. about: its description.
    """

    place: Path
    about: str


KEYS: Mapping[str, KubeVirtKey] = {
    "cpu": KubeVirtKey(
        (*DOMAIN, "cpu"),
        "CPU of each VM as KubeVirt has it, beside or in place of cores: sockets, threads, model, "
        "features, dedicatedCpuPlacement, isolateEmulatorThread, numa, realtime, maxSockets.",
    ),
    "requests": KubeVirtKey(
        (*DOMAIN, "resources", "requests"),
        "What each VM's pod requests, by resource. With memory in it, `memory` is the guest's.",
    ),
    "limits": KubeVirtKey(
        (*DOMAIN, "resources", "limits"), "What each VM's pod is limited to, by resource."
    ),
    "machine": KubeVirtKey(
        (*DOMAIN, "machine"), "Machine type (type: q35, pc-q35-rhel9.4.0, virt)."
    ),
    "firmware": KubeVirtKey(
        (*DOMAIN, "firmware"),
        "Firmware: bootloader (efi with secureBoot and persistent, or bios), kernelBoot, acpi.",
    ),
    "tpm": KubeVirtKey(
        (*DEVICES, "tpm"),
        "TPM of each VM: {persistent: true} keeps what it holds over restarts, {persistent: false} "
        "does not.",
    ),
    "features": KubeVirtKey(
        (*DOMAIN, "features"),
        "Features: acpi, apic, smm, hyperv, hypervPassthrough, kvm, pvspinlock.",
    ),
    "clock": KubeVirtKey(
        (*DOMAIN, "clock"), "Clock of the guest: utc or timezone, and timer (hpet, pit, rtc, ...)."
    ),
    "launchSecurity": KubeVirtKey(
        (*DOMAIN, "launchSecurity"), "Encryption of the guest's memory: sev, snp or tdx."
    ),
    "ioThreadsPolicy": KubeVirtKey(
        (*DOMAIN, "ioThreadsPolicy"), "Threads for disks: shared, auto or supplementalPool."
    ),
    "ioThreads": KubeVirtKey(
        (*DOMAIN, "ioThreads"),
        "How many threads ioThreadsPolicy supplementalPool has (supplementalPoolThreadCount).",
    ),
    "gpus": KubeVirtKey(
        (*DEVICES, "gpus"), "GPUs of each VM: name, and deviceName as the cluster permits it."
    ),
    "hostDevices": KubeVirtKey(
        (*DEVICES, "hostDevices"),
        "Devices of the node for each VM: name, and deviceName as the cluster permits it.",
    ),
    "filesystems": KubeVirtKey(
        (*DEVICES, "filesystems"),
        "What the guest mounts by virtiofs, in place of a disk: the name of one of volumes or "
        "disks, and virtiofs: {}.",
    ),
    "inputs": KubeVirtKey((*DEVICES, "inputs"), "Input devices: name, type tablet, bus."),
    "video": KubeVirtKey((*DEVICES, "video"), "Video device: type, for instance virtio or ramfb."),
    "watchdog": KubeVirtKey(
        (*DEVICES, "watchdog"),
        "Watchdog of each VM: name, and i6300esb with an action (poweroff, reset, shutdown).",
    ),
    "blockMultiQueue": KubeVirtKey(
        (*DEVICES, "blockMultiQueue"), "Whether disks have a queue for each CPU."
    ),
    "networkInterfaceMultiqueue": KubeVirtKey(
        (*DEVICES, "networkInterfaceMultiqueue"),
        "Whether network interfaces have a queue for each CPU.",
    ),
    "autoattachGraphicsDevice": KubeVirtKey(
        (*DEVICES, "autoattachGraphicsDevice"), "Whether there is a graphics device, for VNC."
    ),
    "autoattachInputDevice": KubeVirtKey(
        (*DEVICES, "autoattachInputDevice"), "Whether there is an input device of KubeVirt's own."
    ),
    "autoattachMemBalloon": KubeVirtKey(
        (*DEVICES, "autoattachMemBalloon"), "Whether there is a memory balloon."
    ),
    "autoattachSerialConsole": KubeVirtKey(
        (*DEVICES, "autoattachSerialConsole"),
        "Whether there is a serial console, for virtctl console.",
    ),
    "autoattachVSOCK": KubeVirtKey(
        (*DEVICES, "autoattachVSOCK"), "Whether there is a VSOCK device."
    ),
    "logSerialConsole": KubeVirtKey(
        (*DEVICES, "logSerialConsole"),
        "Whether a container of the pod logs the serial console. Not set, it is the cluster's.",
    ),
    "architecture": KubeVirtKey(
        (*GUEST, "architecture"), "Architecture of the guest: amd64, arm64 or s390x."
    ),
    "priorityClassName": KubeVirtKey(
        (*GUEST, "priorityClassName"), "PriorityClass of the VMs' pods."
    ),
    "schedulerName": KubeVirtKey((*GUEST, "schedulerName"), "Scheduler of the VMs' pods."),
    "dnsPolicy": KubeVirtKey(
        (*GUEST, "dnsPolicy"),
        "Where the VMs' pods look names up: ClusterFirst, ClusterFirstWithHostNet, Default, None.",
    ),
    "dnsConfig": KubeVirtKey(
        (*GUEST, "dnsConfig"), "Name servers of the VMs' pods: nameservers, searches, options."
    ),
    "subdomain": KubeVirtKey(
        (*GUEST, "subdomain"),
        "Subdomain of the VMs: with a headless Service of this name, each is "
        "<vm>.<subdomain>.<namespace>.svc.",
    ),
    "livenessProbe": KubeVirtKey(
        (*GUEST, "livenessProbe"),
        "When a VM is restarted: httpGet, tcpSocket, exec or guestAgentPing, as KubeVirt has it.",
    ),
    "accessCredentials": KubeVirtKey(
        (*GUEST, "accessCredentials"),
        "SSH keys and passwords from Secrets: sshPublicKey (by noCloud, configDrive or "
        "qemuGuestAgent), userPassword (by qemuGuestAgent). All VMs get the same.",
    ),
    "updateStrategy": KubeVirtKey(
        ("updateStrategy",),
        "How a changed template reaches running VMs, as KubeVirt has it (proactive, opportunistic "
        "or unmanaged), in place of rollout.strategy.",
    ),
    "scaleInStrategy": KubeVirtKey(
        ("scaleInStrategy",),
        "Which VMs go first when the pool shrinks, as KubeVirt has it (proactive), in place of "
        "scaleIn.",
    ),
}


def kubevirt_field(key: str, default: Any = None) -> Any:
    """Return the field of a model for a row of KEYS. default: what "not set" is: None, {} or []."""
    return Field(default=default, alias=key, description=KEYS[key].about)
