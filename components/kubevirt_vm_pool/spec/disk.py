"""The disks of each VM: its own, cloud-init's, and ConfigMaps and Secrets as further ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from .model import Model, exactly_one, unique, wrong
from .names import DnsLabel, ObjectName
from .values import DiskSize

# Names of the disks, and of the volumes behind them, that each VM has.
SYSTEM_DISK = "datavolumedisk"
CLOUD_INIT_DISK = "cloudinitdisk"
DISKS = (SYSTEM_DISK, CLOUD_INIT_DISK)


def modes_that_go_together(modes: list[str]) -> list[str]:
    """Check that no access mode excludes another (ValidatePersistentVolumeClaimSpec)."""
    if "ReadWriteOncePod" in modes and len(modes) > 1:
        raise wrong(
            "has ReadWriteOncePod next to another mode, which Kubernetes refuses",
            "keep one of them",
        )
    return unique(modes)


def url_with(*schemes: str) -> Callable[[str], str]:
    """Return a check that an address begins with one of the schemes."""

    def check(text: str) -> str:
        scheme, separator, rest = text.rpartition("://")
        if f"{scheme}{separator}" not in schemes or not re.fullmatch(r"[^\s/]\S*", rest):
            raise wrong(
                f"must begin with {' or '.join(schemes)} and name a place",
                f"for instance {schemes[0]}{rest.strip('/ ') or 'example.com/image'}",
            )
        return text

    return check


class NamedObject(Model):
    """An object that holds a golden image."""

    name: ObjectName = Field(description="Name of the object.")
    namespace: DnsLabel | None = Field(
        default=None, description="Its namespace. Not set, it is the pool's own."
    )


class RegistrySource(Model):
    """A containerdisk image."""

    url: Annotated[str, AfterValidator(url_with("docker://", "oci-archive://"))] = Field(
        description="Where the image is, for instance docker://quay.io/containerdisks/fedora:42."
    )
    secret_ref: ObjectName | None = Field(
        default=None, description="Secret with the registry's accessKeyId and secretKey."
    )


class HttpSource(Model):
    """A disk image on a web server."""

    url: Annotated[str, AfterValidator(url_with("https://", "http://"))] = Field(
        description="Where the image is."
    )
    secret_ref: ObjectName | None = Field(
        default=None, description="Secret with the server's accessKeyId and secretKey."
    )


class DiskSource(Model):
    """What a VM's disk is made from: exactly one of these."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    pvc: NamedObject | None = Field(
        default=None, description="PersistentVolumeClaim that is cloned."
    )
    # CDI looks it up for each new VM: it points at the newest golden image.
    data_source: NamedObject | None = Field(
        default=None, description="DataSource, which points at the newest golden image."
    )
    snapshot: NamedObject | None = Field(
        default=None, description="VolumeSnapshot that is restored."
    )
    registry: RegistrySource | None = Field(
        default=None, description="Containerdisk image in a registry."
    )
    http: HttpSource | None = Field(default=None, description="Disk image on a web server.")

    @model_validator(mode="after")
    def one_source(self) -> DiskSource:
        exactly_one(
            self, list(type(self).model_fields), "for instance pvc: {name: fedora-cloud-nginx-base}"
        )
        return self


class Disk(Model):
    """The disk of each VM."""

    size: DiskSize = Field(default="6Gi", description="Size, a Kubernetes quantity.")
    access_modes: Annotated[
        list[Literal["ReadWriteOnce", "ReadWriteMany", "ReadWriteOncePod"]],
        Field(min_length=1),
        AfterValidator(modes_that_go_together),
    ] = Field(
        default=["ReadWriteOnce"],
        description="How many nodes may use it at a time; live migration needs ReadWriteMany.",
    )
    storage_class_name: ObjectName | None = Field(
        default=None, description="StorageClass. Not set, it is the cluster's default."
    )
    source: DiskSource = Field(description="What the disk is made from, one of several sources.")


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
