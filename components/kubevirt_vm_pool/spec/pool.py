"""The specification of a pool: the shape of a stack's configuration, and the names it leads to.

The models hold what can be said of one value or one object. Rules that span keys are in rules.py,
and check.py turns both into one report.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from . import quantity

POOL_LABEL = "kubevirt.io/vmpool"

# Names of the disks, and of the volumes behind them, that each VM has.
SYSTEM_DISK = "datavolumedisk"
CLOUD_INIT_DISK = "cloudinitdisk"
DISKS = (SYSTEM_DISK, CLOUD_INIT_DISK)

# KubeVirt labels every VM `kubevirt.io/vm-pool-revision-name: <pool>-<generation>`; a label value
# holds 63 characters, and the generation grows with each edit and each scaling: 7 digits of it.
LONGEST_POOL_NAME = 63 - len("-") - 7
LONGEST_LABEL = 63
LONGEST_SUBDOMAIN = 253
LARGEST_INT32 = 2**31 - 1
MOST_CPUS = 10_000
MOST_REPLICAS = 10_000  # of which each has objects of its own
LONGEST_ANNOTATIONS = 256 * 1024  # bytes of keys and values together; Kubernetes' limit

LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
SUBDOMAIN = rf"{LABEL}(\.{LABEL})*"
QUALIFIED = "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
VERSION = r"v?[0-9]+\.[0-9]+(\.[0-9]+([-+][0-9A-Za-z.+-]+)?)?"

ZONES = "/usr/share/zoneinfo"
# Names that some distributions keep in a package of their own (tzdata-legacy).
LEGACY_ZONES = ("US/", "Canada/", "Brazil/", "Chile/", "Mexico/", "SystemV/")


def wrong(rule: str, fix: str) -> PydanticCustomError:
    """Return the error of a field: what is wrong, and what to do."""
    return PydanticCustomError("rule", "{rule}; {fix}", {"rule": rule, "fix": fix})


# --- single values -------------------------------------------------------------------------------


def dns_label(text: str) -> str:
    """Check an RFC 1123 label."""
    return _label(text, longest=LONGEST_LABEL, why="it is an RFC 1123 label")


def _label(text: str, *, longest: int, why: str) -> str:
    if not re.fullmatch(LABEL, text):
        raise wrong(
            "must be an RFC 1123 label: lower-case letters, digits and '-', "
            "beginning and ending with a letter or digit",
            f"for instance {suggested_label(text)}",
        )
    if len(text) > longest:
        raise wrong(
            f"has {len(text)} characters, and at most {longest} are possible: {why}",
            f"shorten it by {len(text) - longest}",
        )
    return text


def suggested_label(text: str) -> str:
    """Return the RFC 1123 label that a text comes nearest to."""
    near = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return near[:LONGEST_POOL_NAME].strip("-") or "web"


def pool_name(text: str) -> str:
    """Check the pool's name, from which VMs, disks, Service and HPA take theirs."""
    if re.match("[0-9]", text):
        raise wrong(
            "must begin with a letter, since the Service has this name too (RFC 1035)",
            f"for instance {suggested_label(f'vm-{text}')}",
        )
    return _label(
        text,
        longest=LONGEST_POOL_NAME,
        why="KubeVirt labels each VM <name>-<generation>, a label value holds 63 characters, and "
        "8 are kept for the hyphen and the generation",
    )


def object_name(text: str) -> str:
    """Check an RFC 1123 subdomain: the name of most Kubernetes objects."""
    if not re.fullmatch(SUBDOMAIN, text):
        raise wrong(
            "must be an RFC 1123 subdomain: lower-case letters, digits, '-' and '.', "
            "beginning and ending with a letter or digit",
            f"for instance {suggested_label(text)}",
        )
    if len(text) > LONGEST_SUBDOMAIN:
        raise wrong(
            f"has {len(text)} characters, and at most {LONGEST_SUBDOMAIN} are possible: "
            "it is an RFC 1123 subdomain",
            f"shorten it by {len(text) - LONGEST_SUBDOMAIN}",
        )
    return text


def label_key(text: str) -> str:
    """Check the key of a label or annotation: [prefix/]name."""
    prefix, slash, name = text.rpartition("/")
    prefix_fits = re.fullmatch(SUBDOMAIN, prefix) and len(prefix) <= LONGEST_SUBDOMAIN
    if not re.fullmatch(QUALIFIED, name) or (slash and not prefix_fits):
        raise wrong(
            "is no Kubernetes key ([prefix/]name: the prefix a DNS name, the name up to 63 "
            "letters, digits, '-', '_' and '.')",
            "for instance team or example.com/team",
        )
    return text


