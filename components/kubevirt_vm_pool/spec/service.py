"""The Services in front of the VMs, and who may reach them."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, Field

from .model import Model, wrong
from .names import DnsLabel, LabelKey, annotations_fit
from .values import PortNumber

HEADLESS = "None"


class ServicePort(Model):
    """A port of the Service."""

    name: DnsLabel | None = Field(
        default=None, description="Name; Kubernetes demands one where there are several ports."
    )
    port: PortNumber = Field(description="Port that the Service listens on.")
    target_port: PortNumber | None = Field(
        default=None, description="Port of the VM. Not set, it is the same."
    )
    # Kubernetes' own default.
    protocol: Literal["TCP", "UDP", "SCTP"] = Field(default="TCP", description="Protocol.")
    node_port: PortNumber | None = Field(
        default=None, description="Port on every node, for NodePort and LoadBalancer."
    )

    @property
    def target(self) -> int:
        """The port inside the VM: Kubernetes takes `port` where nothing is said."""
        return self.target_port or self.port


def address(text: str) -> str:
    """Check the address of a Service in the cluster, or None for none."""
    if text == HEADLESS:
        return text
    try:
        ipaddress.ip_address(text)
    except ValueError:
        raise wrong(
            "is neither an IP address nor None", "write None for a headless Service"
        ) from None
    return text


def source_range(text: str) -> str:
    """Check a range of addresses, such as 10.0.0.0/8."""
    try:
        ipaddress.ip_network(text)
    except ValueError as error:
        host = "has host bits set" in str(error)
        near = str(ipaddress.ip_network(text, strict=False)) if host else "10.0.0.0/8"
        rule = "has bits behind its prefix" if host else "is no range of IP addresses (CIDR)"
        raise wrong(rule, f"{'write it as' if host else 'for instance'} {near}") from None
    if "/" not in text:
        raise wrong(
            "is no range of IP addresses (CIDR)", f"write it as {ipaddress.ip_network(text)}"
        )
    return text


class ServiceFields(Model):
    """What every Service may say, as Kubernetes has it; not set, it is Kubernetes' own."""

    type: Literal["ClusterIP", "NodePort", "LoadBalancer"] = Field(
        default="ClusterIP", description="Who can reach it."
    )
    cluster_ip: Annotated[str, AfterValidator(address)] | None = Field(
        default=None,
        alias="clusterIP",
        description="Its address in the cluster, or None for a headless Service, whose name leads "
        "to the addresses of the VMs themselves.",
    )
    annotations: Annotated[dict[LabelKey, str], AfterValidator(annotations_fit)] = Field(
        default={}, description="Annotations of this Service, for instance for its load balancer."
    )
    load_balancer_class: LabelKey | None = Field(
        default=None, description="Which of the cluster's load balancers, for LoadBalancer."
    )
    load_balancer_ip: str | None = Field(
        default=None,
        alias="loadBalancerIP",
        description="Address that the load balancer is asked for; Kubernetes calls it deprecated.",
    )
    load_balancer_source_ranges: list[Annotated[str, AfterValidator(source_range)]] = Field(
        default=[], description="Who may come in by the load balancer: ranges of IP addresses."
    )
    external_traffic_policy: Literal["Cluster", "Local"] | None = Field(
        default=None,
        description="Local: what comes from outside stays on its node and keeps its source.",
    )
    internal_traffic_policy: Literal["Cluster", "Local"] | None = Field(
        default=None, description="Local: what comes from inside stays on its node."
    )
    session_affinity: Literal["ClientIP", "None"] | None = Field(
        default=None, description="ClientIP: a client stays with its VM."
    )
    publish_not_ready_addresses: bool | None = Field(
        default=None, description="Whether it leads to VMs that are not ready, too."
    )
    ip_family_policy: Literal["SingleStack", "PreferDualStack", "RequireDualStack"] | None = Field(
        default=None, description="Whether it has IPv4 and IPv6 addresses."
    )
    ip_families: list[Literal["IPv4", "IPv6"]] = Field(
        default=[], description="Families of its addresses, the first one first."
    )

    @property
    def headless(self) -> bool:
        """Whether its name leads to the addresses of the VMs themselves."""
        return self.cluster_ip == HEADLESS


class ServiceSettings(ServiceFields):
    """The Service in front of the VMs."""

    ports: Annotated[list[ServicePort], Field(min_length=1)] = Field(
        default_factory=lambda: [ServicePort.model_construct(port=80)], description="Its ports."
    )


class FurtherService(ServiceFields):
    """A further Service in front of the same VMs."""

    ports: Annotated[list[ServicePort], Field(min_length=1)] | None = Field(
        default=None, description="Its ports. Not set, they are those of `service`."
    )


class NamedService(NamedTuple):
    """A Service of a pool.

    role: what it is to the pool. key: where the configuration has it. name: of the object.
    """

    role: str
    key: str
    name: str
    settings: ServiceFields
    ports: list[ServicePort]


class NetworkPolicy(Model):
    """Who may reach the VMs: on the Service's target ports, and on no other."""

    # Kubernetes' own shape; validate.py compares each with network_peers.py.
    peers: list[dict[str, Any]] = Field(
        alias="from", description="Who may send, as Kubernetes has it; [] is everybody."
    )
