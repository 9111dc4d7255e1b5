"""Namespaces: made when missing, and removed only when nobody would miss anything."""

from __future__ import annotations

import json

from kubevirt_vm_pool.cluster.kubectl import Kubectl, KubectlError, last_line
from kubevirt_vm_pool.text.listing import first_of

from .console import Say, UserError, tell
from .controlplane import client

# What Kubernetes itself puts into every namespace.
EVERYWHERE = frozenset({"configmap/kube-root-ca.crt", "serviceaccount/default"})
# Records of what happened, which nobody keeps a namespace for.
RECORDS = frozenset({"event", "event.events.k8s.io"})

# How kubectl names an API server's refusal for want of a right.
FORBIDDEN = "(Forbidden)"


def names(kubectl: Kubectl) -> frozenset[str]:
    """Return the names of all namespaces; none if this person may not list them."""
    try:
        listed = kubectl.run("get", "namespaces", "-o", "name").stdout.split()
    except KubectlError:
        return frozenset()
    return frozenset(name.partition("/")[2] for name in listed)


def ensure(kubectl: Kubectl, name: str) -> None:
    """Make a namespace unless it exists."""
    if kubectl.get("namespace", name) is None:
        kubectl.run("create", "namespace", name)


def require(kubectl: Kubectl, name: str, *, is_made: bool) -> None:
    """Raise UserError if a namespace is missing, or nobody answers.

    Who may not look finds out later. is_made: whether the stack makes it; it is looked for then,
    too: the engine previews a new stack without its cluster, as if all were well.
    """
    try:
        found = kubectl.get("namespace", name)
    except KubectlError as error:
        if FORBIDDEN in str(error):
            return
        why = last_line(str(error).removeprefix("kubectl get: "))
        raise UserError(
            f"nobody can look for namespace {name}: {why} (see KUBECONFIG and the network)"
        ) from None
    if found is None and not is_made:
        raise UserError(
            f"namespace {name} does not exist; ask its administrator for it, or set createNamespace"
        )


def remove_if_empty(
    kubectl: Kubectl, name: str, embedded: client.Cluster | None, say: Say = tell
) -> bool:
    """Delete a namespace that holds nothing; otherwise say why it stays.

    Return whether it was deleted.
    """
    try:
        return _removed_if_empty(kubectl, name, embedded, say)
    except KubectlError as error:
        # A pipeline's identity, whose rights are those on a pool's own objects.
        if FORBIDDEN not in str(error):
            raise
    say(f"namespace {name} stays: you may not delete it, or not see all that it holds")
    return False


def _removed_if_empty(
    kubectl: Kubectl, name: str, embedded: client.Cluster | None, say: Say
) -> bool:
    if kubectl.get("namespace", name) is None:
        return False
    held = contents(kubectl, name)
    if held:
        say(f"namespace {name} stays, since it holds {first_of(held, 3)}")
        return False
    kubectl.run("delete", "namespace", name, f"--wait={json.dumps(embedded is None)}")
    if embedded:
        # No namespace controller runs there that would do this.
        client.finalize_namespace(embedded, name)
    say(f"namespace {name} deleted")
    return True


def contents(kubectl: Kubectl, namespace: str) -> list[str]:
    """Return what a namespace holds, as kind/name, but for what every namespace has."""
    kinds = kubectl.run("api-resources", "--verbs=list", "--namespaced", "-o", "name").stdout
    # Metrics are no objects, and their server answers only where it is installed.
    asked = [kind for kind in kinds.split() if not kind.endswith(".metrics.k8s.io")]
    listed = kubectl.run(
        "get", ",".join(asked), "-n", namespace, "-o", "name", "--ignore-not-found"
    )
    return sorted(
        name
        for name in listed.stdout.split()
        if name not in EVERYWHERE and name.partition("/")[0] not in RECORDS
    )
