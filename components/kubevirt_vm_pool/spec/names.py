"""Names, labels and annotations, as Kubernetes and KubeVirt take them."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from .model import wrong

POOL_LABEL = "kubevirt.io/vmpool"
# Annotation of a pool whose number of replicas is others' to say, which no other field of it tells.
SCALED_BY = "kubevirt-vm-pool/scaled-by"
OTHERS = "others"

# KubeVirt labels every VM `kubevirt.io/vm-pool-revision-name: <pool>-<generation>`; a label value
# holds 63 characters, and the generation grows with each edit and each scaling: 7 digits of it.
LONGEST_POOL_NAME = 63 - len("-") - 7
LONGEST_LABEL = 63
LONGEST_SUBDOMAIN = 253
LONGEST_ANNOTATIONS = 256 * 1024  # bytes of keys and values together; Kubernetes' limit

LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
SUBDOMAIN = rf"{LABEL}(\.{LABEL})*"
QUALIFIED = "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"


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


def not_the_pools(labels: dict[str, str]) -> dict[str, str]:
    """Check that labels of the VMs leave the pool's own alone."""
    if POOL_LABEL in labels:
        raise wrong(
            f"has {POOL_LABEL}, by which the pool, its Service and its HPA know their VMs",
            "remove it",
        )
    return labels


def annotations_fit(annotations: dict[str, str]) -> dict[str, str]:
    """Check what all annotations take together."""
    size = sum(len(key.encode()) + len(value.encode()) for key, value in annotations.items())
    if size > LONGEST_ANNOTATIONS:
        raise wrong(
            f"take {size} bytes together, and Kubernetes holds {LONGEST_ANNOTATIONS}",
            "shorten or remove some",
        )
    return annotations


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
