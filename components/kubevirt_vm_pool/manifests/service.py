"""The Services."""

from __future__ import annotations

from ..spec.pool import PoolSpec
from ..spec.service import NamedService
from .metadata import Object, metadata, without_none


def services(spec: PoolSpec) -> dict[str, Object]:
    """Return the Services in front of the pool's VMs by role."""
    return {one.role: _service(spec, one) for one in spec.all_services}


def _service(spec: PoolSpec, one: NamedService) -> Object:
    named, own = metadata(spec, one.name, spec.namespace), one.settings
    if own.annotations:
        named["annotations"] = {**named.get("annotations", {}), **own.annotations}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": named,
        "spec": without_none(
            type=own.type,
            selector=spec.selector,
            ports=[
                without_none(
                    name=port.name,
                    port=port.port,
                    protocol=port.protocol,
                    targetPort=port.target,
                    nodePort=port.node_port,
                )
                for port in one.ports
            ],
            clusterIP=own.cluster_ip,
            loadBalancerClass=own.load_balancer_class,
            loadBalancerIP=own.load_balancer_ip,
            loadBalancerSourceRanges=own.load_balancer_source_ranges or None,
            externalTrafficPolicy=own.external_traffic_policy,
            internalTrafficPolicy=own.internal_traffic_policy,
            sessionAffinity=own.session_affinity,
            publishNotReadyAddresses=own.publish_not_ready_addresses,
            ipFamilyPolicy=own.ip_family_policy,
            ipFamilies=own.ip_families or None,
        ),
    }
