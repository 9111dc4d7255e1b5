"""The way without Pulumi: server-side apply of the rendered objects, by kubectl.

Every stack has an ApplySet of its own, so that what left the configuration leaves the cluster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kubevirt_vm_pool.cluster.kubectl import POOLS, Kubectl, reference
from kubevirt_vm_pool.effects import Effect, Severity, effects, pool_effects
from kubevirt_vm_pool.effects.disk_guard import (
    RefusedError,
    require_disks_stay,
    require_no_restart,
    require_vms_start,
)
from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.spec.pool import PoolSpec

from ..console import UserError, say
from ..manifest_yaml import as_yaml
from . import adoption, applyset
from .applyset import FIELD_MANAGER, MEMBER, ApplySet

ALPHA = {"KUBECTL_APPLYSET": "true"}


@dataclass(frozen=True)
class _There:
    """What a cluster holds of a stack.

    sets: its ApplySets by namespace. live: what has the name of one of its objects, by role.
    """

    sets: Mapping[str, ApplySet]
    live: Mapping[str, Mapping[str, Any]]

    @property
    def strangers(self) -> dict[str, Mapping[str, Any]]:
        """What this stack did not make. A namespace is shared: it is taken as it is."""
        return {
            role: one
            for role, one in self.live.items()
            if role != "namespace" and not self.sets[one["metadata"]["namespace"]].holds(one)
        }


def require_not_pulumis(kubectl: Kubectl, spec: PoolSpec) -> None:
    """Raise UserError if the engine made the pool: its state knows nothing of what is done here."""
    pool = kubectl.get(POOLS, spec.name, spec.namespace)
    fields = pool["metadata"].get("managedFields", []) if pool else []
    if any(entry["manager"].startswith("pulumi-kubernetes") for entry in fields):
        raise UserError(
            f"pool {spec.name} in namespace {spec.namespace} was brought up by Pulumi, which keeps "
            "its state; put pulumi on PATH again"
        )


def up(
    kubectl: Kubectl, own: ApplySet, spec: PoolSpec, manifests: Mapping[str, Object]
) -> list[str]:
    """Make the cluster hold the objects, and return kubectl's line on each.

    own: the stack's ApplySet in its namespace. Raises UserError, and touches nothing, if that would
    cost disks which nobody gave away, or take over objects which nobody offered.
    """
    if "namespace" not in manifests and kubectl.get("namespace", spec.namespace) is None:
        raise UserError(
            f"namespace {spec.namespace} does not exist; ask for it, or set createNamespace"
        )
    there, wanted = _agreed(kubectl, own, spec, manifests)
    adoption.take_over(kubectl, there.strangers, wanted)
    force = _force(there, spec)
    lines = _apply(kubectl, [wanted["namespace"]]) if "namespace" in wanted else []
    for namespace, members in _by_namespace(there, wanted).items():
        held = there.sets[namespace]
        if members:
            prune = ["--prune", f"--applyset={held.name}", "-n", namespace]
            lines += _apply(kubectl, members, *force, *prune)
        else:
            lines += _delete(kubectl, held)
    return lines


def preview(
    kubectl: Kubectl, own: ApplySet, spec: PoolSpec, manifests: Mapping[str, Object]
) -> str:
    """Return what an up would change, as a diff; "" is nothing. Secret values are masked."""
    if kubectl.get("namespace", spec.namespace) is None:
        return f"+ namespace {spec.namespace} and everything in it:\n" + as_yaml(manifests.values())
    there, wanted = _agreed(kubectl, own, spec, manifests)
    gone = [
        reference(member)
        for namespace, members in _by_namespace(there, wanted).items()
        for member in there.sets[namespace].leaving(members)
    ]
    taken = [f"~ {reference(one)} would be taken over\n" for one in there.strangers.values()]
    changes = _diff(kubectl, _labelled(there, wanted), *_force(there, spec))
    deleted = [f"- {name} would be deleted\n" for name in gone]
    return "".join([*taken, changes, *deleted])


def down(kubectl: Kubectl, own: ApplySet, spec: PoolSpec) -> list[str]:
    """Delete what was brought up this way, and return kubectl's lines; [] if nothing was."""
    return [line for held in _sets(kubectl, own, spec).values() for line in _delete(kubectl, held)]


def _agreed(
    kubectl: Kubectl, own: ApplySet, spec: PoolSpec, manifests: Mapping[str, Object]
) -> tuple[_There, dict[str, Object]]:
    """Return what is there and what is wanted there; say what that does, or raise UserError."""
    there = _found(kubectl, own, spec, manifests)
    wanted = _with_live_replicas(there, spec, manifests)
    adoption.require_asked_for(spec, there.strangers)
    for line in adoption.differences(kubectl, there.strangers, wanted):
        say(line)
    consequences = _consequences(there, spec, wanted)
    try:
        for pool, happening in consequences.items():
            require_disks_stay(pool, happening)
            require_vms_start(pool, happening)
        if "pool" in there.strangers:
            require_no_restart(spec.name, consequences[spec.name])
    except RefusedError as refusal:
        raise UserError(str(refusal)) from None
    for effect in (effect for happening in consequences.values() for effect in happening):
        if effect.severity > Severity.OTHER:
            say(f"{'warning: ' if effect.loses_disks else ''}{effect.text}")
    return there, wanted


