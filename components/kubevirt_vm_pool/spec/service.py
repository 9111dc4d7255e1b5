"""The Service in front of the VMs, and who may reach them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from .model import Model
from .names import DnsLabel
from .values import PortNumber


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


class NetworkPolicy(Model):
    """Who may reach the VMs: on the Service's target ports, and on no other."""

    # Kubernetes' own shape; check.py compares each with network_peers.py. None listed is everybody.
    peers: list[dict[str, Any]] = Field(alias="from")
