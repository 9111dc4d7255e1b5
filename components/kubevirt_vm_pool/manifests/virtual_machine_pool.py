"""The VirtualMachinePool.

Custom resources are compared as they are: 1024Mi for 1Gi would be a change for ever.
"""

from __future__ import annotations

from ..spec.names import OTHERS, SCALED_BY
from ..spec.pool import PoolSpec
from . import disks, networks
from .kubevirt_keys import hook_annotations, with_kubevirt_keys, with_pool_keys
from .metadata import Object, metadata, to_manifest, without_none


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
                "spec": with_template(spec, virtual_machine(spec)),
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


def with_template(spec: PoolSpec, made: Object) -> Object:
    """Return what each VM is made from, with what `template` says."""
    if not spec.template:
        return made
    # Few stacks need KubeVirt's fields.
    from .merge import merged

    return merged(made, spec.template)


def virtual_machine(spec: PoolSpec) -> Object:
    """Return what each VM is made from, without what `template` says."""
    made = without_none(
        runStrategy="Always",
        instancetype=spec.instancetype and to_manifest(spec.instancetype),
        preference=spec.preference and to_manifest(spec.preference),
        dataVolumeTemplates=disks.data_volume_templates(spec) or None,
        template={
            # The VM's labels do not reach its pod, these do: Service and HPA look for pods.
            "metadata": _vmi_metadata(spec),
            "spec": without_none(
                domain=_domain(spec),
                networks=networks.networks(spec),
                volumes=disks.volumes(spec),
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
            "disks": disks.devices(spec),
            **networks.interfaces(spec),
        },
    )


def _readiness_probe(spec: PoolSpec) -> Object | None:
    probe = spec.readiness_probe
    if not spec.probed:
        return None
    handled = to_manifest(probe)
    del handled["enabled"]
    if not probe.has_handler:
        handled["tcpSocket"] = {"port": spec.probed_port}
    return handled


def _scale_in_strategy(spec: PoolSpec) -> Object:
    return without_none(
        selectionPolicy={"sortPolicy": spec.scale_in.order} if spec.scale_in.order else None,
        # Online would do the same: memory is not kept (KubeVirt VEP 69).
        statePreservation="Offline" if spec.scale_in.keep_disks else None,
    )