def taint_key(text: str) -> str:
    """Check the key of a taint; Kubernetes takes an empty one for none."""
    return text and label_key(text)


def label_value(text: str) -> str:
    """Check the value of a label."""
    if text and not re.fullmatch(QUALIFIED, text):
        raise wrong(
            "is no label value (up to 63 letters, digits, '-', '_' and '.', beginning and ending "
            "with a letter or digit)",
            "correct it, or make it an annotation" if len(text) > LONGEST_LABEL else "correct it",
        )
    return text


def annotations_fit(annotations: dict[str, str]) -> dict[str, str]:
    """Check what all annotations take together."""
    size = sum(len(key.encode()) + len(value.encode()) for key, value in annotations.items())
    if size > LONGEST_ANNOTATIONS:
        raise wrong(
            f"take {size} bytes together, and Kubernetes holds {LONGEST_ANNOTATIONS}",
            "shorten or remove some",
        )
    return annotations


def _quantity(value: object, meant: str) -> Decimal:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise wrong("must be a Kubernetes quantity", f"write it like {meant}")
    try:
        amount = quantity.parse(str(value))
    except ValueError as reason:
        rule, _, guess = str(reason).partition("; ")
        raise wrong(rule, guess or f"write it like {meant}") from None
    if amount <= 0:
        raise wrong("must be more than nothing", f"write it like {meant}")
    return amount


def bytes_of(value: object, *, least: str, meant: str) -> str:
    """Check a quantity of bytes that cannot sensibly be smaller than `least`.

    A bare number stands for its text, as in Kubernetes.
    """
    size, text = _quantity(value, meant), str(value)
    if size < quantity.parse(least):
        number = text.rstrip("m")
        fix = f"write it like {meant}"
        if number.isdigit():
            unit = "without a unit it is bytes" if number == text else "m is a thousandth"
            fix = f"did you mean {number}{'Gi' if int(number) < 256 else 'Mi'}? ({unit})"
        raise wrong(f"is less than {least}, the least that can work", fix)
    if size != int(size):
        raise wrong("is no whole number of bytes", f"write it like {meant}")
    return text


def memory_quantity(value: object) -> str:
    """Check a VM's memory; KubeVirt refuses less than 1M."""
    return bytes_of(value, least="1M", meant="2Gi")


def disk_quantity(value: object) -> str:
    """Check a disk's size; CDI makes no disk of less than 1Mi."""
    return bytes_of(value, least="1Mi", meant="6Gi")


def cpu_quantity(value: object) -> str:
    """Check a quantity of CPUs; Kubernetes counts them in thousandths."""
    thousandths, text = _quantity(value, "500m or 1") * 1000, str(value)
    if thousandths > MOST_CPUS * 1000:
        raise wrong(
            "is more CPUs than any node has",
            f"did you mean {text[:-1]}m?" if text.endswith("M") else "write it like 500m or 1",
        )
    if thousandths != int(thousandths):
        raise wrong("is finer than a thousandth of a CPU", "write it like 500m or 1")
    return text


def available_vms(value: object) -> int:
    """Check disruptionBudget.minAvailable.

    Kubernetes takes percentages too, but counts them by the scale of the pods' owner: KubeVirt's
    VirtualMachineInstance has none, so that no pod may ever go (KubeVirt #18063).
    """
    if isinstance(value, str) and re.fullmatch(r"[0-9]+%", value):
        raise wrong(
            "is a percentage, with which no VM may ever leave a node: Kubernetes does not know how "
            "many pods of VMs there should be (KubeVirt #18063)",
            "write a number of VMs, for instance 1",
        )
    if not isinstance(value, int) or isinstance(value, bool):
        number = isinstance(value, str) and value.isdigit()
        fix = f"write it without quotes: {value}" if number else "for instance 1"
        raise wrong("must be a whole number", fix)
    return value


