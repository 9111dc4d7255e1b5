"""Rules on the networks that `template` leads to, and on what comes in by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..text.paths import at
from ..text.spelling import did_you_mean
from .problems import Problem
from .template_whole import GUEST, INTERFACES, NETWORKS, Whole, without

PROBES = ("readinessProbe", "livenessProbe")
OVER_THE_NETWORK = ("httpGet", "tcpSocket")


def networks_and_interfaces_belong_together(whole: Whole) -> Iterator[Problem]:
    for path, other, what in (
        (INTERFACES, NETWORKS, "network"),
        (NETWORKS, INTERFACES, "interface"),
    ):
        there = whole.names(other)
        for place, device in whole.elements(path):
            name = str(device.get("name"))
            if name in there:
                continue
            near = did_you_mean(name, there)
            if whole.says((*place, "name")):
                yield whole.problem(
                    (*place, "name"),
                    f"has no {what} of that name",
                    f"did you mean {near}?" if near else f"add it to {other[-1]}, or remove it",
                )
            else:
                fix = f"leave it out too: {without(path, name)}"
                yield whole.problem(other, f"leaves {name} of {path[-1]} without its {what}", fix)


def probes_come_by_the_pod_network(whole: Whole) -> Iterator[Problem]:
    """vmi-create-admitter.go; and the network is not filled in for pools."""
    if _pod_network(whole) is not None:
        return
    for probe in PROBES:
        for handler in OVER_THE_NETWORK:
            path = (*GUEST, probe, handler)
            if whole.at(*path) is None:
                continue
            said = whole.says(path)
            yield whole.problem(
                path if said else NETWORKS,
                "needs the pod network, and the VMs have none"
                if said
                else f"leaves the {probe} without the pod network, by which it comes",
                "use exec or guestAgentPing, or keep the pod network"
                if said or probe != "readinessProbe"
                else "set readinessProbe.enabled to false, use exec or guestAgentPing there, or "
                "keep the pod network",
            )


def ports_are_let_in(whole: Whole) -> Iterator[Problem]:
    """Where ports are listed at an interface with masquerade, no other one is forwarded."""
    network = _pod_network(whole)
    for place, interface in whole.elements(INTERFACES):
        ports = interface.get("ports")
        if interface.get("name") != network or not ports or "masquerade" not in interface:
            continue
        if not whole.says((*place, "ports")) and not any(whole.says((*GUEST, p)) for p in PROBES):
            continue
        for (port, protocol), who in _needed_ports(whole).items():
            if not _lets_in(ports, port, protocol):
                yield whole.problem(
                    (*place, "ports"),
                    f"leaves out {port} ({protocol}), {who}",
                    f"add {{port: {port}, protocol: {protocol}}}, or list no ports",
                )


def _needed_ports(whole: Whole) -> dict[tuple[int | str, str], str]:
    """Return port and protocol of all that comes in, with what it is for."""
    needed: dict[tuple[int | str, str], str] = {
        (port, protocol): "to which a Service sends" for protocol, port in whole.spec.served_ports
    }
    for probe in PROBES:
        for handler in OVER_THE_NETWORK:
            if (number := whole.at(*GUEST, probe, handler, "port")) is not None:
                needed.setdefault((number, "TCP"), f"which the {probe} asks")
    return needed


def _pod_network(whole: Whole) -> str | None:
    pods = (one for _, one in whole.elements(NETWORKS) if at(one, "pod") is not None)
    return next((str(one.get("name")) for one in pods), None)


def _lets_in(ports: list[Mapping[str, Any]], port: int | str, protocol: str) -> bool:
    return any(
        port in (one.get("port"), one.get("name")) and (one.get("protocol") or "TCP") == protocol
        for one in ports
    )


RULES: tuple[Callable[[Whole], Iterator[Problem]], ...] = (
    networks_and_interfaces_belong_together,
    probes_come_by_the_pod_network,
    ports_are_let_in,
)
