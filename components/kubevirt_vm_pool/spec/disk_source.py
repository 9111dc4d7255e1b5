"""What a disk of a VM's own is made from: CDI's sources, in its own words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from .model import Model, exactly_one, wrong
from .names import DnsLabel, ObjectName


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


WebAddress = Annotated[str, AfterValidator(url_with("https://", "http://"))]


class NamedObject(Model):
    """An object that holds a golden image."""

    name: ObjectName = Field(description="Name of the object.")
    namespace: DnsLabel | None = Field(
        default=None, description="Its namespace. Not set, it is the pool's own."
    )


class Platform(Model):
    """Which of the images of an index is taken."""

    architecture: str = Field(description="Architecture, for instance arm64.", min_length=1)


class RegistrySource(Model):
    """A containerdisk image."""

    url: Annotated[str, AfterValidator(url_with("docker://", "oci-archive://"))] | None = Field(
        default=None,
        description="Where the image is, for instance docker://quay.io/containerdisks/fedora:42.",
    )
    image_stream: ObjectName | None = Field(
        default=None, description="OpenShift ImageStream in place of url; needs pullMethod: node."
    )
    pull_method: Literal["pod", "node"] | None = Field(
        default=None,
        description="Who pulls the image: CDI's pod, or the node with its own access. Not set, it "
        "is pod.",
    )
    secret_ref: ObjectName | None = Field(
        default=None, description="Secret with the registry's accessKeyId and secretKey."
    )
    cert_config_map: ObjectName | None = Field(
        default=None, description="ConfigMap with the certificates that the registry is known by."
    )
    platform: Platform | None = Field(
        default=None, description="Which image of several is taken (architecture)."
    )

    @model_validator(mode="after")
    def one_image(self) -> RegistrySource:
        exactly_one(
            self,
            ["url", "image_stream"],
            "for instance url: docker://quay.io/containerdisks/fedora:42",
        )
        if self.image_stream and self.pull_method != "node":
            raise wrong("has an imageStream, which only a node can pull", "add pullMethod: node")
        if self.pull_method == "node" and (self.url or "").startswith("oci-archive://"):
            raise wrong(
                "has an oci-archive, which a node cannot pull", "use docker://, or pullMethod: pod"
            )
        return self


class HttpSource(Model):
    """A disk image on a web server."""

    url: WebAddress = Field(description="Where the image is.")
    secret_ref: ObjectName | None = Field(
        default=None, description="Secret with the server's accessKeyId and secretKey."
    )
    cert_config_map: ObjectName | None = Field(
        default=None, description="ConfigMap with the certificates that the server is known by."
    )
    extra_headers: list[str] | None = Field(
        default=None,
        description="Headers to send, which all can read in the pool: secret ones belong into "
        "secretExtraHeaders.",
    )
    secret_extra_headers: list[ObjectName] | None = Field(
        default=None, description="Secrets whose values are headers to send."
    )


class S3Source(Model):
    """A disk image in an S3 bucket."""

    url: WebAddress = Field(
        description="Where the image is, for instance https://s3.example.com/bucket/disk.img."
    )
    secret_ref: ObjectName | None = Field(
        default=None, description="Secret with the bucket's accessKeyId and secretKey."
    )
    cert_config_map: ObjectName | None = Field(
        default=None, description="ConfigMap with the certificates that the server is known by."
    )


class GcsSource(Model):
    """A disk image in a bucket of Google Cloud Storage."""

    url: Annotated[str, AfterValidator(url_with("gs://", "https://", "http://"))] = Field(
        description="Where the image is, for instance gs://bucket/disk.img."
    )
    secret_ref: ObjectName | None = Field(
        default=None, description="Secret with the bucket's key, in creds-gcs.json."
    )


class Blank(Model):
    """An empty disk."""


class Upload(Model):
    """What somebody uploads to each VM's disk by `virtctl image-upload`."""


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
    s3: S3Source | None = Field(default=None, description="Disk image in an S3 bucket.")
    gcs: GcsSource | None = Field(
        default=None, description="Disk image in a bucket of Google Cloud Storage."
    )
    blank: Blank | None = Field(default=None, description="Nothing ({}): an empty disk.")
    upload: Upload | None = Field(
        default=None,
        description="What somebody uploads ({}) to each VM's disk; a VM waits for it.",
    )

    @model_validator(mode="after")
    def one_source(self) -> DiskSource:
        exactly_one(
            self, list(type(self).model_fields), "for instance pvc: {name: fedora-cloud-nginx-base}"
        )
        return self

    @property
    def kind(self) -> str:
        """The one that is set, as it is written in Python: pvc, data_source and so on."""
        return next(name for name, source in self if source is not None)

    @property
    def image(self) -> NamedObject | None:
        """The object that is cloned, if one is."""
        return self.pvc or self.snapshot or self.data_source


# Their names in a DataVolume's source; a DataSource is referred to elsewhere.
SOURCES = frozenset(to_camel(name) for name in DiskSource.model_fields) - {"dataSource"}
