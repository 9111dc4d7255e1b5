"""The report for programs. Its shape:

    {"version": 1, "at": TIME, "old": TEXT, "headline": TEXT, "counts": {STATE: NUMBER},
     "stacks": [{
        "stack": NAME,
        "state": "not seen" | "not ready" | "not up" | "drifted" | "not scaling" | "ready",
        "cluster": TEXT, "namespace": NAME, "pool": NAME, each "" where it is not known,
        "wanted": NUMBER, "ready": NUMBER, of VMs,
        "why": [TEXT], "wayOut": text below some of them, in the same order, "" where none is known,
        "vms": [{"name", "ready": BOOLEAN, "state", "node", "address", "created": TIME,
            "ageSeconds": NUMBER | null, "why": [TEXT]}],
        "scaling": null or {"name", "current", "wanted", "least", "most": NUMBERS,
            "load": [TEXT], "cannot": TEXT},
        "drift": [{"kind", "name", "missing": BOOLEAN, "paths": [PATH]}], "undone": [TEXT],
        "disks": [{"name", "vm", "size": QUANTITY, "phase"}],
        "services": [{"name", "type", "addresses": [TEXT]}],
        "logIn": [COMMAND], "notes": [TEXT], "old": TEXT}]}

Stacks come worst first. old: from when it is and why there is nothing newer, "" of what is new. A
new member is no new version.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from .facts import Report, StackStatus, Vm, age_in_seconds

VERSION = 1


def as_json(report: Report) -> str:
    """Return the report as a JSON document."""
    document = {
        "version": VERSION,
        "at": report.at.isoformat(timespec="seconds"),
        "old": report.old,
        "headline": report.headline,
        "counts": report.counts,
        "stacks": [_stack(stack, report) for stack in report.stacks],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _stack(stack: StackStatus, report: Report) -> dict[str, Any]:
    told = [reason.partition("\n") for reason in stack.why]
    return {
        "stack": stack.name,
        "state": stack.state,
        "cluster": stack.cluster,
        "namespace": stack.namespace,
        "pool": stack.pool,
        "wanted": stack.wanted,
        "ready": stack.ready,
        "why": [what for what, _, _ in told],
        "wayOut": [way_out for _, _, way_out in told],
        "vms": [_vm(vm, report) for vm in stack.vms],
        "scaling": stack.scaling and asdict(stack.scaling),
        "drift": [asdict(drift) for drift in stack.drift],
        "undone": stack.undone,
        "disks": [asdict(disk) for disk in stack.disks],
        "services": [asdict(door) for door in stack.doors],
        "logIn": stack.log_in,
        "notes": stack.notes,
        "old": stack.old,
    }


def _vm(vm: Vm, report: Report) -> dict[str, Any]:
    return {**asdict(vm), "ageSeconds": age_in_seconds(vm.created, report.at)}