def unavailable_vms(value: object) -> object:
    """Check rollout.maxUnavailable by the rules of KubeVirt's webhook."""
    if isinstance(value, int) and not isinstance(value, bool):
        if value < 1:
            raise wrong("must be at least 1, or no VM could ever be updated", "set 1 or more")
        return value
    percent = re.fullmatch(r"([0-9]+)%", value) if isinstance(value, str) else None
    if percent is None:
        raise wrong("must be a whole number or a percentage", 'for instance 1 or "25%"')
    if not 1 <= int(percent[1]) <= 100:
        raise wrong("must be between 1% and 100%", 'for instance "25%"')
    return value


def time_zone(text: str) -> str:
    """Check the name of a time zone; cloud-init fails at the first boot on one that is not there.

    Where the machine has the time zones of IANA, the name must be among them.
    """
    if not re.fullmatch(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*", text):
        raise wrong("is no name of a time zone (IANA)", "for instance Europe/Zurich")
    known = os.path.isfile(f"{ZONES}/UTC") and not text.startswith(LEGACY_ZONES)
    if known and not os.path.isfile(f"{ZONES}/{text}"):
        near = nearest_zone(text)
        raise wrong(
            "is no time zone that IANA knows",
            f"did you mean {near}?" if near else "for instance Europe/Zurich",
        )
    return text


def nearest_zone(text: str) -> str | None:
    """Return the time zone whose name or city is nearest to a misspelt one."""
    from zoneinfo import available_timezones

    from ..validation.problems import did_you_mean

    by_city = {zone.rpartition("/")[2]: zone for zone in sorted(available_timezones())}
    city = did_you_mean(text.rpartition("/")[2], by_city, nearness=0.8)
    return by_city[city] if city and "/" in by_city[city] else None


def command(value: object) -> object:
    """Check a command: text for the shell, or a list of a program and its arguments."""
    if isinstance(value, dict):
        raise wrong(
            "must be text or a list of texts, and is an object",
            "quote the command: a colon followed by a space made YAML read an object",
        )
    words = value if isinstance(value, list) else [value]
    if not all(isinstance(word, str) for word in words):
        raise wrong("must be text or a list of texts", "quote what is no text")
    return value


def package(text: str) -> str:
    """Check the name of a package."""
    if not re.fullmatch(r"\S+", text):
        raise wrong("is no name of a package", "give one name per item, without spaces")
    return text


def text_or_object(value: object) -> object:
    """Check a document that may be said as text or as an object."""
    if not isinstance(value, str | dict):
        raise wrong("must be text or an object", "write it as key: value, or as a block of text")
    return value


def version_text(text: str) -> str:
    """Check the version of KubeVirt: 1.8, v1.8, 1.8.2 or 1.9.0-rc.0."""
    if not re.fullmatch(VERSION, text):
        raise wrong("is no version of KubeVirt", 'write it like "1.8"')
    # The pool's scale subresource came with 0.59.
    if version_of(text) < (0, 59):
        raise wrong(
            "has no pools that can be scaled, which came with KubeVirt 0.59",
            'update KubeVirt, or write the version as text, like "1.8"',
        )
    return text


def version_of(text: str) -> tuple[int, int]:
    """Return major and minor of a version."""
    major, minor, *_ = text.removeprefix("v").split(".")
    return int(major), int(minor)


def unique(values: list[str]) -> list[str]:
    """Check that nothing is listed twice."""
    twice = {value for value in values if values.count(value) > 1}
    if twice:
        raise wrong(f"lists {', '.join(sorted(twice))} more than once", "list it once")
    return values


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


# What JSON Schema (vmpool/generate/json_schema.py) is told of the checks above, for editors.
QUANTITY_SCHEMA: dict[str, Any] = {
    "type": ["string", "number"],
    "pattern": r"^\+?([0-9]+\.?[0-9]*|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,2})?$",
}
LABEL_SCHEMA: dict[str, Any] = {"pattern": f"^{LABEL}$", "maxLength": LONGEST_LABEL}
NAME_SCHEMA: dict[str, Any] = {
    "pattern": "^[a-z]([-a-z0-9]*[a-z0-9])?$",
    "maxLength": LONGEST_POOL_NAME,
}
SUBDOMAIN_SCHEMA: dict[str, Any] = {"pattern": f"^{SUBDOMAIN}$", "maxLength": LONGEST_SUBDOMAIN}
LABEL_VALUE_SCHEMA: dict[str, Any] = {"pattern": f"^({QUALIFIED})?$"}

PoolName = Annotated[str, AfterValidator(pool_name), Field(json_schema_extra=NAME_SCHEMA)]
DnsLabel = Annotated[str, AfterValidator(dns_label), Field(json_schema_extra=LABEL_SCHEMA)]
ObjectName = Annotated[str, AfterValidator(object_name), Field(json_schema_extra=SUBDOMAIN_SCHEMA)]
LabelKey = Annotated[str, AfterValidator(label_key)]
LabelValue = Annotated[
    str, AfterValidator(label_value), Field(json_schema_extra=LABEL_VALUE_SCHEMA)
]
Memory = Annotated[str, BeforeValidator(memory_quantity), Field(json_schema_extra=QUANTITY_SCHEMA)]
DiskSize = Annotated[str, BeforeValidator(disk_quantity), Field(json_schema_extra=QUANTITY_SCHEMA)]
Cpu = Annotated[str, BeforeValidator(cpu_quantity), Field(json_schema_extra=QUANTITY_SCHEMA)]
PortNumber = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[int, Field(ge=0, le=LARGEST_INT32)]
AtLeastOne = Annotated[int, Field(ge=1, le=LARGEST_INT32)]


# --- shapes --------------------------------------------------------------------------------------


class Model(BaseModel):
    """Keys in camelCase as in Kubernetes; nothing unknown, nothing converted, nothing changed."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_alias=True,
        extra="forbid",
        strict=True,
        frozen=True,
        hide_input_in_errors=True,
        # Only what is validated is built, once, as a part of the outermost model: that saves a
        # seventh of the time until a preview begins.
        defer_build=True,
    )


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


def exactly_one(model: Model, fields: Collection[str], example: str) -> None:
    """Check that one of the fields is set."""
    given = [to_camel(field) for field in fields if getattr(model, field) is not None]
    if len(given) != 1:
        raise wrong(
            f"needs one of {', '.join(map(to_camel, fields))}, and has "
            f"{' and '.join(given) if given else 'none'}",
            "keep one of them" if given else example,
        )


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


class CloudInit(Model):
    """What cloud-init does at a VM's first boot."""

    timezone: Annotated[str, AfterValidator(time_zone)] | None = None
    user: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_-]{0,31}$")] | None = None
    ssh_authorized_keys: list[str] = Field(default=[], repr=False)
    packages: list[Annotated[str, AfterValidator(package)]] = []
    run_commands: list[Annotated[str | list[str], BeforeValidator(command)]] = Field(
        default=[], repr=False
    )
    config: dict[str, Any] = Field(default={}, repr=False)
    user_data: str | None = Field(default=None, repr=False)
    network_data: Annotated[str | dict[str, Any], BeforeValidator(text_or_object)] | None = Field(
        default=None, repr=False
    )
    secret_name: ObjectName | None = None


