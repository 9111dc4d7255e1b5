"""The networks of each VM: of every one, what it is and how the VM is attached to it.

KubeVirt has two lists for that, networks and interfaces, whose items belong together by name.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from .model import Model, exactly_one, wrong
from .names import LABEL, SUBDOMAIN, DnsLabel
from .probe import Empty
from .values import LARGEST_INT32, AtLeastOne, PortNumber

DEFAULT_NETWORK = "default"
BINDINGS = ("masquerade", "bridge", "sriov", "binding", "passt_binding")
# As KubeVirt's own plugin is registered.
PASST = "passt"
MAC = "^[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}$"
PCI = "^[0-9a-fA-F]{4}:[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\\.[0-9a-fA-F]$"
INTERFACE_NAME = "^[A-Za-z0-9_-]+$"


def attachment(text: str) -> str:
    """Check the name of a NetworkAttachmentDefinition: [namespace/]name."""
    if not re.fullmatch(rf"({LABEL}/)?{SUBDOMAIN}", text):
        raise wrong(
            "is no name of a NetworkAttachmentDefinition ([namespace/]name)",
            "for instance storage, or networks/storage",
        )
    return text


def not_empty(value: object) -> object:
    """Check that a list of networks is not empty, which Kubernetes would take for the default."""
    if value == []:
        raise wrong(
            "is empty, and KubeVirt takes that for the pod network",
            "write false for VMs without any network, or remove it",
        )
    return value


class PodNetwork(Model):
    """The network that every pod has."""

    vm_network_cidr: str | None = Field(
        default=None,
        alias="vmNetworkCIDR",
        description="IPv4 network inside of a VM's pod. Not set, it is 10.0.2.0/24.",
    )
    vm_ipv6_network_cidr: str | None = Field(
        default=None,
        alias="vmIPv6NetworkCIDR",
        description="IPv6 network inside of a VM's pod. Not set, it is fd10:0:2::/120.",
    )


class MultusNetwork(Model):
    """A further network of the cluster, by Multus."""

    network_name: Annotated[str, AfterValidator(attachment)] = Field(
        description="Its NetworkAttachmentDefinition, [namespace/]name. Without a namespace it is "
        "in the pool's."
    )
    default: bool | None = Field(
        default=None, description="Whether it takes the place of the pod network."
    )


class PluginBinding(Model):
    """A binding by a plugin that the cluster has."""

    name: Annotated[str, Field(min_length=1)] = Field(
        description="Name of the plugin, as KubeVirt's configuration registers it."
    )


class InterfacePort(Model):
    """A port that is forwarded to the VM."""

    name: DnsLabel | None = Field(default=None, description="Name.")
    port: PortNumber = Field(description="Port of the VM.")
    protocol: Literal["TCP", "UDP"] | None = Field(
        default=None, description="Protocol. Not set, it is TCP."
    )


class DhcpPrivateOption(Model):
    """A DHCP option of one's own."""

    option: Annotated[int, Field(ge=224, le=254)] = Field(description="Its number, 224 to 254.")
    value: str = Field(description="Its value.")


class DhcpOptions(Model):
    """What KubeVirt's DHCP server tells a VM besides its address."""

    boot_file_name: str | None = Field(default=None, description="Name of the boot file.")
    tftp_server_name: str | None = Field(default=None, description="Name of the TFTP server.")
    ntp_servers: list[str] | None = Field(
        default=None, description="IPv4 addresses of NTP servers."
    )
    private_options: list[DhcpPrivateOption] | None = Field(
        default=None, description="Options of one's own."
    )


class Network(Model):
    """A network of each VM, with its interface there: both as KubeVirt has them."""

    name: Annotated[str, Field(pattern=INTERFACE_NAME)] = Field(
        description="Name of the network and of its interface."
    )
    pod: PodNetwork | None = Field(default=None, description="The pod network: {}.")
    multus: MultusNetwork | None = Field(
        default=None, description="A further network of the cluster, by Multus."
    )
    masquerade: Empty | None = Field(
        default=None, description="Binding to the pod network behind its address: {}."
    )
    bridge: Empty | None = Field(
        default=None, description="Binding by a bridge, with an address of the network itself: {}."
    )
    sriov: Empty | None = Field(
        default=None, description="Binding of a virtual function of the node's card: {}."
    )
    binding: PluginBinding | None = Field(
        default=None, description="Binding by a plugin that the cluster has."
    )
    passt_binding: Empty | None = Field(
        default=None, description="Binding by passt, KubeVirt's own from 1.8: {}."
    )
    model: Literal["virtio", "e1000", "e1000e", "igb", "ne2k_pci", "pcnet", "rtl8139"] | None = (
        Field(default=None, description="Model of the card. Not set, it is virtio.")
    )
    mac_address: Annotated[str, Field(pattern=MAC)] | None = Field(
        default=None,
        description="MAC address, for a pool that never has more than one VM. Not set, each VM has "
        "its own.",
    )
    ports: Annotated[list[InterfacePort], Field(min_length=1)] | None = Field(
        default=None, description="Ports that are forwarded. Not set, all are."
    )
    boot_order: AtLeastOne | None = Field(
        default=None, description="When it is tried at boot: 1 is first."
    )
    dhcp_options: DhcpOptions | None = Field(
        default=None, description="What DHCP tells the VM besides its address."
    )
    acpi_index: Annotated[int, Field(ge=1, le=LARGEST_INT32)] | None = Field(
        default=None, description="Index by which the guest names the card: 3 is eno3."
    )
    pci_address: Annotated[str, Field(pattern=PCI)] | None = Field(
        default=None, description="PCI address in the guest, for instance 0000:81:01.1."
    )
    state: Literal["up", "down", "absent"] | None = Field(
        default=None, description="Whether the cable is plugged in. Not set, it is up."
    )
    tag: str | None = Field(
        default=None, description="Tag of the card in the metadata of a config drive."
    )

    @model_validator(mode="after")
    def one_network_and_one_binding(self) -> Network:
        exactly_one(self, ["pod", "multus"], "for instance pod: {}")
        of_pod = "masquerade" if self.pod else "bridge"
        exactly_one(self, BINDINGS, f"for instance {of_pod}: {{}}")
        return self

    @property
    def forwards_listed_ports(self) -> bool:
        """Whether ports that are listed are the only ones that lead to the VM."""
        plugin = self.binding is not None and self.binding.name == PASST
        return plugin or self.masquerade is not None or self.passt_binding is not None

    @property
    def is_pods(self) -> bool:
        """Whether Services and probes reach the VM by it."""
        return self.pod is not None or bool(self.multus and self.multus.default)


THE_PODS = Network.model_construct(
    name=DEFAULT_NETWORK, pod=PodNetwork.model_construct(), masquerade=Empty.model_construct()
)
