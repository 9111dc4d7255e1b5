"""What the VMs boot from, and ConfigMaps and Secrets as further disks (spec/disks.py has all)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from .disk_source import DiskSource
from .model import Model, exactly_one, unique, wrong
from .names import DnsLabel, ObjectName
from .values import LARGEST_INT32, DiskSize

# Names of the disks, and of the volumes behind them, that each VM has.
SYSTEM_DISK = "datavolumedisk"
CLOUD_INIT_DISK = "cloudinitdisk"
DISKS = (SYSTEM_DISK, CLOUD_INIT_DISK)

USUAL_SIZE = "6Gi"
USUAL_MODES = ("ReadWriteOnce",)
BOOT_ORDER = Field(
    default=None,
    ge=1,
    le=LARGEST_INT32,
    description="Place among the disks that are tried at boot, from 1; as soon as one has a place, "
    "only those that have one are tried.",
)


def modes_that_go_together(modes: list[str]) -> list[str]:
    """Check that no access mode excludes another (ValidatePersistentVolumeClaimSpec)."""
    if "ReadWriteOncePod" in modes and len(modes) > 1:
        raise wrong(
            "has ReadWriteOncePod next to another mode, which Kubernetes refuses",
            "keep one of them",
        )
    return unique(modes)


class OwnDisk(Model):
    """A disk that each VM has of its own, which CDI makes, and which goes when the VM goes."""

    size: DiskSize | None = Field(
        default=None,
        description=f"Size, a Kubernetes quantity. Not set, it is {USUAL_SIZE}, and with "
        "`storage: true` that of the image that is cloned.",
    )
    access_modes: (
        Annotated[
            list[Literal["ReadWriteOnce", "ReadWriteMany", "ReadWriteOncePod"]],
            Field(min_length=1),
            AfterValidator(modes_that_go_together),
        ]
        | None
    ) = Field(
        default=None,
        description="How many nodes may use it at a time; live migration needs ReadWriteMany. Not "
        f"set, it is [{', '.join(USUAL_MODES)}], and with `storage: true` what the storage profile "
        "says.",
    )
    storage_class_name: ObjectName | None = Field(
        default=None, description="StorageClass. Not set, it is the cluster's default."
    )
    source: DiskSource | None = Field(
        default=None, description="What the disk is made from, one of several sources."
    )
    volume_mode: Literal["Filesystem", "Block"] | None = Field(
        default=None,
        description="Whether it is a file or a block device to the node. Not set, it is "
        "Filesystem, and with `storage: true` what the storage profile says.",
    )
    storage: bool = Field(
        default=False,
        description="Let CDI's storage profile of the StorageClass say what is not set here, and "
        "make the disk larger by what a file system takes. false, since to change it is to make "
        "every disk anew.",
    )

    @property
    def sized(self) -> str | None:
        """The size that is asked for; None leaves it to CDI."""
        return self.size or (None if self.storage and self._cloned else USUAL_SIZE)

    @property
    def modes(self) -> list[str] | None:
        """The access modes that are asked for; None leaves them to CDI."""
        return list(self.access_modes or (() if self.storage else USUAL_MODES)) or None

    @property
    def _cloned(self) -> bool:
        return self.source is not None and self.source.image is not None


class Device(Model):
    """How a guest sees a disk, in KubeVirt's words."""

    bus: Literal["virtio", "sata", "scsi", "usb"] | None = Field(
        default=None,
        description="Bus. Not set, it is what `preference` says, and without one virtio (of a "
        "cdrom or lun KubeVirt's own).",
    )
    boot_order: int | None = BOOT_ORDER
    cache: Literal["none", "writethrough", "writeback"] | None = Field(
        default=None, description="How the node caches what is written. Not set, KubeVirt decides."
    )
    io: Literal["native", "threads"] | None = Field(
        default=None, description="How the node reads and writes. Not set, KubeVirt decides."
    )


# The order of the keys is that of these classes, the last one first.
class Disk(Device, OwnDisk):
    """The disk of each VM."""

    source: DiskSource = Field(description="What the disk is made from, one of several sources.")


def container_image(text: str) -> str:
    """Check the name of an image, as a pod has it."""
    scheme, separator, rest = text.rpartition("://")
    if separator:
        raise wrong(
            f"begins with {scheme}://, which an image that a node pulls does not",
            f"write {rest or 'quay.io/containerdisks/fedora:42'}",
        )
    if not text or text != "".join(text.split()):
        raise wrong("is no name of an image", "for instance quay.io/containerdisks/fedora:42")
    return text


def path_in_image(text: str) -> str:
    """Check a path by the rules of KubeVirt's webhook (storage/admitters/disks.go)."""
    steps = text.strip("/").split("/")
    if not text.startswith("/") or not {"", ".", ".."}.isdisjoint(steps):
        raise wrong(
            "must be the absolute path of a file, without . and ..", "for instance /disk/fedora.img"
        )
    return text


class ContainerDisk(Model):
    """A disk image in a container image: every VM sees its own copy, anew at every start."""

    image: Annotated[str, AfterValidator(container_image)] = Field(
        description="Image, for instance quay.io/containerdisks/fedora:42."
    )
    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = Field(
        default=None, description="When a node pulls it. Not set, Kubernetes decides by the tag."
    )
    image_pull_secret: ObjectName | None = Field(
        default=None, description="Secret that lets a node pull it."
    )
    path: Annotated[str, AfterValidator(path_in_image)] | None = Field(
        default=None, description="The image's file. Not set, it is the only one below /disk."
    )


class Ephemeral(Model):
    """A claim that all VMs read; what each of them writes is its own and goes as it stops."""

    claim_name: ObjectName = Field(
        description="PersistentVolumeClaim in the pool's namespace. For VMs on several nodes it "
        "must be one that several nodes can read."
    )


class BootContainerDisk(Device, ContainerDisk):
    """What the VMs boot from, in a container image."""


class BootEphemeral(Device, Ephemeral):
    """What the VMs boot from, a layer over a claim that all share."""


class ConfigMapVolume(Model):
    """A ConfigMap as a disk."""

    name: ObjectName = Field(description="Name of the ConfigMap.")
    optional: bool | None = Field(default=None, description="Whether it may be missing.")
    volume_label: str | None = Field(
        default=None, description="Label of the file system that the guest sees."
    )


class SecretVolume(Model):
    """A Secret as a disk."""

    secret_name: ObjectName = Field(description="Name of the Secret.")
    optional: bool | None = Field(default=None, description="Whether it may be missing.")
    volume_label: str | None = Field(
        default=None, description="Label of the file system that the guest sees."
    )


class Volume(Model):
    """A further disk of each VM: exactly one of these, in KubeVirt's own shape."""

    name: DnsLabel = Field(description="Name of the volume and of its disk.")
    config_map: ConfigMapVolume | None = Field(default=None, description="A ConfigMap as a disk.")
    secret: SecretVolume | None = Field(default=None, description="A Secret as a disk.")

    @model_validator(mode="after")
    def one_source(self) -> Volume:
        exactly_one(self, ["config_map", "secret"], "for instance configMap: {name: site}")
        return self

    @property
    def mounted(self) -> str:
        """Name of the ConfigMap or Secret."""
        return (
            self.config_map.name
            if self.config_map
            else str(self.secret and self.secret.secret_name)
        )