class GeneratedValue(Model):
    """A secret that is made once for each replica, of letters and digits."""

    # 24 of 62 signs are 142 bits; fewer than 12 can be guessed.
    length: Annotated[int, Field(ge=12, le=128)] = 24


GENERATED_NAME = "^[a-z][a-z0-9_]{0,30}$"
DATA_KEY = r"^[-._a-zA-Z0-9]{1,253}$"
DataKey = Annotated[str, Field(pattern=DATA_KEY)]


def list_or_object(value: object) -> object:
    """Check that a value is a list or an object."""
    if value is not None and not isinstance(value, list | dict):
        raise wrong("must be a list, or an object by index", "begin each replica's with '- '")
    return value


class PerReplica(Model):
    """What differs from replica to replica; every text but those in values is a template.

    The variables: index, name (<pool>-<index>), count, values (the replica's own) and generated.
    """

    spare: Annotated[int, Field(ge=0, le=MOST_REPLICAS)]
    values: Annotated[list[Any] | dict[str, Any], BeforeValidator(list_or_object)] = Field(
        default=[], repr=False
    )
    generate: dict[Annotated[str, Field(pattern=GENERATED_NAME)], GeneratedValue] = {}
    hostname: str | None = None
    password: str | None = Field(default=None, repr=False)
    config: dict[str, Any] = Field(default={}, repr=False)
    user_data: str | None = Field(default=None, repr=False)
    network_data: Annotated[str | dict[str, Any], BeforeValidator(text_or_object)] | None = Field(
        default=None, repr=False
    )
    # Data by key, by the name before the index. {} says that somebody else makes them.
    config_maps: dict[ObjectName, dict[DataKey, str]] = Field(default={}, repr=False)
    secrets: dict[ObjectName, dict[DataKey, str]] = Field(default={}, repr=False)

    @property
    def cloud_init(self) -> bool:
        """Whether cloud-init's documents differ."""
        documents = (self.hostname, self.password, self.user_data, self.network_data)
        return bool(self.config) or any(said is not None for said in documents)

    @property
    def on(self) -> bool:
        """Whether anything differs at all."""
        return self.cloud_init or bool(self.config_maps or self.secrets)


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


