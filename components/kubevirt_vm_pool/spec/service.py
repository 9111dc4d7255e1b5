"""The Service in front of the VMs, and who may reach them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from .model import Model
from .names import DnsLabel
from .values import PortNumber


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


class ServiceSettings(Model):
    """The Service in front of the VMs."""

    type: Literal["ClusterIP", "NodePort", "LoadBalancer"] = Field(
        default="ClusterIP", description="Who can reach it."
    )
    ports: Annotated[list[ServicePort], Field(min_length=1)] = Field(
        default_factory=lambda: [ServicePort.model_construct(port=80)], description="Its ports."
    )


class NetworkPolicy(Model):
    """Who may reach the VMs: on the Service's target ports, and on no other."""

    # Kubernetes' own shape; validate.py compares each with network_peers.py.
    peers: list[dict[str, Any]] = Field(
        alias="from", description="Who may send, as Kubernetes has it; [] is everybody."
    )
