"""Rules on the Services, and on what derives from their ports."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..spec.pool import PoolSpec
from ..spec.service import ServiceFields, ServicePort
from .problems import Problem

LONGEST_SERVICE = 63  # characters of a name: it is a label of a DNS name


def ports_differ(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    on_nodes: dict[tuple[int, str], str] = {}
    if spec.service:
        yield from _ports(spec.service, spec.service.ports, "service", on_nodes)
    for name, one in sorted(spec.services.items()):
        key = f"services.{name}"
        if one.ports is None and spec.service is None:
            yield Problem(
                f"{key}.ports",
                "is missing, and there is no service whose ports these could be",
                "list them, for instance - {port: 80}",
            )
        yield from _ports(one, one.ports or [], key, on_nodes)


def _ports(
    settings: ServiceFields,
    ports: list[ServicePort],
    where: str,
    on_nodes: dict[tuple[int, str], str],
) -> Iterator[Problem]:
    seen: dict[object, str] = {}
    for index, port in enumerate(ports):
        place = f"{where}.ports[{index}]"
        members: list[tuple[str, object, dict[object, str], object]] = [
            ("port", (port.port, port.protocol), seen, port.port),
            ("name", port.name, seen, port.name),
        ]
        for what, value, taken, member in members:
            if value is None:
                continue
            if value in taken:
                yield _taken(place, what, taken[value], member)
            taken.setdefault(value, place)
        if port.node_port:
            on_node = (port.node_port, port.protocol)
            if on_node in on_nodes:
                yield _taken(place, "nodePort", on_nodes[on_node], port.node_port)
            on_nodes.setdefault(on_node, place)
        if len(ports) > 1 and port.name is None:
            yield Problem(
                f"{place}.name",
                "is missing, and Kubernetes demands names where a Service has several ports",
                "add one, for instance http",
            )
        if port.node_port and settings.type == "ClusterIP":
            yield Problem(
                f"{place}.nodePort",
                f"needs {where}.type NodePort or LoadBalancer, and that is ClusterIP",
                "change the type, or remove nodePort",
                port.node_port,
            )


def _taken(place: str, what: str, other: str, value: object) -> Problem:
    return Problem(
        f"{place}.{what}",
        f"is the {what} of {other} too",
        f"give each its own {what}",
        value,
    )


def fields_fit_the_type(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    """Kubernetes refuses what the type of a Service has no use for (ValidateService)."""
    for where, one in _said(spec):
        if one.type != "LoadBalancer":
            for key, value in (
                ("loadBalancerClass", one.load_balancer_class),
                ("loadBalancerIP", one.load_balancer_ip),
                ("loadBalancerSourceRanges", one.load_balancer_source_ranges),
            ):
                if value:
                    yield Problem(
                        f"{where}.{key}",
                        f"needs {where}.type LoadBalancer, and that is {one.type}",
                        f"change the type, or remove {key}",
                        value if isinstance(value, str) else None,
                    )
        if one.external_traffic_policy and one.type == "ClusterIP":
            yield Problem(
                f"{where}.externalTrafficPolicy",
                f"needs {where}.type NodePort or LoadBalancer, and nothing from outside reaches a "
                "ClusterIP",
                "change the type, or remove externalTrafficPolicy",
                one.external_traffic_policy,
            )
        if one.headless and one.type != "ClusterIP":
            yield Problem(
                f"{where}.clusterIP",
                f"is for type ClusterIP only: a {one.type} needs an address in the cluster",
                "remove clusterIP, or make the headless one another of `services`",
                one.cluster_ip,
            )


def names_of_services_fit(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    for key in spec.services:
        over = len(f"{spec.name}-{key}") - LONGEST_SERVICE
        if over > 0:
            yield Problem(
                f"services.{key}",
                f"makes a Service called {spec.name}-{key}, {over} characters too long for a "
                f"label of DNS ({LONGEST_SERVICE})",
                f"shorten it by {over}, or shorten name",
            )


def a_port_to_probe(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    probe = spec.readiness_probe
    if not probe.enabled or probe.has_handler or spec.probed_port is not None:
        return
    if any(not one.ports for one in spec.all_services):
        return  # which is told by itself
    if spec.all_services:
        yield Problem(
            "readinessProbe",
            "is to connect to the first TCP port of the Service, and there is none",
            "give it a port (tcpSocket), another handler (exec, guestAgentPing), or enabled: false",
        )
    elif "readinessProbe" not in defaulted:
        without = "is no Service" if spec.reachable else "is no network that a Service could use"
        yield Problem(
            "readinessProbe",
            f"is to connect to the first TCP port of the Service, and there {without}",
            "give it a handler (exec, guestAgentPing; tcpSocket and httpGet over the pod network), "
            "or remove it",
        )


def a_service_for_the_policy(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    if spec.network_policy is not None and not spec.served_ports:
        yield Problem(
            "networkPolicy",
            "opens the ports that the Service sends to, and there is no Service, so that nobody "
            "could be let in",
            "remove it, or give the pool a service" + " and the pod network" * (not spec.reachable),
        )


def _said(spec: PoolSpec) -> Iterator[tuple[str, ServiceFields]]:
    if spec.service:
        yield "service", spec.service
    for name, one in sorted(spec.services.items()):
        yield f"services.{name}", one


def untranslated_ports(spec: PoolSpec) -> Iterator[str]:
    """Yield what is to be known of headless Services, which send nothing to other ports."""
    for one in spec.all_services:
        for port in one.ports if one.settings.headless else ():
            if port.port != port.target:
                yield (
                    f"{one.key} is headless: its name leads to the VMs themselves, who answer on "
                    f"port {port.target}, not {port.port}"
                )
