"""Network data that leaves a VM without the address to which its Service leads.

On the pod network KubeVirt hands each VM its address by DHCP, and masquerade forwards to no other
(user guide, interfaces and networks: the guest "should be configured to use DHCP").
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from ..spec.pool import PoolSpec
from ..text.yaml_documents import parsed
from .problems import Problem

# What masquerade gives to every VM, unless vmNetworkCIDR says another one.
IPV4, IPV6 = "10.0.2.0/24", "fd10:0:2::/120"
# Kinds of devices of version 2 that can have addresses.
DEVICES = ("ethernets", "bonds", "bridges", "vlans", "vrfs", "modems", "wifis")


def cut_off(spec: PoolSpec) -> Iterator[Problem]:
    """Yield the problem that the network data which all VMs share cuts them off, if that is so."""
    if spec.per_replica.network_data is None:
        yield from cuts_off(spec, "cloudInit.networkData")


def cuts_off(spec: PoolSpec, key: str) -> Iterator[Problem]:
    """Yield the problem that a pool's network data cuts its VMs off, where that is certain.

    With several cards it is not: which one a name stands for only the guest knows.
    """
    if len(spec.attached) == 1 and spec.all_services and _takes_no_address(spec):
        yield Problem(
            key,
            "takes no address by DHCP, and the only card of the VMs is on the pod network, which "
            "forwards to the address that it hands out: Service, probe and virtctl ssh would not "
            "reach them",
            "add dhcp4: true (in version 1 a subnet of type dhcp), beside which addresses may "
            "stay, give the addresses to a second card (networks), or set service to false",
        )


def may_be_cut_off(spec: PoolSpec) -> Iterator[str]:
    """Yield what is to be known where it is not certain, or where no Service minds."""
    if not spec.reachable or not _takes_no_address(spec):
        return
    if len(spec.attached) > 1:
        yield (
            f"the network data of {spec.name} takes no address by DHCP: unless the guest does so "
            "by itself on the card of the pod network, no Service and no probe reaches it"
        )
    elif not spec.all_services:
        yield (
            f"the network data of {spec.name} takes no address by DHCP, and the pod network "
            "forwards to no other: virtctl ssh does not reach the VMs"
        )


def _takes_no_address(spec: PoolSpec) -> bool:
    """Tell whether network data gives out addresses, and none of them is the pod network's."""
    data = spec.cloud_init.network_data
    document = parsed(data)[0] if isinstance(data, str) else data
    wrapped = (document or {}).get("network")
    found = wrapped if isinstance(wrapped, dict) else document or {}
    devices = list(_devices(found))
    given = {address for one in devices for address in _addresses(one)}
    return bool(given) and given.isdisjoint(_own(spec)) and not any(map(_by_dhcp, devices))


def _devices(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield what network data says of each device."""
    if data.get("version") == 2:
        for kind in DEVICES:
            named = data.get(kind)
            yield from _objects(named.values() if isinstance(named, Mapping) else ())
    else:
        for one in _objects(data.get("config")):
            yield from _objects(one.get("subnets"))


def _objects(items: Any) -> Iterator[Mapping[str, Any]]:
    for item in items if not isinstance(items, str | Mapping | None) else ():
        if isinstance(item, Mapping):
            yield item


def _by_dhcp(device: Mapping[str, Any]) -> bool:
    if str(device.get("type", "")).startswith(("dhcp", "ipv6_slaac", "ipv6_dhcpv6")):
        return True
    # What is not known yet, or a text that somebody may mean so, is given the benefit of the doubt.
    return any(device.get(key) not in {None, False} for key in ("dhcp4", "dhcp6", "accept-ra"))


def _own(spec: PoolSpec) -> set[str]:
    """Return the addresses that the pod network hands out: the second of each range."""
    pod = next((network.pod for network in spec.attached if network.pod), None)
    ranges = [
        (pod and pod.vm_network_cidr) or IPV4,
        (pod and pod.vm_ipv6_network_cidr) or IPV6,
    ]
    found = set()
    for text in ranges:
        try:
            found.add(str(ipaddress.ip_network(text, strict=False)[2]))
        except (ValueError, IndexError):
            continue
    return found


def _addresses(device: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses that a device is given, as well as they can be read."""
    said = device.get("addresses")
    for one in [*(said if isinstance(said, list) else ()), device.get("address")]:
        # netplan takes an object with options in place of an address.
        text = str(next(iter(one), "") if isinstance(one, Mapping) else one or "")
        plain = text.partition("/")[0]
        if plain:
            try:
                yield str(ipaddress.ip_address(plain))
            except ValueError:
                yield plain
