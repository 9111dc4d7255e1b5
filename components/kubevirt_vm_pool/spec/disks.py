"""Further disks of each VM, by name, each of one kind."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from .disk import ConfigMapVolume, ContainerDisk, Device, Ephemeral, OwnDisk, SecretVolume
from .disk_source import DiskSource
from .model import Model, exactly_one, wrong
from .names import ObjectName
from .values import DiskSize


class EmptyDisk(Model):
    """An empty disk, anew at every start of a VM."""

    capacity: DiskSize = Field(description="Size, a Kubernetes quantity.")


class Reference(Model):
    """An object of the pool's namespace."""

    name: ObjectName = Field(description="Name of the object.")


class Sysprep(Model):
    """The answer files of Windows' setup, the same for all VMs: exactly one of these."""

    config_map: Reference | None = Field(
        default=None, description="ConfigMap with autounattend.xml or unattend.xml."
    )
    secret: Reference | None = Field(
        default=None, description="Secret with autounattend.xml or unattend.xml."
    )

    @model_validator(mode="after")
    def one_object(self) -> Sysprep:
        exactly_one(self, ["config_map", "secret"], "for instance secret: {name: windows-answers}")
        return self


class FieldRef(Model):
    """A field of a VM's pod."""

    field_path: str = Field(
        min_length=1, description="The field, for instance metadata.name or metadata.labels."
    )
    api_version: str | None = Field(default=None, description="Version of its schema, v1.")


class ResourceFieldRef(Model):
    """What a container of a VM's pod requests or may use."""

    resource: str = Field(min_length=1, description="The resource, for instance limits.cpu.")
    container_name: str | None = Field(default=None, description="The container: compute.")
    divisor: str | None = Field(default=None, description="The unit, a Kubernetes quantity.")


def relative_path(text: str) -> str:
    """Check the path of a file of a volume (Kubernetes' validateLocalNonReservedPath)."""
    if not text or text.startswith("/") or ".." in text.split("/"):
        raise wrong("must be a relative path without ..", "for instance labels")
    return text


class DownwardApiFile(Model):
    """A file with what is known of a VM's pod: exactly one of fieldRef and resourceFieldRef."""

    path: Annotated[str, AfterValidator(relative_path)] = Field(description="Name of the file.")
    field_ref: FieldRef | None = Field(default=None, description="A field of the pod.")
    resource_field_ref: ResourceFieldRef | None = Field(
        default=None, description="What a container requests or may use."
    )
    mode: Annotated[int, Field(ge=0, le=0o777)] | None = Field(
        default=None, description="Permissions of the file, as a number."
    )

    @model_validator(mode="after")
    def one_field(self) -> DownwardApiFile:
        exactly_one(
            self,
            ["field_ref", "resource_field_ref"],
            "for instance fieldRef: {fieldPath: metadata.labels}",
        )
        return self


class DownwardApi(Model):
    """What is known of a VM's pod, as files."""

    fields: Annotated[list[DownwardApiFile], Field(min_length=1)] = Field(
        description="The files, as Kubernetes has them (path, fieldRef or resourceFieldRef)."
    )
    volume_label: str | None = Field(
        default=None, description="Label of the file system that the guest sees."
    )


class ServiceAccount(Model):
    """A ServiceAccount's token."""

    service_account_name: ObjectName = Field(description="Name of the ServiceAccount.")


KINDS = (
    *("source", "container_disk", "ephemeral", "empty_disk", "sysprep"),
    *("config_map", "secret", "downward_api", "service_account"),
)
# What only a disk of a VM's own has.
OF_OWN_DISKS = ("size", "access_modes", "volume_mode", "storage_class_name", "storage")


class FurtherDisk(Device, OwnDisk):
    """A further disk: exactly one of source, containerDisk, sysprep and so on."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    type: Literal["disk", "cdrom", "lun"] | None = Field(
        default=None,
        description="What the guest sees. Not set, it is disk, and of sysprep cdrom, where Windows "
        "looks for its answer files.",
    )
    readonly: bool | None = Field(
        default=None, description="Whether the guest can only read it. Not set, KubeVirt decides."
    )
    shareable: bool | None = Field(
        default=None,
        description="Whether another VM may use the same disk; then nothing is cached.",
    )
    source: DiskSource | None = Field(
        default=None,
        description="A disk of each VM's own, called <pool>-<name>-<index>, and what it is made "
        "from: one of several sources, blank for an empty one.",
    )
    container_disk: ContainerDisk | None = Field(
        default=None, description="A disk image in a container image."
    )
    ephemeral: Ephemeral | None = Field(
        default=None, description="A layer over a claim that all VMs read."
    )
    empty_disk: EmptyDisk | None = Field(
        default=None, description="An empty disk, anew at every start (capacity)."
    )
    sysprep: Sysprep | None = Field(
        default=None,
        description="The answer files of Windows' setup, in a ConfigMap or Secret.",
    )
    config_map: ConfigMapVolume | None = Field(default=None, description="A ConfigMap as a disk.")
    secret: SecretVolume | None = Field(default=None, description="A Secret as a disk.")
    downward_api: DownwardApi | None = Field(
        default=None,
        alias="downwardAPI",
        description="What is known of a VM's pod, as files (fields).",
    )
    service_account: ServiceAccount | None = Field(
        default=None, description="A ServiceAccount's token (serviceAccountName)."
    )

    @model_validator(mode="after")
    def one_kind(self) -> FurtherDisk:
        given = [self._key(name) for name in KINDS if getattr(self, name) is not None]
        if len(given) != 1:
            raise wrong(
                f"needs one of {', '.join(map(self._key, KINDS))}, and has "
                f"{' and '.join(given) if given else 'none'}",
                "keep one of them"
                if given
                else "for instance source: {blank: {}} for an empty disk of each VM's own",
            )
        if self.source is None:
            said = [self._key(name) for name in OF_OWN_DISKS if name in self.model_fields_set]
            if said:
                raise wrong(
                    f"has {' and '.join(said)}, and that only a disk of each VM's own has (source)",
                    f"remove {' and '.join(said)}",
                )
        elif self.size is None and not (self.storage and self.source.image):
            raise wrong(
                "has no size, which CDI needs unless it clones with `storage: true`",
                "add size, for instance size: 10Gi",
            )
        return self

    @classmethod
    def _key(cls, name: str) -> str:
        return str(cls.model_fields[name].alias or to_camel(name))

    @property
    def kind(self) -> str:
        """The one of KINDS that is set."""
        return next(name for name in KINDS if getattr(self, name) is not None)

    @property
    def settings(self) -> list[str]:
        """The keys that are set and say how the guest sees the disk."""
        names = [*Device.model_fields, "type", "readonly", "shareable"]
        return [self._key(name) for name in names if getattr(self, name) is not None]

    @property
    def seen_as(self) -> str:
        """What the guest sees: disk, cdrom or lun."""
        return self.type or ("cdrom" if self.sysprep else "disk")


def template_name(pool: str, disk: str) -> str:
    """Return the name of the dataVolumeTemplate of a further disk: <pool>-<disk>.

    KubeVirt adds only the index to it, and looks at nothing but names (VEP 379): no two pools of a
    namespace may ever come to the same one. Both names may hold hyphens, and `a-data` of the pool
    `web` would be `data` of the pool `web-a`; so dots stand for those of the disk.
    """
    return f"{pool}-{disk.replace('-', '.')}"
