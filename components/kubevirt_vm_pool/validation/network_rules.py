"""Rules on the networks of the VMs."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..spec.network import Network
from ..spec.pool import PoolSpec
from ..text.paths import at
from . import network_data
from .problems import Problem
from .rule import Rule

# A mark at the VMs by which KubeVirt counts such a bridge as one that migrates (interface.go).
MIGRATING_BRIDGES = "kubevirt.io/allow-pod-bridge-network-live-migration"


def _entries(spec: PoolSpec) -> Iterator[tuple[str, Network]]:
    """Yield the networks that somebody said, each with its key."""
    for index, network in enumerate(spec.networks or ()):
        yield f"networks[{index}]", network


def networks_differ(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    """KubeVirt refuses two of a name, and two that are the pod's (netsource.go, netiface.go)."""
    names: dict[str, str] = {}
    pods: list[str] = []
    for key, network in _entries(spec):
        if network.name in names:
            yield Problem(
                f"{key}.name",
                f"is the name of {names[network.name]} too",
                "give each its own name",
                network.name,
            )
        names.setdefault(network.name, key)
        if network.is_pods:
            pods.append(key)
    for key in pods[1:]:
        yield Problem(
            key,
            f"is a second network in place of the pod's: {pods[0]} is one, and a pod has one only",
            "keep one of pod: {} and multus with default: true",
        )


def bindings_fit(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    """KubeVirt refuses what a binding cannot do (binding.go, admit.go), or ignores it."""
    for key, network in _entries(spec):
        if network.masquerade and network.pod is None:
            yield Problem(
                f"{key}.masquerade",
                "is for the pod network only",
                "use bridge: {}, which joins the network itself, or sriov: {}",
            )
        if network.sriov and network.pod is not None:
            yield Problem(
                f"{key}.sriov",
                "needs a network of Multus with virtual functions, and this is the pod network",
                "use masquerade: {}, or multus: {networkName: ...}",
            )
        if network.passt_binding and spec.kubevirt < (1, 8):
            yield Problem(
                f"{key}.passtBinding",
                f"needs KubeVirt 1.8, and kubevirtVersion is {spec.kubevirt_version}",
                "use binding: {name: passt}, a plugin, or correct kubevirtVersion",
            )
        if network.ports and (network.bridge or network.sriov):
            yield Problem(
                f"{key}.ports",
                "are what masquerade and passt forward; this binding lets all ports through",
                "remove them, or use masquerade: {}",
            )
        yield from _state(key, network)


def _state(key: str, network: Network) -> Iterator[Problem]:
    if network.sriov and network.state in {"up", "down"}:
        rule, fix = "is nothing that an SR-IOV card can be told", "remove it"
    elif network.state == "absent" and (network.is_pods or not network.bridge):
        rule = "unplugs a card, which KubeVirt does with bridge on a further network only"
        fix = "remove the network, or use down"
    else:
        return
    yield Problem(f"{key}.state", rule, fix, network.state)


def mac_is_not_shared(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    """A pool's VMs are made from one template, in which KubeVirt changes no MAC address."""
    for key, network in _entries(spec):
        if network.mac_address and spec.most_replicas > 1:
            yield Problem(
                f"{key}.macAddress",
                f"would be that of all VMs, of which there may be {spec.most_replicas}: two cards "
                "of one address take each other's packets away",
                "remove it, KubeVirt gives each VM its own; a VM that needs a certain one is a "
                "pool of its own, with replicas 1",
                network.mac_address,
            )


def ports_are_forwarded(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    for key, network in _entries(spec):
        if not (network.ports and network.forwards_listed_ports):
            continue
        open_ports = {(port.protocol or "TCP", port.port) for port in network.ports}
        listed = ", ".join(str(port) for _, port in sorted(open_ports))
        for one in spec.all_services:
            for index, port in enumerate(one.ports):
                if (port.protocol, port.target) not in open_ports:
                    yield Problem(
                        f"{one.key}.ports[{index}]",
                        f"sends to port {port.target} ({port.protocol}) of the VMs, and "
                        f"{key}.ports forwards {listed} only",
                        f"add it to {key}.ports, or remove those",
                    )
        probe = spec.readiness_probe
        for member, handler in (("tcpSocket", probe.tcp_socket), ("httpGet", probe.http_get)):
            if handler and probe.enabled and ("TCP", handler.port) not in open_ports:
                yield Problem(
                    f"readinessProbe.{member}.port",
                    f"is none of the ports that {key}.ports forwards ({listed})",
                    f"add it to {key}.ports, or remove those",
                    handler.port,
                )


def somebody_can_reach_them(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    """KubeVirt refuses a probe over the network without the pod network."""
    probe = spec.readiness_probe
    if not any(network.pod for network in spec.attached):
        for member, handler in (("tcpSocket", probe.tcp_socket), ("httpGet", probe.http_get)):
            if handler and probe.enabled:
                yield Problem(
                    f"readinessProbe.{member}",
                    "comes over the pod network, and the VMs have none",
                    "use exec or guestAgentPing, or add the pod network to networks",
                )
    if spec.reachable:
        return
    for key in ("service", "services"):
        if key not in defaulted and getattr(spec, key):
            yield Problem(
                key,
                "leads to the pod network, and the VMs have none: nothing would answer",
                "add the pod network to networks (- {name: default, pod: {}, masquerade: {}}), or "
                f"{'write false' if key == 'service' else 'remove them'}",
            )


def bridges_can_migrate(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    of_template = at(spec.template, "template", "metadata", "annotations") or {}
    if MIGRATING_BRIDGES in {**spec.vm_annotations, **of_template}:
        return
    for key, network in _entries(spec):
        if network.pod is not None and network.bridge and spec.eviction_strategy == "LiveMigrate":
            yield Problem(
                "evictionStrategy",
                f"needs VMs that can migrate, and {key} is a bridge on the pod network, whose "
                "address stays on its node, so that the drain of a node would wait for ever",
                "use LiveMigrateIfPossible, which restarts these VMs on another node, or "
                "masquerade: {}",
                spec.eviction_strategy,
            )


def network_data_keeps_the_service(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    yield from network_data.cut_off(spec)


def told(spec: PoolSpec) -> Iterator[str]:
    """Yield what is right, and may surprise."""
    further = [network.name for network in spec.attached if not network.is_pods]
    if spec.network_policy is not None and further:
        yield (
            f"the NetworkPolicy of {spec.name} guards the pod network, and not its networks "
            f"{', '.join(further)}"
        )
    yield from network_data.may_be_cut_off(spec)


RULES = (
    Rule(("networks",), networks_differ),
    Rule(("networks", "kubevirtVersion"), bindings_fit),
    Rule(("networks", "replicas", "autoscaling"), mac_is_not_shared),
    Rule(("networks", "service", "services", "readinessProbe"), ports_are_forwarded),
    Rule(("networks", "service", "services", "readinessProbe"), somebody_can_reach_them),
    Rule(("networks", "evictionStrategy", "vmAnnotations", "template"), bridges_can_migrate),
    Rule(("networks", "service", "services", "cloudInit"), network_data_keeps_the_service),
)
