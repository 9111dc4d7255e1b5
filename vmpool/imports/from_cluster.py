"""A VM or pool of a cluster with what stands beside it: what a stack makes, and what it names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kubevirt_vm_pool.cluster.kubectl import Kubectl, KubectlError
from kubevirt_vm_pool.guest.per_replica import indexed
from kubevirt_vm_pool.text.paths import at

from ..console import UserError, say
from ..stack.stack_files import Stack
from .beside import is_about
from .manifests import WORKLOADS, Manifests, Object, cleaned
from .per_replica import indexed_names
from .volumes import CLOUD_INIT, guest_of

RESOURCES = {
    "VirtualMachinePool": "virtualmachinepools.pool.kubevirt.io",
    "VirtualMachine": "virtualmachines.kubevirt.io",
}
BESIDE = (
    "services",
    "horizontalpodautoscalers.autoscaling",
    "poddisruptionbudgets.policy",
    "networkpolicies.networking.k8s.io",
    "roles.rbac.authorization.k8s.io",
    "rolebindings.rbac.authorization.k8s.io",
    "scaledobjects.keda.sh",
    "ingresses.networking.k8s.io",
)
ACCESS = ("role.rbac.authorization.k8s.io", "rolebinding.rbac.authorization.k8s.io")


def live(name: str, namespace: str, context: str | None) -> Manifests:
    """Return a VM or pool of a cluster with what belongs to it; raises UserError, KubectlError."""
    from ..target import existing

    provider: dict[str, Any] = {"context": context} if context else {}
    place = existing(Stack("", Path("-"), {}, provider, {}, {}, own_secrets=False))
    if place is None:
        raise UserError("no cluster is named: set KUBECONFIG, or give --context")
    say(f"importing {name} from {place}")
    kubectl = place.kubectl()
    asked = (_got(kubectl, RESOURCES[kind], name, namespace) for kind in WORKLOADS)
    workload = next((one for one in asked if one is not None), None)
    if workload is None:
        raise UserError(f"there is no {' and no '.join(WORKLOADS)} {name} in namespace {namespace}")
    around = [one for kind in BESIDE for one in _listed(kubectl, kind, namespace)]
    mine = [one for one in around if is_about(one, workload, around)]
    rest = (*_documents(kubectl, workload), *_of_replicas(kubectl, workload))
    found = (*mine, *rest, *_clone_access(kubectl, workload))
    return Manifests(cleaned(workload), tuple(map(cleaned, found)))


def _got(kubectl: Kubectl, kind: str, name: str, namespace: str) -> Object | None:
    """Return an object, None too where a cluster has no such kind at all."""
    try:
        return kubectl.get(kind, name, namespace)
    except KubectlError as error:
        if _is_unknown(error):
            return None
        raise


def _listed(kubectl: Kubectl, kind: str, namespace: str) -> list[Object]:
    """Return what others than a controller have made of a kind; what may not be seen is said."""
    try:
        found = kubectl.all(kind, namespace)
    except KubectlError as error:
        if not _is_unknown(error):
            say(f"{kind} cannot be looked at, and so none is in the stack: {error}")
        return []
    # KEDA's HPA is KEDA's.
    owned = ("metadata", "ownerReferences")
    return [one for one in found if not any(o.get("controller") for o in at(one, *owned) or ())]


def _is_unknown(error: KubectlError) -> bool:
    return "doesn't have a resource type" in str(error)


def _vm(workload: Object) -> Object:
    spec: Object = workload["spec"]
    if workload["kind"] == "VirtualMachine":
        return spec
    found: Object = at(spec, "virtualMachineTemplate", "spec") or {}
    return found


def _documents(kubectl: Kubectl, workload: Object) -> Iterator[Object]:
    """Yield the Secrets with cloud-init's documents."""
    names = [
        at(volume[kind], key, "name")
        for volume in guest_of(_vm(workload)).get("volumes") or ()
        for kind in CLOUD_INIT & volume.keys()
        for key in ("secretRef", "networkDataSecretRef")
    ]
    for name in dict.fromkeys(filter(None, names)):
        if one := kubectl.get("secret", name, workload["metadata"]["namespace"]):
            yield one


def _of_replicas(kubectl: Kubectl, workload: Object) -> Iterator[Object]:
    """Yield the Secrets and ConfigMaps of single replicas, by their indices from 0."""
    if workload["kind"] == "VirtualMachine":
        return
    for kind, _, name in indexed_names(workload):
        index = 0
        place = workload["metadata"]["namespace"]
        while one := kubectl.get(kind.lower(), indexed(name, index), place):
            yield one
            index += 1


def _clone_access(kubectl: Kubectl, workload: Object) -> Iterator[Object]:
    """Yield Role and RoleBinding in the namespaces of golden images, by which they are cloned."""
    metadata = workload["metadata"]
    name = f"clone-for-{metadata['namespace']}.{metadata['name']}"
    specs = [at(one, "spec") or {} for one in _vm(workload).get("dataVolumeTemplates") or ()]
    images = [one for spec in specs for one in (spec.get("source") or {}).values()]
    images += [one["sourceRef"] for one in specs if one.get("sourceRef")]
    namespaces = {one.get("namespace") for one in images} - {None, metadata["namespace"]}
    for namespace in sorted(namespaces):
        for kind in ACCESS:
            try:
                one = kubectl.get(kind, name, namespace)
            except KubectlError as error:
                say(f"{kind} {name} in {namespace} cannot be looked at: {error}")
                continue
            if one is not None:
                yield one
