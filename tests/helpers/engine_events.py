"""Events of the engine, as the SDK hands them over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from configurations import MARKER
from pulumi.automation import EngineEvent

from vmpool.engine.events import Ended, Event

POOL = "kubernetes:pool.kubevirt.io/v1alpha1:VirtualMachinePool"


def step(
    op: str,
    type_: str = POOL,
    *,
    event: str = "resOutputsEvent",
    paths: Iterable[str] = (),
    gone: bool = False,
) -> EngineEvent:
    """Return the event of a step; what an object holds is in it several times.

    paths: what differs. gone: whether a refresh has found nothing.
    """
    custom = ":index:" not in type_ and type_ != "pulumi:pulumi:Stack"
    inputs = {
        "kind": type_.rpartition(":")[2],
        "metadata": {"name": "web", "namespace": "dev"},
        "data": {"userdata": MARKER},
        "spec": {"password": MARKER},
    }
    state = {
        "type": type_,
        "urn": f"urn:pulumi:dev::kubevirt-vm-pool::{type_}::vms-{MARKER}",
        "custom": custom,
        "id": "dev/web",
        "inputs": inputs if custom else {},
        "outputs": {"__inputs": inputs, **inputs},
    }
    metadata = {
        "op": op,
        "urn": state["urn"],
        "type": type_,
        "old": None if op == "create" else state,
        "new": None if op.startswith("delete") or gone else state,
        "detailedDiff": {path: {"diffKind": "update", "inputDiff": False} for path in paths}
        or None,
    }
    return of_engine({event: {"metadata": metadata}})


def of_engine(said: dict[str, Any]) -> EngineEvent:
    """Return an event as the SDK reads it."""
    return EngineEvent.from_json({"sequence": 1, "timestamp": 1, **said})


def diagnostic(message: str, severity: str = "info#err", **more: Any) -> EngineEvent:
    """Return the event of a message."""
    said = {"message": message, "color": "never", "severity": severity, **more}
    return of_engine({"diagnosticEvent": said})


def summary(result: str = "succeeded", *, preview: bool = False) -> list[Event]:
    """Return what comes at the end, of a preview or of an update."""
    said = {
        "durationSeconds": 7,
        "resourceChanges": {"create": 2, "same": 3},
        "isPreview": preview,
        "result": result,
    }
    return [of_engine({"summaryEvent": said}), Ended(preview=preview, failed=result == "failed")]
