"""Fields of KubeVirt's objects of which there may be only one, or must be one.

KubeVirt's webhook says so, not its API description, and the same in KubeVirt 1.5 to 1.9
(vmi-create-admitter.go, vms-admitter.go and vmpool-admitter.go; data-volume-template.go and
disks.go of storage; netsource.go and binding.go of network).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class OneOf(NamedTuple):
    """Fields of which there may be only one; if one is needed, there must be one."""

    members: tuple[str, ...]
    needed: bool = False


CLOUD_INIT = (
    OneOf(("userData", "userDataBase64", "secretRef")),
    OneOf(("networkData", "networkDataBase64", "networkDataSecretRef")),
)
STRATEGIES = OneOf(("opportunistic", "proactive", "unmanaged"))

ONE_OF: Mapping[str, tuple[OneOf, ...]] = {
    "v1.AccessCredential": (OneOf(("sshPublicKey", "userPassword"), needed=True),),
    "v1.Bootloader": (OneOf(("bios", "efi")),),
    "v1.CloudInitConfigDriveSource": CLOUD_INIT,
    "v1.CloudInitNoCloudSource": CLOUD_INIT,
    "v1.Disk": (OneOf(("cdrom", "disk", "lun")),),
    "v1.Interface": (
        # That one is needed came with 1.9.
        OneOf(("binding", "bridge", "masquerade", "passtBinding", "sriov")),
        OneOf(("portRanges", "ports")),
    ),
    "v1.LaunchSecurity": (OneOf(("sev", "snp", "tdx")),),
    "v1.Network": (OneOf(("multus", "pod", "resourceClaim"), needed=True),),
    "v1.Probe": (OneOf(("exec", "guestAgentPing", "httpGet", "tcpSocket"), needed=True),),
    "v1.SSHPublicKeyAccessCredentialPropagationMethod": (
        OneOf(("configDrive", "noCloud", "qemuGuestAgent"), needed=True),
    ),
    "v1.VirtualMachineSpec": (OneOf(("runStrategy", "running"), needed=True),),
    "v1.Volume": (
        OneOf(
            (
                *("cloudInitConfigDrive", "cloudInitNoCloud", "configMap", "containerDisk"),
                *("containerPath", "dataVolume", "downwardAPI", "downwardMetrics", "emptyDisk"),
                *("ephemeral", "hostDisk", "memoryDump", "persistentVolumeClaim", "secret"),
                *("serviceAccount", "sysprep"),
            ),
            needed=True,
        ),
    ),
    "v1beta1.DataVolumeSource": (
        OneOf(
            (
                *("blank", "gcs", "http", "imageio", "pvc", "registry", "s3", "snapshot"),
                *("upload", "vddk"),
            ),
            needed=True,
        ),
    ),
    "v1beta1.VirtualMachinePoolScaleInStrategy": (STRATEGIES,),
    "v1beta1.VirtualMachinePoolUpdateStrategy": (STRATEGIES,),
    "v1beta1.DataVolumeSpec": (
        OneOf(("pvc", "storage"), needed=True),
        OneOf(("source", "sourceRef")),
    ),
}
