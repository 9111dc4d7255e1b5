"""The way without Pulumi: server-side apply of the rendered objects, by kubectl.

Every stack has an ApplySet of its own, so that what left the configuration leaves the cluster.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.objects import Object
from components.specification import Specification

from .console import Trouble
from .kubectl import Kubectl
from .render import as_yaml

FIELD_MANAGER = "kubevirt-vm-pool"
POOLS = "virtualmachinepools.pool.kubevirt.io"
# Kubernetes, KEP 3659: the label of an ApplySet's members, and of the object that stands for it.
MEMBER = "applyset.kubernetes.io/part-of"
PARENT = "applyset.kubernetes.io/id"
ALPHA = {"KUBECTL_APPLYSET": "true"}


def set_name(stack: str) -> str:
    """Return the name of the Secret that stands for a stack's ApplySet."""
    return f"{FIELD_MANAGER}-{stack}".lower().replace("_", "-")


def demand_not_pulumis(kubectl: Kubectl, spec: Specification) -> None:
    """Raise Trouble if the engine made the pool: its state knows nothing of what is done here."""
    pool = kubectl.get(POOLS, spec.name, spec.namespace)
    fields = pool["metadata"].get("managedFields", []) if pool else []
    if any(entry["manager"].startswith("pulumi-kubernetes") for entry in fields):
        raise Trouble(
            f"pool {spec.name} in namespace {spec.namespace} was brought up by Pulumi, which keeps "
            "its state; put pulumi on PATH again"
        )


def brought_up(kubectl: Kubectl, stack: str, namespace: str) -> str | None:
    """Return the id of the stack's ApplySet, or None if it was not brought up this way."""
    parent = kubectl.get("secret", set_name(stack), namespace)
    return parent["metadata"]["labels"].get(PARENT) if parent else None


def up(
    kubectl: Kubectl, stack: str, spec: Specification, manifests: Mapping[str, Object]
) -> list[str]:
    """Make the cluster hold the objects, and return kubectl's line on each."""
    if "namespace" in manifests:
        _apply(kubectl, [manifests["namespace"]])
    elif kubectl.get("namespace", spec.namespace) is None:
        raise Trouble(
            f"namespace {spec.namespace} does not exist; ask for it, or set createNamespace"
        )
    wanted = _with_live_replicas(kubectl, spec, manifests)
    own = [manifest for role, manifest in wanted.items() if role != "namespace"]
    force = [] if spec.autoscaled else ["--force-conflicts"]
    prune = ["--prune", f"--applyset={set_name(stack)}", "-n", spec.namespace]
    return _apply(kubectl, own, *force, *prune)


def preview(
    kubectl: Kubectl, stack: str, spec: Specification, manifests: Mapping[str, Object]
) -> str:
    """Return what an up would change, as a diff; "" is nothing. Secret values are masked."""
    if kubectl.get("namespace", spec.namespace) is None:
        return f"+ namespace {spec.namespace} and everything in it:\n" + as_yaml(manifests.values())
    wanted = _with_live_replicas(kubectl, spec, manifests)
    set_id = brought_up(kubectl, stack, spec.namespace)
    if set_id:
        wanted = {role: _labelled(manifest, set_id) for role, manifest in wanted.items()}
    force = [] if spec.autoscaled else ["--force-conflicts"]
    done = kubectl.run(
        "diff",
        "--server-side",
        f"--field-manager={FIELD_MANAGER}",
        *force,
        "-f",
        "-",
        stdin=as_yaml(wanted.values(), show_secrets=True),
        accept=(0, 1),
    )
    leaving = _leaving(kubectl, stack, spec.namespace, manifests)
    return _without_temporary_files(done.stdout) + "".join(
        f"- {name} would be deleted\n" for name in leaving
    )


def down(kubectl: Kubectl, stack: str, namespace: str) -> list[str]:
    """Delete what was brought up this way, and return the names; [] if nothing was."""
    members = _members(kubectl, stack, namespace)
    if members:
        kubectl.run("delete", "-n", namespace, "--wait=true", *members)
    kubectl.run("delete", "secret", set_name(stack), "-n", namespace, "--ignore-not-found")
    return members


def _apply(kubectl: Kubectl, manifests: list[Object], *options: str) -> list[str]:
    # Secrets go by pipe: a file or an argument could be read by others.
    done = kubectl.run(
        "apply",
        "--server-side",
        f"--field-manager={FIELD_MANAGER}",
        *options,
        "-f",
        "-",
        stdin=as_yaml(manifests, show_secrets=True),
        env=ALPHA,
    )
    return done.stdout.splitlines()


def _with_live_replicas(
    kubectl: Kubectl, spec: Specification, manifests: Mapping[str, Object]
) -> dict[str, Object]:
    """Return the objects with the number of replicas that the autoscaler chose, if one does.

    To leave the number out would unset it, since an apply owns what it once sent.
    """
    wanted = dict(manifests)
    if spec.autoscaled and (live := kubectl.get(POOLS, spec.name, spec.namespace)):
        pool = manifests["pool"]
        replicas = live["spec"].get("replicas", pool["spec"]["replicas"])
        wanted["pool"] = {**pool, "spec": {**pool["spec"], "replicas": replicas}}
    return wanted


def _labelled(manifest: Object, set_id: str) -> Object:
    """Return an object with the label that an apply gives it."""
    metadata = manifest["metadata"]
    return {
        **manifest,
        "metadata": {**metadata, "labels": {**metadata.get("labels", {}), MEMBER: set_id}},
    }


def _without_temporary_files(diff: str) -> str:
    """Return kubectl's diff with a title for each object in place of the files it compared."""
    lines = []
    for line in diff.splitlines():
        if line.startswith("diff "):
            lines.append(f"~ {line.rpartition('/')[2]}")
        elif not line.startswith(("--- ", "+++ ")):
            lines.append(line)
    return "".join(f"{line}\n" for line in lines)


def _members(kubectl: Kubectl, stack: str, namespace: str) -> list[str]:
    set_id = brought_up(kubectl, stack, namespace)
    if set_id is None:
        return []
    parent = kubectl.get("secret", set_name(stack), namespace)
    kinds = _kinds(parent or {})
    if not kinds:
        return []
    found = kubectl.all(",".join(kinds), namespace, f"{MEMBER}={set_id}")
    return [_name(item) for item in found]


def _kinds(parent: Mapping[str, Any]) -> list[str]:
    annotations = parent.get("metadata", {}).get("annotations", {})
    listed = annotations.get("applyset.kubernetes.io/contains-group-kinds", "")
    return [kind for kind in listed.split(",") if kind]


def _leaving(
    kubectl: Kubectl, stack: str, namespace: str, manifests: Mapping[str, Object]
) -> list[str]:
    wanted = {_name(manifest) for manifest in manifests.values()}
    return [name for name in _members(kubectl, stack, namespace) if name not in wanted]


def _name(manifest: Mapping[str, Any]) -> str:
    group = manifest["apiVersion"].rpartition("/")[0]
    kind = f"{manifest['kind'].lower()}.{group}" if group else manifest["kind"].lower()
    return f"{kind}/{manifest['metadata']['name']}"