def _found(
    kubectl: Kubectl, own: ApplySet, spec: PoolSpec, manifests: Mapping[str, Object]
) -> _There:
    roles = {
        (reference(manifest), manifest["metadata"].get("namespace")): role
        for role, manifest in manifests.items()
    }
    live = {
        roles[reference(one), one["metadata"].get("namespace")]: one
        for one in kubectl.present(manifests.values())
    }
    return _There(_sets(kubectl, own, spec), live)


def _sets(kubectl: Kubectl, own: ApplySet, spec: PoolSpec) -> dict[str, ApplySet]:
    """Return all ApplySets of a stack by namespace: one holds one namespace only."""
    sets = {spec.namespace: own}
    if (image := spec.image_elsewhere) is not None:
        # Also without any object there: there may have been some before.
        elsewhere = str(image.namespace)
        sets[elsewhere] = applyset.read(kubectl, own.stack, elsewhere)
    return sets


def _by_namespace(there: _There, wanted: Mapping[str, Object]) -> dict[str, list[Object]]:
    """Return the objects by the namespace of the ApplySet that they belong to."""
    members: dict[str, list[Object]] = {namespace: [] for namespace in there.sets}
    for role, manifest in wanted.items():
        if role != "namespace":
            members[manifest["metadata"]["namespace"]].append(manifest)
    return members


def _consequences(
    there: _There, spec: PoolSpec, wanted: Mapping[str, Object]
) -> dict[str, list[Effect]]:
    """Return what bringing the objects up would do to the VMs of each pool, by its name."""
    live = {role: _as_asked(there.live[role], wanted[role]) for role in there.live}
    going = there.sets[spec.namespace].leaving(wanted.values())
    if autoscalers := [one for one in going if one["kind"] == "HorizontalPodAutoscaler"]:
        live.setdefault("autoscaler", dict(autoscalers[0]))
    replicas = live["pool"]["spec"].get("replicas") if "pool" in live else None
    return {spec.name: effects(live, wanted, replicas=replicas)} | {
        member["metadata"]["name"]: pool_effects(_as_asked(member, member), None)
        for member in going
        if member["kind"] == "VirtualMachinePool"
    }


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


def _delete(kubectl: Kubectl, held: ApplySet) -> list[str]:
    if not held.members:
        return []
    # Pools first: their VMs need what the other objects give.
    names = sorted(
        map(reference, held.members), key=lambda name: not name.startswith("virtualmachinepool")
    )
    place = ["-n", held.namespace]
    lines = kubectl.run("delete", *place, "--wait=true", *names).stdout.splitlines()
    kubectl.run("delete", "secret", held.name, *place, "--ignore-not-found")
    return lines


def _force(there: _There, spec: PoolSpec) -> list[str]:
    """Return the option that takes fields from others: not from an HPA that owns the replicas."""
    return ["--force-conflicts"] if there.strangers or not spec.autoscaled else []


def _diff(kubectl: Kubectl, manifests: list[Object], *options: str) -> str:
    if not manifests:
        return ""
    done = kubectl.run(
        "diff",
        "--server-side",
        f"--field-manager={FIELD_MANAGER}",
        *options,
        "-f",
        "-",
        stdin=as_yaml(manifests, show_secrets=True),
        accept=(0, 1),
    )
    return _without_temporary_files(done.stdout)


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
    there: _There, spec: PoolSpec, manifests: Mapping[str, Object]
) -> dict[str, Object]:
    """Return the objects with the number of replicas that the autoscaler chose, if one does.

    To leave the number out would unset it, since an apply owns what it once sent.
    """
    wanted = dict(manifests)
    if spec.autoscaled and (live := there.live.get("pool")):
        pool = manifests["pool"]
        replicas = live["spec"].get("replicas", pool["spec"]["replicas"])
        wanted["pool"] = {**pool, "spec": {**pool["spec"], "replicas": replicas}}
    return wanted


def _labelled(there: _There, wanted: Mapping[str, Object]) -> list[Object]:
    """Return the objects, without strangers, with the label of their ApplySet's members."""
    labelled = []
    for role, manifest in wanted.items():
        if role in there.strangers:
            continue
        if role != "namespace":
            metadata = manifest["metadata"]
            labels = {**metadata.get("labels", {}), MEMBER: there.sets[metadata["namespace"]].id}
            manifest = {**manifest, "metadata": {**metadata, "labels": labels}}
        labelled.append(manifest)
    return labelled


def _without_temporary_files(diff: str) -> str:
    """Return kubectl's diff with a title for each object in place of the files it compared."""
    lines = []
    for line in diff.splitlines():
        if line.startswith("diff "):
            lines.append(f"~ {line.rpartition('/')[2]}")
        elif not line.startswith(("--- ", "+++ ")):
            lines.append(line)
    return "".join(f"{line}\n" for line in lines)
