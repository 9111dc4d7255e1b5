"""Taking over objects that somebody made by hand, on the way without Pulumi.

Afterwards an object holds what the configuration says of it, and nothing else is left of what was
made by hand but labels and annotations. No object is deleted for that.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from kubevirt_vm_pool.cluster.kubectl import AS_JSON, Kubectl, reference
from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.spec.pool import PoolSpec

from ..console import UserError
from ..manifest_yaml import REDACTED, as_yaml, redacted
from .applyset import FIELD_MANAGER, MEMBER

# kubectl's own note of what a client-side apply sent; in a Secret it holds the values, too.
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

Live = Mapping[str, Mapping[str, Any]]


def require_asked_for(spec: PoolSpec, strangers: Live) -> None:
    """Raise UserError if objects are there that this stack did not make, and must not take over.

    strangers: what the cluster has under the names of the stack's objects, by role.
    """
    for live in strangers.values():
        if MEMBER in live["metadata"].get("labels", {}):
            raise UserError(
                f"{_named(live)} belongs to another stack or ApplySet (its label {MEMBER}), which "
                "would delete it or take it back; take that one down, or set another name"
            )
    names = [_named(live) for live in strangers.values()]
    if names and not spec.adopt:
        raise UserError(
            f"{', '.join(names)} exist{'s' if len(names) == 1 else ''} and this stack did not make "
            f"{'it' if len(names) == 1 else 'them'}; set adopt: true to take over what is there, "
            "or set another name"
        )


def differences(kubectl: Kubectl, strangers: Live, wanted: Mapping[str, Object]) -> Iterator[str]:
    """Yield, for each object that is taken over, what changes in it. Secret values are masked.

    The API server itself is asked for the outcome, so that its defaults are no difference.
    """
    for role, live in strangers.items():
        outcome = _replaced(kubectl, _body(live, wanted[role]), "--dry-run=server")
        before, after = _shown(live), _shown(outcome, live)
        changes = list(difflib.unified_diff(before, after, lineterm="", n=2))[2:]
        yield f"{_named(live)} is taken over{':' if changes else ' as it is'}"
        yield from changes


def take_over(kubectl: Kubectl, strangers: Live, wanted: Mapping[str, Object]) -> None:
    """Make objects hold what is wanted, and free them from those who made them.

    A field that somebody else still owned would stay for ever, whatever the configuration says.
    """
    for role, live in strangers.items():
        outcome = _replaced(kubectl, _body(live, wanted[role]))
        _replaced(kubectl, _with_metadata(outcome, managedFields=_freed(outcome)))


def _body(live: Mapping[str, Any], wanted: Object) -> Object:
    """Return the wanted object with everything in its metadata that the live one has there."""
    metadata, asked = live["metadata"], wanted["metadata"]
    labels = {**metadata.get("labels", {}), **asked.get("labels", {})}
    annotations = {**metadata.get("annotations", {}), **asked.get("annotations", {})}
    annotations.pop(LAST_APPLIED, None)
    # With its resourceVersion: what changes meanwhile is not overwritten.
    whole = {**wanted, "metadata": metadata}
    return _with_metadata(whole, labels=labels, annotations=annotations)


def _freed(live: Object) -> list[Object]:
    """Return the managedFields of an object whose content nobody owns but this program.

    Those who write a subresource (scale, status) are no owners of what the configuration says.
    """
    ours = {
        "manager": FIELD_MANAGER,
        "operation": "Apply",
        "apiVersion": live["apiVersion"],
        "fieldsType": "FieldsV1",
        # Of an object without any owner all would go to one whom nobody knows ("before-first-apply"
        # in Kubernetes' managedfields/skipnonapplied.go).
        "fieldsV1": {"f:metadata": {"f:labels": {f"f:{MEMBER}": {}}}},
    }
    kept = []
    for entry in live["metadata"].get("managedFields", []):
        if "subresource" in entry:
            kept.append(entry)
        elif "f:metadata" in entry["fieldsV1"]:
            kept.append({**entry, "fieldsV1": {"f:metadata": entry["fieldsV1"]["f:metadata"]}})
    return [*(entry for entry in kept if entry["manager"] != FIELD_MANAGER), ours]


def _replaced(kubectl: Kubectl, body: Object, *options: str) -> Object:
    """Replace an object by a body, and return what became of it."""
    # By pipe: it may be a Secret.
    done = kubectl.run(
        "replace",
        f"--field-manager={FIELD_MANAGER}",
        *options,
        *AS_JSON,
        "-f",
        "-",
        stdin=json.dumps(body),
    )
    outcome: Object = json.loads(done.stdout)
    return outcome


def _with_metadata(manifest: Mapping[str, Any], **members: Any) -> Object:
    return {**manifest, "metadata": {**manifest["metadata"], **members}}


def _shown(manifest: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> list[str]:
    """Return the lines of an object that somebody said, or might have said.

    before: the object that it was; Secret values that are different now are marked.
    """
    metadata = manifest["metadata"]
    annotations = dict(metadata.get("annotations", {}))
    annotations.pop(LAST_APPLIED, None)
    said = {
        **{key: value for key, value in manifest.items() if key not in {"apiVersion", "status"}},
        "metadata": {"labels": metadata.get("labels", {}), "annotations": annotations},
    }
    shown = redacted(said)
    if before is not None and manifest["kind"] == "Secret":
        old, new = before.get("data", {}), manifest.get("data", {})
        shown["data"] = {
            key: REDACTED if old.get(key) == value else "[another secret]"
            for key, value in new.items()
        }
    # What is secret in it has been replaced above.
    return as_yaml([shown], show_secrets=True).splitlines()[1:]


def _named(live: Mapping[str, Any]) -> str:
    return f"{reference(live)} in namespace {live['metadata']['namespace']}"
