"""The way without Pulumi: server-side apply of the rendered objects, by kubectl.

Every stack has an ApplySet of its own, so that what left the configuration leaves the cluster.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.effects import Effect, Severity, effects, pool_effects
from components.kubectl import POOLS
from components.objects import Object
from components.permission import RefusedError, demand_disks_stay
from components.specification import Specification

from .console import Trouble, say
from .kubectl import Kubectl
from .render import as_yaml

FIELD_MANAGER = "kubevirt-vm-pool"
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
    """Make the cluster hold the objects, and return kubectl's line on each.

    Raises Trouble, and touches nothing, if that would cost disks which nobody gave away.
    """
    if "namespace" not in manifests and kubectl.get("namespace", spec.namespace) is None:
        raise Trouble(
            f"namespace {spec.namespace} does not exist; ask for it, or set createNamespace"
        )
    wanted = _with_live_replicas(kubectl, spec, manifests)
    _tell_or_refuse(consequences(kubectl, stack, spec, wanted))
    lines = _apply(kubectl, [wanted["namespace"]]) if "namespace" in wanted else []
    for namespace, own in _by_namespace(spec, wanted).items():
        if own:
            force = [] if spec.autoscaled else ["--force-conflicts"]
            prune = ["--prune", f"--applyset={set_name(stack)}", "-n", namespace]
            lines += _apply(kubectl, own, *force, *prune)
        else:
            lines += _delete(kubectl, stack, namespace)
    return lines


def preview(
    kubectl: Kubectl, stack: str, spec: Specification, manifests: Mapping[str, Object]
) -> str:
    """Return what an up would change, as a diff; "" is nothing. Secret values are masked."""
    if kubectl.get("namespace", spec.namespace) is None:
        return f"+ namespace {spec.namespace} and everything in it:\n" + as_yaml(manifests.values())
    wanted = _with_live_replicas(kubectl, spec, manifests)
    _tell_or_refuse(consequences(kubectl, stack, spec, wanted))
    gone = []
    for namespace, own in _by_namespace(spec, wanted).items():
        gone += _leaving(kubectl, stack, namespace, own)
        if set_id := brought_up(kubectl, stack, namespace):
            labelled = {role: _labelled(manifest, set_id) for role, manifest in wanted.items()}
            wanted |= {role: labelled[role] for role in wanted if wanted[role] in own}
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
    lines = "".join(f"- {name} would be deleted\n" for name in gone)
    return _without_temporary_files(done.stdout) + lines


def consequences(
    kubectl: Kubectl, stack: str, spec: Specification, wanted: Mapping[str, Object]
) -> dict[str, list[Effect]]:
    """Return what bringing the objects up would do to the VMs of each pool, by its name."""
    live: dict[str, Object] = {}
    for role, manifest in wanted.items():
        kind, _, name = _name(manifest).partition("/")
        if found := kubectl.get(kind, name, manifest["metadata"].get("namespace")):
            live[role] = _as_asked(found, manifest)
    asked = {_name(manifest) for manifest in wanted.values()}
    members = _member_objects(kubectl, stack, spec.namespace)
    going = [member for member in members if _name(member) not in asked]
    if autoscalers := [one for one in going if one["kind"] == "HorizontalPodAutoscaler"]:
        live.setdefault("autoscaler", autoscalers[0])
    replicas = live["pool"]["spec"].get("replicas") if "pool" in live else None
    return {spec.name: effects(live, wanted, replicas=replicas)} | {
        member["metadata"]["name"]: pool_effects(_as_asked(member, member), None)
        for member in going
        if member["kind"] == "VirtualMachinePool"
    }


def _tell_or_refuse(found: Mapping[str, list[Effect]]) -> None:
    try:
        for pool, happening in found.items():
            demand_disks_stay(pool, happening)
    except RefusedError as refusal:
        raise Trouble(str(refusal)) from None
    for effect in (effect for happening in found.values() for effect in happening):
        if effect.severity > Severity.OTHER:
            say(f"{'warning: ' if effect.loses_disks else ''}{effect.text}")


def _as_asked(live: Mapping[str, Any], asked: Mapping[str, Any]) -> Object:
    """Return a live object without what the cluster added to it.

    KubeVirt adds nothing to the specification of a pool; of other objects only those fields count
    that are asked for.
    """
    metadata = live["metadata"]
    own = {key: metadata[key] for key in ("name", "namespace") if key in metadata}
    if live["kind"] == "VirtualMachinePool":
        named = {key: live[key] for key in ("apiVersion", "kind")}
        return {**named, "metadata": own, "spec": live["spec"]}
    kept: Object = _restricted(live, asked)
    return kept


def _restricted(live: Any, asked: Any) -> Any:
    if isinstance(live, dict) and isinstance(asked, Mapping):
        return {key: _restricted(live[key], asked[key]) for key in asked if key in live}
    if isinstance(live, list) and isinstance(asked, list) and len(live) == len(asked):
        return [_restricted(one, other) for one, other in zip(live, asked, strict=True)]
    return live


def _by_namespace(spec: Specification, wanted: Mapping[str, Object]) -> dict[str, list[Object]]:
    """Return the objects by the ApplySet that they belong to: one holds one namespace only."""
    own: dict[str, list[Object]] = {spec.namespace: []}
    if (image := spec.image_elsewhere) is not None:
        # Also without any object there: there may have been some before.
        own[str(image.namespace)] = []
    for role, manifest in wanted.items():
        if role != "namespace":
            own[manifest["metadata"]["namespace"]].append(manifest)
    return own


def down(kubectl: Kubectl, stack: str, spec: Specification) -> list[str]:
    """Delete what was brought up this way, and return kubectl's lines; [] if nothing was."""
    return [
        line for namespace in _by_namespace(spec, {}) for line in _delete(kubectl, stack, namespace)
    ]


def _delete(kubectl: Kubectl, stack: str, namespace: str) -> list[str]:
    names = [_name(member) for member in _member_objects(kubectl, stack, namespace)]
    if not names:
        return []
    # Pools first: their VMs need what the other objects give.
    names.sort(key=lambda name: not name.startswith("virtualmachinepool"))
    lines = kubectl.run("delete", "-n", namespace, "--wait=true", *names).stdout.splitlines()
    kubectl.run("delete", "secret", set_name(stack), "-n", namespace, "--ignore-not-found")
    return lines


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


def _member_objects(kubectl: Kubectl, stack: str, namespace: str) -> list[dict[str, Any]]:
    parent = kubectl.get("secret", set_name(stack), namespace)
    kinds = _kinds(parent) if parent else []
    if parent is None or not kinds:
        return []
    selector = f"{MEMBER}={parent['metadata']['labels'][PARENT]}"
    return kubectl.all(",".join(kinds), namespace, selector)


def _kinds(parent: Mapping[str, Any]) -> list[str]:
    annotations = parent.get("metadata", {}).get("annotations", {})
    listed = annotations.get("applyset.kubernetes.io/contains-group-kinds", "")
    return [kind for kind in listed.split(",") if kind]


def _leaving(kubectl: Kubectl, stack: str, namespace: str, own: list[Object]) -> list[str]:
    wanted = {_name(manifest) for manifest in own}
    members = map(_name, _member_objects(kubectl, stack, namespace))
    return [name for name in members if name not in wanted]


def _name(manifest: Mapping[str, Any]) -> str:
    group = manifest["apiVersion"].rpartition("/")[0]
    kind = f"{manifest['kind'].lower()}.{group}" if group else manifest["kind"].lower()
    return f"{kind}/{manifest['metadata']['name']}"
