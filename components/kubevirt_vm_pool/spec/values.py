"""Single values: quantities, ports, numbers and versions."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from . import quantity
from .model import wrong

LARGEST_INT32 = 2**31 - 1
MOST_CPUS = 10_000
VERSION = r"v?[0-9]+\.[0-9]+(\.[0-9]+([-+][0-9A-Za-z.+-]+)?)?"


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


# Newest minor of KubeVirt 1 whose fields are known here, and how many more may be out before they
# are: a release comes every four months.
NEWEST_MINOR, MINORS_AHEAD = 9, 3
# Where an OpenShift cluster's KubeVirt is told, and any other's.
ASK_FOR_VERSION = (
    "give what `kubectl get kubevirt -A -o "
    "jsonpath='{.items[*].status.observedKubeVirtVersion}'` prints"
)
# KubeVirt's version in OpenShift Virtualization 4.x, where its documentation tells (openshift-docs
# #34222, #63411, and that of 4.11); since 4.13 it does not.
OPENSHIFTS = {8: "0.41", 11: "0.53", 12: "0.58"}


def version_text(text: str) -> str:
    """Check the version of KubeVirt: 1.8, v1.8, 1.8.2 or 1.9.0-rc.0."""
    if not re.fullmatch(VERSION, text):
        raise wrong("is no version of KubeVirt", 'write it like "1.8"')
    major, minor = version_of(text)
    if major == 4:
        known = OPENSHIFTS.get(minor)
        its = f"({known})" if known else "(a 0.x or 1.x)"
        raise wrong(
            f"is a version of OpenShift Virtualization, which brings a KubeVirt of its own {its}",
            ASK_FOR_VERSION,
        )
    # 1.0 came after 0.59.
    if major > 1 or minor > (NEWEST_MINOR + MINORS_AHEAD if major else 59):
        raise wrong("is a version that KubeVirt does not have", ASK_FOR_VERSION)
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


# What JSON Schema (vmpool/generate/json_schema.py) is told of the checks above, for editors.
QUANTITY_SCHEMA: dict[str, Any] = {
    "type": ["string", "number"],
    "pattern": r"^\+?([0-9]+\.?[0-9]*|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,2})?$",
}
Memory = Annotated[str, BeforeValidator(memory_quantity), Field(json_schema_extra=QUANTITY_SCHEMA)]
DiskSize = Annotated[str, BeforeValidator(disk_quantity), Field(json_schema_extra=QUANTITY_SCHEMA)]
Cpu = Annotated[str, BeforeValidator(cpu_quantity), Field(json_schema_extra=QUANTITY_SCHEMA)]
PortNumber = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[int, Field(ge=0, le=LARGEST_INT32)]
AtLeastOne = Annotated[int, Field(ge=1, le=LARGEST_INT32)]
Version = Annotated[
    str, AfterValidator(version_text), Field(json_schema_extra={"pattern": f"^{VERSION}$"})
]