class ServicePort(Model):
    """A port of the Service."""

    name: DnsLabel | None = None
    port: PortNumber
    target_port: PortNumber | None = None
    # Kubernetes' own default.
    protocol: Literal["TCP", "UDP", "SCTP"] = "TCP"
    node_port: PortNumber | None = None

    @property
    def target(self) -> int:
        """The port inside the VM: Kubernetes takes `port` where nothing is said."""
        return self.target_port or self.port


class ServiceSettings(Model):
    """The Service in front of the VMs."""

    type: Literal["ClusterIP", "NodePort", "LoadBalancer"]
    ports: Annotated[list[ServicePort], Field(min_length=1)]


class Autoscaling(Model):
    """The HorizontalPodAutoscaler of the pool."""

    min_replicas: AtLeastOne | None = None
    max_replicas: AtLeastOne
    target_cpu_utilization_percentage: AtLeastOne | None = Field(
        default=None, alias="targetCPUUtilizationPercentage"
    )
    target_cpu_average_value: Cpu | None = Field(default=None, alias="targetCPUAverageValue")

    @model_validator(mode="after")
    def one_target(self) -> Autoscaling:
        percent, average = self.target_cpu_utilization_percentage, self.target_cpu_average_value
        if (percent is None) == (average is None):
            neither = percent is None
            raise wrong(
                "needs one of targetCPUUtilizationPercentage and targetCPUAverageValue, and has "
                f"{'neither' if neither else 'both'}",
                "for instance targetCPUUtilizationPercentage: 50"
                if neither
                else "keep one of them",
            )
        return self


class Rollout(Model):
    """How a changed template reaches running VMs."""

    max_unavailable: (
        Annotated[
            int | str,
            BeforeValidator(unavailable_vms),
            Field(json_schema_extra={"minimum": 1, "pattern": "^(100|[1-9][0-9]?)%$"}),
        ]
        | None
    ) = None
    strategy: Literal["proactive", "opportunistic", "unmanaged"] | None = None


class ScaleIn(Model):
    """What happens to VMs and disks when the pool shrinks."""

    order: Literal["Random", "Newest", "Oldest", "AscendingOrder", "DescendingOrder"] | None = None
    keep_disks: bool | None = None


class HttpHeader(Model):
    """A header of a probe's request."""

    name: str
    value: str


class HttpGet(Model):
    """A probe by an HTTP request."""

    port: PortNumber
    path: Annotated[str, Field(pattern="^/")] | None = None
    scheme: Literal["HTTP", "HTTPS"] | None = None
    http_headers: list[HttpHeader] | None = None


class TcpSocket(Model):
    """A probe by opening a connection."""

    port: PortNumber


class Exec(Model):
    """A probe by a command in the guest; needs the guest agent."""

    command: Annotated[list[str], Field(min_length=1)]


class Empty(Model):
    """An object without members."""


class ReadinessProbe(Model):
    """When a VM is ready; without a handler, when the Service's first port answers."""

    enabled: bool
    tcp_socket: TcpSocket | None = None
    http_get: HttpGet | None = None
    exec: Exec | None = None
    guest_agent_ping: Empty | None = None
    initial_delay_seconds: Seconds | None = None
    period_seconds: AtLeastOne | None = None
    timeout_seconds: AtLeastOne | None = None
    success_threshold: AtLeastOne | None = None
    failure_threshold: AtLeastOne | None = None

    @model_validator(mode="after")
    def one_handler(self) -> ReadinessProbe:
        handlers = ["tcp_socket", "http_get", "exec", "guest_agent_ping"]
        if any(getattr(self, handler) is not None for handler in handlers):
            exactly_one(self, handlers, "for instance tcpSocket: {port: 80}")
        return self


class Instancetype(Model):
    """A KubeVirt instancetype."""

    name: ObjectName
    kind: Literal["VirtualMachineClusterInstancetype", "VirtualMachineInstancetype"] | None = None


