"""The Kubernetes objects of a pool, as plain data from pure functions.

They hold exactly what an API server stores, in its spelling: custom resources are compared as they
are, so 1024Mi for 1Gi would be a change for ever.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping

from ..guest import cloud_init
from ..guest.per_replica import Generated, Replica, indexed, replicas
from ..spec.pool import CLOUD_INIT_DISK, SYSTEM_DISK, Specification
from . import network_policy, rbac, roles
from .metadata import Object, metadata, plain, said

NETWORK = "default"

# Roles of the objects in the golden image's namespace.
CLONING = frozenset({"clone-role", "clone-role-binding"})


def objects(spec: Specification, generated: Generated | None = None) -> dict[str, Object]:
    """Return every object of a pool by its role, in the order of their creation.

    All are in the pool's namespace but for those of CLONING, which are in the golden image's.
    generated: see per_replica.replicas.
    """
    made: list[tuple[bool, str, Callable[[Specification], Object]]] = [
        (spec.create_namespace, "namespace", namespace),
        (True, "cloud-init", cloud_init_secret),
        # Before the first VM: without the right to clone no disk is made, and a VM that runs
        # before its NetworkPolicy can be reached by everybody.
        (spec.clone_access, "clone-role", rbac.clone_role),
        (spec.clone_access, "clone-role-binding", rbac.clone_role_binding),
        (spec.network_policy is not None, "network-policy", network_policy.network_policy),
        (True, "pool", virtual_machine_pool),
        (True, "service", service),
        (spec.autoscaled, "autoscaler", autoscaler),
        (spec.budgeted, "disruption-budget", network_policy.disruption_budget),
        (spec.scale_role is not None, "scale-role", rbac.scale_role),
        (spec.scale_role is not None, "scale-role-binding", rbac.scale_role_binding),
    ]
    found: dict[str, Object] = {}
    for wanted, role, make in made:
        if role == "pool":
            # Before the pool: a VM looks for its own as soon as it is there.
            found |= of_replicas(spec, generated)
        if wanted:
            found[role] = make(spec)
    return found


def of_replicas(spec: Specification, generated: Generated | None = None) -> dict[str, Object]:
    """Return the Secrets and ConfigMaps of every replica by role.

    The Secret that all share stays beside them: a VM that exists when they come refers to it until
    the pool's template changes.
    """
    return {
        role: manifest
        for replica in replicas(spec, generated)
        for role, manifest in of_replica(replica).items()
    }


def of_replica(replica: Replica) -> dict[str, Object]:
    """Return the Secrets and ConfigMaps of one replica by role."""
    index, own = replica.index, replica.own
    texts = {roles.own(roles.CLOUD_INIT, index): cloud_init.documents(replica.spec)}
    for what, named in ((roles.SECRET, own.secrets), (roles.CONFIG_MAP, own.config_maps)):
        texts |= {roles.own(what, index, name): data for name, data in named.items()}
    found = empty_of_replicas(replica.spec, [index])
    for role, manifest in found.items():
        data = texts[role]
        manifest["data"] = encoded(data) if manifest["kind"] == "Secret" else dict(data)
    return found


def empty_of_replicas(spec: Specification, indices: Iterable[int]) -> dict[str, Object]:
    """Return the Secrets and ConfigMaps of some replicas by role, with no data in them."""
    found: dict[str, Object] = {}
    own = spec.per_replica
    for index in indices:
        if spec.appends_to_secrets:
            role = roles.own(roles.CLOUD_INIT, index)
            found[role] = secret(spec, indexed(spec.secret_name, index), {})
        # Without texts somebody else makes them.
        for name in filter(own.secrets.get, own.secrets):
            found[roles.own(roles.SECRET, index, name)] = secret(spec, indexed(name, index), {})
        for name in filter(own.config_maps.get, own.config_maps):
            found[roles.own(roles.CONFIG_MAP, index, name)] = {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": metadata(spec, indexed(name, index), spec.namespace),
                "data": {},
            }
    return found


def namespace(spec: Specification) -> Object:
    """Return the Namespace."""
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": metadata(spec, spec.namespace, namespace=None),
    }


def cloud_init_secret(spec: Specification) -> Object:
    """Return the Secret with the cloud-init documents, under the keys that KubeVirt reads."""
    return secret(spec, spec.secret_name, cloud_init.documents(spec))


def secret(spec: Specification, name: str, texts: Mapping[str, str]) -> Object:
    """Return a Secret that holds texts by key."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata(spec, name, spec.namespace),
        # Said, or an imported Secret would be replaced for want of it.
        "type": "Opaque",
        "data": encoded(texts),
    }


def encoded(texts: Mapping[str, str]) -> dict[str, str]:
    """Return texts as the data of a Secret."""
    return {key: base64.b64encode(text.encode()).decode() for key, text in texts.items()}


def virtual_machine_pool(spec: Specification) -> Object:
    """Return the VirtualMachinePool."""
    strategy = _scale_in_strategy(spec)
    # Before 1.6 there is no maxUnavailable, and rules.py lets nothing but its behaviour pass.
    max_unavailable = spec.rollout.max_unavailable if spec.kubevirt >= (1, 6) else None
    return {
        "apiVersion": f"pool.kubevirt.io/{spec.pool_api_version}",
        "kind": "VirtualMachinePool",
        "metadata": metadata(spec, spec.name, spec.namespace),
        "spec": said(
            # Always said: without it the scale subresource answers with an error.
            replicas=spec.initial_replicas,
            selector={"matchLabels": spec.selector},
            nameGeneration=_name_generation(spec),
            maxUnavailable=max_unavailable,
            updateStrategy={spec.rollout.strategy: {}} if spec.rollout.strategy else None,
            scaleInStrategy={"proactive": strategy} if strategy else None,
            virtualMachineTemplate={
                "metadata": {"labels": spec.selector},
                "spec": _virtual_machine(spec),
            },
        ),
    }


