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
    """An object that holds a golden image; without a namespace, in the pool's own."""

    name: ObjectName
    namespace: DnsLabel | None = None


class RegistrySource(Model):
    """A containerdisk image."""

    url: Annotated[str, AfterValidator(url_with("docker://", "oci-archive://"))]
    secret_ref: ObjectName | None = None


class HttpSource(Model):
    """A disk image on a web server."""

    url: Annotated[str, AfterValidator(url_with("https://", "http://"))]
    secret_ref: ObjectName | None = None


class DiskSource(Model):
    """What a VM's disk is made from: exactly one of these."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    pvc: NamedObject | None = None
    # CDI looks it up for each new VM: it points at the newest golden image.
    data_source: NamedObject | None = None
    snapshot: NamedObject | None = None
    registry: RegistrySource | None = None
    http: HttpSource | None = None

    @model_validator(mode="after")
    def one_source(self) -> DiskSource:
        exactly_one(
            self, list(type(self).model_fields), "for instance pvc: {name: fedora-cloud-nginx-base}"
        )
        return self


class Disk(Model):
    """The disk of each VM."""

    size: DiskSize
    access_modes: Annotated[
        list[Literal["ReadWriteOnce", "ReadWriteMany", "ReadWriteOncePod"]],
        Field(min_length=1),
        AfterValidator(modes_that_go_together),
    ]
    storage_class_name: ObjectName | None = None
    source: DiskSource


class ConfigMapVolume(Model):
    """A ConfigMap as a disk."""

    name: ObjectName
    optional: bool | None = None
    volume_label: str | None = None


class SecretVolume(Model):
    """A Secret as a disk."""

    secret_name: ObjectName
    optional: bool | None = None
    volume_label: str | None = None


class Volume(Model):
    """A further disk of each VM: exactly one of these, in KubeVirt's own shape."""

    name: DnsLabel
    config_map: ConfigMapVolume | None = None
    secret: SecretVolume | None = None

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
