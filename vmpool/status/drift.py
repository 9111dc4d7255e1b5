"""What of a stack's objects is missing in its cluster, or is another there.

No engine is asked: it takes seconds for each stack, a lock of its state and a passphrase, and what
is looked at every few seconds can afford none of them. What the stack says of an object is compared
with the live one; what it leaves to others is no drift, and neither is the number of replicas where
an autoscaler has it. Secrets are not read at all; `vmpool drift`, by the engine, sees them too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kubevirt_vm_pool.effects import Severity, effects
from kubevirt_vm_pool.effects.differences import differences
from kubevirt_vm_pool.kubevirt.secret_fields import with_secrets_changed
from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.manifests.roles import Role
from kubevirt_vm_pool.text.paths import dotted

from .facts import Drift

# What is compared neither here nor by what an up would do.
NOT_COMPARED = frozenset({"Namespace", "Secret"})
MOST_PATHS = 5

Objects = Mapping[str, Object]


def comparable(wanted: Objects, *, owns_replicas: bool, config_maps: bool) -> dict[str, Object]:
    """Return what of a stack's objects is compared, by role.

    owns_replicas: whether the stack says how many VMs there are. config_maps: whether it is known
    what they hold: it may be an encrypted value that nobody could read.
    """
    found = {}
    for role, manifest in wanted.items():
        if manifest["kind"] in NOT_COMPARED or (
            manifest["kind"] == "ConfigMap" and not config_maps
        ):
            continue
        spoken = _without_secrets(manifest)
        if role == Role.POOL and not owns_replicas:
            said = {key: value for key, value in spoken["spec"].items() if key != "replicas"}
            spoken = {**spoken, "spec": said}
        found[role] = spoken
    return found


def differing(wanted: Objects, live: Objects) -> list[Drift]:
    """Return the objects that are not as the stack says. Both go by role; see comparable."""
    return [one for role in wanted if (one := _drift(wanted[role], live.get(role)))]


def undone(wanted: Objects, live: Objects, *, replicas: int, not_ready: int) -> list[str]:
    """Return what an up would do to the VMs to undo the drift, in sentences, worst first.

    replicas: how many VMs the live pool asks for. not_ready: how many of them are not ready.
    """
    before = {role: _said(live[role], wanted[role]) for role in wanted if role in live}
    found = effects(before, dict(wanted), replicas=replicas, not_ready=not_ready)
    return [effect.text for effect in found if effect.severity > Severity.OTHER]


def _drift(wanted: Object, live: Object | None) -> Drift | None:
    kind, name = wanted["kind"], wanted["metadata"]["name"]
    if live is None:
        return Drift(kind, name, missing=True)
    paths = list(differences(_said(live, wanted), wanted))
    return Drift(kind, name, missing=False, paths=_few(map(dotted, paths))) if paths else None


def _few(paths: Iterable[str]) -> tuple[str, ...]:
    told = list(paths)
    more = (f"and {len(told) - MOST_PATHS} more",) if len(told) > MOST_PATHS else ()
    return (*told[:MOST_PATHS], *more)


def _without_secrets(manifest: Object) -> Object:
    """Return an object without what may be secret: it is no drift, whatever it is."""
    if manifest["kind"] != "VirtualMachinePool":
        return manifest
    changed: Object = with_secrets_changed(manifest, lambda path, value: "")
    return changed


def _said(live: Object, wanted: Object) -> Object:
    """Return of a live object what the stack speaks of; a further item of a list is spoken of."""
    # The API server answers in the version that it prefers.
    same = {"apiVersion": wanted["apiVersion"], "kind": wanted["kind"]}
    found: Object = {**_both(_without_secrets({**live, **same}), wanted)}
    return found


def _both(live: Any, wanted: Any) -> Any:
    if isinstance(live, dict) and isinstance(wanted, dict):
        return {key: _both(live[key], value) for key, value in wanted.items() if key in live}
    if isinstance(live, list) and isinstance(wanted, list):
        pairs = zip(live, wanted, strict=False)
        return [*(_both(*pair) for pair in pairs), *live[len(wanted) :]]
    return live
