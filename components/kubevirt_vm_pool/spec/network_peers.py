"""Kubernetes' own shape for who may send to the VMs.

Apart from pool.py for the reason that affinity.py is. Rules: Kubernetes 1.36,
pkg/apis/networking/validation.
"""

from __future__ import annotations

import ipaddress
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from .affinity import LabelSelector
from .model import Model, wrong


def network(text: str) -> str:
    """Check a range of addresses in CIDR notation."""
    try:
        found = ipaddress.ip_network(text, strict=False)
    except ValueError:
        found = None
    if found is None or "/" not in text:
        raise wrong(
            "is no range of addresses (CIDR)",
            f"did you mean {found}?" if found else "for instance 10.0.0.0/8",
        )
    if str(found) != text and ipaddress.ip_interface(text).ip != found.network_address:
        raise wrong("has bits beyond its prefix, which say nothing", f"did you mean {found}?")
    return text


Network = Annotated[str, AfterValidator(network)]


class IpBlock(Model):
    """Addresses outside the cluster, without some of them."""

    cidr: Network = Field(description="Addresses, in CIDR notation.")
    excluded: list[Network] | None = Field(
        default=None, alias="except", description="Addresses among them that may not send."
    )

    @model_validator(mode="after")
    def accepted_by_kubernetes(self) -> IpBlock:
        whole = ipaddress.ip_network(self.cidr)
        for text in self.excluded or ():
            part = ipaddress.ip_network(text)
            if part == whole or not _within(part, whole):
                raise wrong(
                    f"excepts {text}, which is no part of {self.cidr}",
                    "leave it out, or widen cidr",
                )
        return self


class NetworkPolicyPeer(Model):
    """Somebody who may send: addresses, or pods by their labels and their namespaces' labels."""

    ip_block: IpBlock | None = Field(default=None, description="Addresses outside of the cluster.")
    pod_selector: LabelSelector | None = Field(
        default=None,
        description="Labels of the pods; without namespaceSelector those in the pool's namespace.",
    )
    namespace_selector: LabelSelector | None = Field(
        default=None, description="Labels of the pods' namespaces."
    )

    @model_validator(mode="after")
    def accepted_by_kubernetes(self) -> NetworkPolicyPeer:
        selected = self.pod_selector is not None or self.namespace_selector is not None
        if self.ip_block is None and not selected:
            raise wrong(
                "names nobody",
                "add podSelector, namespaceSelector or ipBlock; for everybody write from: []",
            )
        if self.ip_block is not None and selected:
            raise wrong(
                "has ipBlock next to a selector, which Kubernetes refuses",
                "make it two items of the list",
            )
        return self


def _within(
    part: ipaddress.IPv4Network | ipaddress.IPv6Network,
    whole: ipaddress.IPv4Network | ipaddress.IPv6Network,
) -> bool:
    if isinstance(part, ipaddress.IPv4Network) and isinstance(whole, ipaddress.IPv4Network):
        return part.subnet_of(whole)
    if isinstance(part, ipaddress.IPv6Network) and isinstance(whole, ipaddress.IPv6Network):
        return part.subnet_of(whole)
    return False