def service(spec: Specification) -> Object:
    """Return the Service in front of the pool's VMs."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(spec, spec.name, spec.namespace),
        "spec": {
            "type": spec.service.type,
            "selector": spec.selector,
            "ports": [
                said(
                    name=port.name,
                    port=port.port,
                    protocol=port.protocol,
                    targetPort=port.target,
                    nodePort=port.node_port,
                )
                for port in spec.service.ports
            ],
        },
    }


def autoscaler(spec: Specification) -> Object:
    """Return the HorizontalPodAutoscaler; the specification must have autoscaling on."""
    settings = spec.autoscaling
    if settings is None:
        raise ValueError("a pool without autoscaling has no autoscaler")
    target = (
        {"type": "AverageValue", "averageValue": settings.target_cpu_average_value}
        if settings.target_cpu_average_value
        else {
            "type": "Utilization",
            "averageUtilization": settings.target_cpu_utilization_percentage,
        }
    )
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": metadata(spec, spec.name, spec.namespace),
        "spec": {
            "minReplicas": spec.min_replicas,
            "maxReplicas": settings.max_replicas,
            "scaleTargetRef": {
                "apiVersion": f"pool.kubevirt.io/{spec.pool_api_version}",
                "kind": "VirtualMachinePool",
                "name": spec.name,
            },
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        },
    }


def _name_generation(spec: Specification) -> Object | None:
    return (
        said(
            appendIndexToSecretRefs=spec.appends_to_secrets or None,
            appendIndexToConfigMapRefs=spec.appends_to_config_maps or None,
        )
        or None
    )


def _virtual_machine(spec: Specification) -> Object:
    return said(
        runStrategy="Always",
        instancetype=spec.instancetype and plain(spec.instancetype),
        preference=spec.preference and plain(spec.preference),
        dataVolumeTemplates=[_data_volume_template(spec)],
        template={
            # The VM's labels do not reach its pod, these do: Service and HPA look for pods.
            "metadata": {"labels": spec.selector},
            "spec": said(
                domain=_domain(spec),
                # Both are spelt out: KubeVirt refuses a probe on a network that it must assume.
                networks=[{"name": NETWORK, "pod": {}}],
                volumes=_volumes(spec),
                readinessProbe=_readiness_probe(spec),
                evictionStrategy=spec.eviction_strategy,
                tolerations=spec.tolerations or None,
                nodeSelector=spec.node_selector or None,
                affinity=spec.affinity or None,
                topologySpreadConstraints=spec.topology_spread_constraints or None,
            ),
        },
    )


def _domain(spec: Specification) -> Object:
    requests = said(
        # The guest's memory too: KubeVirt takes it from here when domain.memory is not set.
        memory=None if spec.instancetype else spec.memory,
        cpu=spec.requested_cpu,
    )
    return said(
        cpu=None if spec.instancetype else {"cores": spec.cores},
        resources={"requests": requests} if requests else None,
        devices={
            "disks": [
                {"name": SYSTEM_DISK, "disk": {"bus": "virtio"}},
                {"name": CLOUD_INIT_DISK, "disk": {"bus": "virtio"}},
                *({"name": volume.name, "disk": {"bus": "virtio"}} for volume in spec.volumes),
            ],
            "interfaces": [{"name": NETWORK, "masquerade": {}}],
        },
    )


def _volumes(spec: Specification) -> list[Object]:
    documents = {"name": spec.secret_name}
    return [
        {"name": SYSTEM_DISK, "persistentVolumeClaim": {"claimName": spec.disk_name}},
        {
            "name": CLOUD_INIT_DISK,
            "cloudInitNoCloud": said(
                secretRef=documents,
                networkDataSecretRef=documents if spec.has_network_data else None,
            ),
        },
        *map(plain, spec.volumes),
    ]


def _data_volume_template(spec: Specification) -> Object:
    disk = spec.disk
    return {
        "metadata": {"name": spec.disk_name},
        "spec": said(
            pvc=said(
                accessModes=list(disk.access_modes),
                resources={"requests": {"storage": disk.size}},
                storageClassName=disk.storage_class_name,
            ),
            **_disk_source(spec),
        ),
    }


def _disk_source(spec: Specification) -> Object:
    source = spec.disk.source
    if source.data_source:
        return {"sourceRef": {"kind": "DataSource", **plain(source.data_source)}}
    if source.pvc or source.snapshot:
        kind, named = ("pvc", source.pvc) if source.pvc else ("snapshot", source.snapshot)
        # CDI demands the namespace even where it is the pool's own.
        return {"source": {kind: {"namespace": spec.namespace, **plain(named)}}}
    kind, remote = ("registry", source.registry) if source.registry else ("http", source.http)
    return {"source": {kind: plain(remote)}}


def _readiness_probe(spec: Specification) -> Object | None:
    probe = spec.readiness_probe
    if not probe.enabled:
        return None
    handled = plain(probe)
    del handled["enabled"]
    if not handled.keys() & {"tcpSocket", "httpGet", "exec", "guestAgentPing"}:
        handled["tcpSocket"] = {"port": _probed_port(spec)}
    return handled


def _probed_port(spec: Specification) -> int:
    return next(port.target for port in spec.service.ports if port.protocol == "TCP")


def _scale_in_strategy(spec: Specification) -> Object:
    return said(
        selectionPolicy={"sortPolicy": spec.scale_in.order} if spec.scale_in.order else None,
        # Online would do the same: memory is not kept (KubeVirt VEP 69).
        statePreservation="Offline" if spec.scale_in.keep_disks else None,
    )
