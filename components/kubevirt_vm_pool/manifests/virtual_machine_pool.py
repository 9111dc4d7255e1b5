"""The VirtualMachinePool.

Custom resources are compared as they are: 1024Mi for 1Gi would be a change for ever.
"""

from __future__ import annotations

from ..spec.disk import CLOUD_INIT_DISK, SYSTEM_DISK
from ..spec.names import OTHERS, SCALED_BY
from ..spec.pool import PoolSpec
from .kubevirt_keys import hook_annotations, with_kubevirt_keys, with_pool_keys
from .metadata import Object, metadata, to_manifest, without_none

NETWORK = "default"


def virtual_machine_pool(spec: PoolSpec) -> Object:
    """Return the VirtualMachinePool."""
    strategy = _scale_in_strategy(spec)
    # Before 1.6 there is no maxUnavailable, and rules.py lets nothing but its behaviour pass.
    max_unavailable = spec.rollout.max_unavailable if spec.kubevirt >= (1, 6) else None
    made: Object = {
        "apiVersion": f"pool.kubevirt.io/{spec.pool_api_version}",
        "kind": "VirtualMachinePool",
        "metadata": metadata(spec, spec.name, spec.namespace),
        "spec": without_none(
            # Always said: without it the scale subresource answers with an error.
            replicas=spec.initial_replicas,
            selector={"matchLabels": spec.selector},
            nameGeneration=_name_generation(spec),
            maxUnavailable=max_unavailable,
            updateStrategy={spec.rollout.strategy: {}} if spec.rollout.strategy else None,
            scaleInStrategy={"proactive": strategy} if strategy else None,
            virtualMachineTemplate={
                "metadata": _vm_metadata(spec),
                "spec": _virtual_machine(spec),
            },
        ),
    }
    if spec.scaled_by_others:
        annotations = {**spec.annotations, SCALED_BY: OTHERS}
        made["metadata"] = {**made["metadata"], "annotations": annotations}
    return {**made, "spec": with_pool_keys(spec, made["spec"])}


def _vm_metadata(spec: PoolSpec) -> Object:
    return without_none(
        labels={**spec.vm_labels, **spec.selector}, annotations=spec.vm_annotations or None
    )


def _name_generation(spec: PoolSpec) -> Object | None:
    return (
        without_none(
            appendIndexToSecretRefs=spec.appends_to_secrets or None,
            appendIndexToConfigMapRefs=spec.appends_to_config_maps or None,
        )
        or None
    )


def _virtual_machine(spec: PoolSpec) -> Object:
    made = without_none(
        runStrategy="Always",
        instancetype=spec.instancetype and to_manifest(spec.instancetype),
        preference=spec.preference and to_manifest(spec.preference),
        dataVolumeTemplates=[_data_volume_template(spec)],
        template={
            # The VM's labels do not reach its pod, these do: Service and HPA look for pods.
            "metadata": _vmi_metadata(spec),
            "spec": without_none(
                domain=_domain(spec),
                # Both are spelt out: KubeVirt refuses a probe on a network that it must assume.
                networks=[{"name": NETWORK, "pod": {}}],
                volumes=_volumes(spec),
                readinessProbe=_readiness_probe(spec),
                evictionStrategy=spec.eviction_strategy,
                terminationGracePeriodSeconds=spec.termination_grace_period_seconds,
                tolerations=spec.tolerations or None,
                nodeSelector=spec.node_selector or None,
                affinity=spec.affinity or None,
                topologySpreadConstraints=spec.topology_spread_constraints or None,
            ),
        },
    )
    return with_kubevirt_keys(spec, made)


def _vmi_metadata(spec: PoolSpec) -> Object:
    """Return the metadata of a VM's pod, too, which alone asks for sidecars."""
    annotations = {**spec.vm_annotations, **hook_annotations(spec)}
    return {**_vm_metadata(spec), **without_none(annotations=annotations or None)}


def _domain(spec: PoolSpec) -> Object:
    requests = without_none(
        # The guest's memory too: KubeVirt takes it from here when domain.memory is not set.
        memory=spec.memory if isinstance(spec.memory, str) and not spec.instancetype else None,
        cpu=spec.requested_cpu,
    )
    return without_none(
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


def _volumes(spec: PoolSpec) -> list[Object]:
    documents = {"name": spec.secret_name}
    return [
        {"name": SYSTEM_DISK, "persistentVolumeClaim": {"claimName": spec.disk_name}},
        {
            "name": CLOUD_INIT_DISK,
            "cloudInitNoCloud": without_none(
                secretRef=documents,
                networkDataSecretRef=documents if spec.has_network_data else None,
            ),
        },
        *map(to_manifest, spec.volumes),
    ]


def _data_volume_template(spec: PoolSpec) -> Object:
    disk = spec.disk
    return {
        "metadata": {"name": spec.disk_name},
        "spec": without_none(
            pvc=without_none(
                accessModes=list(disk.access_modes),
                resources={"requests": {"storage": disk.size}},
                storageClassName=disk.storage_class_name,
            ),
            **_disk_source(spec),
        ),
    }


def _disk_source(spec: PoolSpec) -> Object:
    source = spec.disk.source
    if source.data_source:
        return {"sourceRef": {"kind": "DataSource", **to_manifest(source.data_source)}}
    if source.pvc or source.snapshot:
        kind, named = ("pvc", source.pvc) if source.pvc else ("snapshot", source.snapshot)
        # CDI demands the namespace even where it is the pool's own.
        return {"source": {kind: {"namespace": spec.namespace, **to_manifest(named)}}}
    kind, remote = ("registry", source.registry) if source.registry else ("http", source.http)
    return {"source": {kind: to_manifest(remote)}}


def _readiness_probe(spec: PoolSpec) -> Object | None:
    probe = spec.readiness_probe
    if not probe.enabled:
        return None
    handled = to_manifest(probe)
    del handled["enabled"]
    if not handled.keys() & {"tcpSocket", "httpGet", "exec", "guestAgentPing"}:
        handled["tcpSocket"] = {"port": _probed_port(spec)}
    return handled


def _probed_port(spec: PoolSpec) -> int:
    return next(port.target for port in spec.service.ports if port.protocol == "TCP")


def _scale_in_strategy(spec: PoolSpec) -> Object:
    return without_none(
        selectionPolicy={"sortPolicy": spec.scale_in.order} if spec.scale_in.order else None,
        # Online would do the same: memory is not kept (KubeVirt VEP 69).
        statePreservation="Offline" if spec.scale_in.keep_disks else None,
    )