class Preference(Model):
    """A KubeVirt preference."""

    name: ObjectName
    kind: Literal["VirtualMachineClusterPreference", "VirtualMachinePreference"] | None = None


class Toleration(Model):
    """A taint that the VMs put up with."""

    key: Annotated[str, AfterValidator(taint_key)] | None = None
    # Kubernetes takes "" for Equal, and for every effect.
    operator: Literal["", "Exists", "Equal"] | None = None
    value: LabelValue | None = None
    effect: Literal["", "NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    toleration_seconds: int | None = None

    @model_validator(mode="after")
    def accepted_by_kubernetes(self) -> Toleration:
        if not self.key and self.operator != "Exists":
            raise wrong(
                "has no key, which only operator Exists may leave out",
                "add the key of the taint, or operator: Exists for every taint",
            )
        if self.operator == "Exists" and self.value:
            raise wrong(
                "has a value, which operator Exists must not have",
                "leave out the value, or use operator Equal",
            )
        if self.toleration_seconds is not None and self.effect != "NoExecute":
            raise wrong(
                "has tolerationSeconds, which only effect NoExecute may have",
                "leave out tolerationSeconds, or use effect NoExecute",
            )
        return self


class DisruptionBudget(Model):
    """The PodDisruptionBudget of the pool."""

    min_available: Annotated[AtLeastOne, BeforeValidator(available_vms)]


class NetworkPolicy(Model):
    """Who may reach the VMs: on the Service's target ports, and on no other."""

    # Kubernetes' own shape; check.py compares each with network_peers.py. None listed is everybody.
    peers: list[dict[str, Any]] = Field(alias="from")


class Subject(Model):
    """Somebody in Kubernetes' eyes; without a namespace, a ServiceAccount of the pool's own."""

    kind: Literal["User", "Group", "ServiceAccount"]
    name: Annotated[str, Field(min_length=1)]
    namespace: DnsLabel | None = None

    @model_validator(mode="after")
    def accepted_by_kubernetes(self) -> Subject:
        if self.kind != "ServiceAccount" and self.namespace is not None:
            raise wrong(
                f"has a namespace, and a {self.kind} is in none",
                "remove namespace, or use kind ServiceAccount",
            )
        if self.kind == "ServiceAccount" and not re.fullmatch(SUBDOMAIN, self.name):
            raise wrong(
                "has a name that no ServiceAccount has: theirs are lower-case letters, digits, "
                "'-' and '.'",
                "for instance default, and its namespace in namespace",
            )
        return self


class ScaleRole(Model):
    """Who may `kubectl scale` the pool."""

    subjects: Annotated[list[Subject], Field(min_length=1)]


class Specification(Model):
    """A pool whose configuration has been checked, and every name that derives from it."""

    name: PoolName
    namespace: DnsLabel
    create_namespace: bool
    replicas: Annotated[int, Field(ge=0, le=LARGEST_INT32)]
    cores: AtLeastOne
    memory: Memory
    cpu_request: Cpu | None = None
    instancetype: Instancetype | None = None
    preference: Preference | None = None
    disk: Disk
    password: str | None = Field(default=None, repr=False)
    # A factory: an object made here would have its model built on its own, at import.
    cloud_init: CloudInit = Field(default_factory=CloudInit)
    per_replica: PerReplica
    volumes: list[Volume] = []
    # These stay as they are written; check.py compares them with Toleration and scheduling.py.
    tolerations: list[dict[str, Any]] = []
    node_selector: dict[LabelKey, LabelValue] = {}
    affinity: dict[str, Any] = {}
    topology_spread_constraints: list[dict[str, Any]] = []
    service: ServiceSettings
    autoscaling: Autoscaling | None = None
    rollout: Rollout
    scale_in: ScaleIn = Field(default_factory=ScaleIn)
    readiness_probe: ReadinessProbe
    eviction_strategy: (
        Literal["LiveMigrate", "LiveMigrateIfPossible", "None", "External"] | None
    ) = None
    disruption_budget: DisruptionBudget | None = None
    network_policy: NetworkPolicy | None = None
    scale_role: ScaleRole | None = None
    clone_access: bool
    protect: bool
    adopt: bool
    wait_for_ready: bool
    wait_for_ready_minutes: AtLeastOne
    labels: dict[LabelKey, LabelValue] = {}
    annotations: Annotated[dict[LabelKey, str], AfterValidator(annotations_fit)] = {}
    kubevirt_version: Annotated[
        str, AfterValidator(version_text), Field(json_schema_extra={"pattern": f"^{VERSION}$"})
    ]
    pool_api_version: Literal["v1alpha1", "v1beta1"]

    @property
    def selector(self) -> dict[str, str]:
        """The one label by which pool, Service and HPA know this pool's VMs."""
        return {POOL_LABEL: self.name}

    @property
    def disk_name(self) -> str:
        """Name of the dataVolumeTemplate.

        KubeVirt adds only the index to it, so it must hold the pool's name, or two pools in a
        namespace would share disks (KubeVirt VEP 379).
        """
        return f"{self.name}-disk"

    @property
    def secret_name(self) -> str:
        """Name of the cloud-init Secret, fixed: a new name would restart every VM."""
        return self.cloud_init.secret_name or f"{self.name}-cloudinit"

    @property
    def has_network_data(self) -> bool:
        """Whether the cloud-init Secret holds network data, too."""
        return bool(self.cloud_init.network_data or self.per_replica.network_data)

    @property
    def appends_to_secrets(self) -> bool:
        """Whether KubeVirt appends a VM's index to the names of its Secrets, cloud-init's too."""
        return self.per_replica.cloud_init or bool(self.per_replica.secrets)

    @property
    def appends_to_config_maps(self) -> bool:
        """Whether KubeVirt appends a VM's index to the names of its ConfigMaps."""
        return bool(self.per_replica.config_maps)

    @property
    def most_replicas(self) -> int:
        """The largest number of VMs that the configuration allows."""
        return max(self.replicas, self.autoscaling.max_replicas if self.autoscaling else 0)

    @property
    def indices(self) -> range:
        """The indices that have Secrets and ConfigMaps of their own.

        More than there are VMs: a VM that still goes keeps its index, so that its successor has a
        higher one.
        """
        return range(self.most_replicas + self.per_replica.spare if self.per_replica.on else 0)

    @property
    def generated_name(self) -> str:
        """Name of the Secret with generated values, where no engine keeps them."""
        return f"{self.name}-generated"

    @property
    def scale_role_name(self) -> str:
        """Name of the Role that allows to scale the pool, and of its RoleBinding."""
        return f"{self.name}-scale"

    @property
    def clone_role_name(self) -> str:
        """Name of the Role that allows to clone the golden image, and of its RoleBinding.

        Both are in the image's namespace, next to those of other namespaces' pools. Namespace and
        pool hold no dots, so no two of them lead to one name; at most 129 characters.
        """
        return f"clone-for-{self.namespace}.{self.name}"

    @property
    def image_elsewhere(self) -> NamedObject | None:
        """The golden image in another namespace, if that is what the disks are made from."""
        source = self.disk.source
        image = source.pvc or source.snapshot or source.data_source
        return image if image and image.namespace not in {None, self.namespace} else None

    @property
    def min_replicas(self) -> int:
        """The least number of VMs that the HPA keeps."""
        if self.autoscaling and self.autoscaling.min_replicas:
            return self.autoscaling.min_replicas
        return max(self.replicas, 1)

    @property
    def autoscaled(self) -> bool:
        """Whether an HPA owns the number of replicas: at 0 replicas there is none."""
        return self.autoscaling is not None and self.replicas > 0

    @property
    def budgeted(self) -> bool:
        """Whether there is a PodDisruptionBudget: at 0 replicas there is nothing to keep."""
        return self.disruption_budget is not None and self.replicas > 0

    @property
    def initial_replicas(self) -> int:
        """The number of replicas that the pool is created with."""
        return self.min_replicas if self.autoscaled else self.replicas

    @property
    def requested_cpu(self) -> str | None:
        """The CPU request of each VM's pod; None leaves it to KubeVirt or the instancetype.

        With autoscaling it is always said: an HPA measures against the request, which by KubeVirt's
        default is a tenth of a core. It stays while replicas is 0, since dropping it would restart
        VMs.
        """
        if self.cpu_request is None and self.autoscaling and not self.instancetype:
            return str(self.cores)
        return self.cpu_request

    @property
    def kubevirt(self) -> tuple[int, int]:
        """KubeVirt's major and minor version."""
        return version_of(self.kubevirt_version)
