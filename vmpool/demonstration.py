"""An up on the embedded control plane without an engine: a look at what the objects are.

kubectl applies them as they are rendered, with a label. There is no state, and no disk: what the
engine does later begins with taking them away.
"""

from __future__ import annotations

from typing import Any

from kubevirt_vm_pool.cluster.kubectl import POOLS, Kubectl, reference
from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.manifests.objects import objects

from .console import UserError
from .manifest_yaml import as_yaml
from .stack.stack_files import Stack

LABEL = "kubevirt-vm-pool/demonstration"
# Every kind that manifests.objects has but the namespace, which namespaces.py removes.
KINDS = ",".join(
    (
        POOLS,
        "secrets",
        "configmaps",
        "services",
        "horizontalpodautoscalers.autoscaling",
        "poddisruptionbudgets.policy",
        "networkpolicies.networking.k8s.io",
        "roles.rbac.authorization.k8s.io",
        "rolebindings.rbac.authorization.k8s.io",
    )
)


def up(kubectl: Kubectl, stack: Stack) -> list[str]:
    """Make the cluster hold a stack's objects and no others of it; return kubectl's lines."""
    spec = stack.specification()
    stack.require_decrypted()
    if spec.per_replica.generate:
        raise UserError("perReplica.generate needs the engine: it makes the values, and keeps them")
    wanted = [_labelled(manifest, stack) for manifest in objects(spec).values()]
    names = {(reference(one), one["metadata"].get("namespace")) for one in wanted}
    left = [one for one in there(kubectl, stack) if _place(one) not in names]
    done = kubectl.run(
        "apply",
        "--server-side",
        "--force-conflicts",
        "--field-manager=kubevirt-vm-pool",
        "-f",
        "-",
        # Secrets go by pipe: a file or an argument could be read by others.
        stdin=as_yaml(wanted, show_secrets=True),
    )
    return [*done.stdout.splitlines(), *_delete(kubectl, left)]


def down(kubectl: Kubectl, stack: Stack) -> list[str]:
    """Take away what an up made, and return kubectl's lines; [] if nothing was there."""
    return _delete(kubectl, there(kubectl, stack))


def stacks(kubectl: Kubectl) -> frozenset[str]:
    """Return the names of all stacks that kubectl has shown."""
    found = kubectl.all(KINDS, None, LABEL)
    return frozenset(one["metadata"]["labels"][LABEL] for one in found)


def there(kubectl: Kubectl, stack: Stack) -> list[dict[str, Any]]:
    """Return the objects that an up made."""
    return kubectl.all(KINDS, None, f"{LABEL}={stack.name}")


def _delete(kubectl: Kubectl, members: list[dict[str, Any]]) -> list[str]:
    lines = []
    for member in members:
        name, namespace = _place(member)
        lines += kubectl.run("delete", name, "-n", str(namespace)).stdout.splitlines()
    return lines


def _place(manifest: Object) -> tuple[str, str | None]:
    return reference(manifest), manifest["metadata"].get("namespace")


def _labelled(manifest: Object, stack: Stack) -> Object:
    if manifest["kind"] == "Namespace":
        return manifest
    metadata = manifest["metadata"]
    labels = {**metadata.get("labels", {}), LABEL: stack.name}
    return {**manifest, "metadata": {**metadata, "labels": labels}}
