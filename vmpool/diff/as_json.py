"""The report for programs. Its shape:

    {"version": 1, "base": LABEL, "head": LABEL, "headline": TEXT, "notes": [TEXT],
     "failures": [TEXT], "unchanged": [STACK], "stillBroken": [STACK],
     "changes": [{
        "stack": STACK, "before": STACK, "status": "broken" | "not known" | "deleted" | "renamed" |
            "added" | "changed",
        "effect": one of kubevirt_vm_pool.effects.effect.LABELS, null if it is not known,
        "losesDisks": BOOLEAN, "problems": TEXT, "remarks": [TEXT], "guardRails": [TEXT],
        "effects": [{"effect": LABEL, "text": TEXT, "rule": TEXT, "changed": [PATH]}],
        "objects": [{"kind", "name", "namespace", "fate": "created" | "changed" | "removed",
            "diff": [LINE]}]}],
     "live": null without --live, or [{
        "stack": STACK, "verdict": "checked by the API server" | "refused" | "weak" | "failed",
        "weak": [TEXT], "failure": TEXT, "sentences": [TEXT],
        "changes": [STEP], "drift": [STEP]}]}
    STEP: {"what": "created" | "updated" | ..., "kind", "name", "paths": [PATH]}

Changes and effects come worst first. A new member is no new version.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from .comparison import StackChange
from .engine_preview import LivePreview
from .report import Report

VERSION = 1


def as_json(report: Report) -> str:
    """Return the report as a JSON document."""
    found = report.comparison
    document = {
        "version": VERSION,
        "base": report.base,
        "head": report.head,
        "headline": report.headline,
        "notes": report.notes,
        "failures": found.failures,
        "unchanged": found.unchanged,
        "stillBroken": found.still_broken,
        "changes": [_change(change) for change in found.changes],
        "live": None if report.live is None else [_live(preview) for preview in report.live],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _change(change: StackChange) -> dict[str, Any]:
    return {
        "stack": change.name,
        "before": change.before,
        "status": change.status,
        "effect": None if change.severity is None else change.label,
        "losesDisks": change.loses_disks,
        "problems": change.problems,
        "remarks": change.remarks,
        "guardRails": change.guard_rails,
        "effects": [
            {
                "effect": effect.severity.label,
                "text": effect.text,
                "rule": effect.rule,
                "changed": effect.changed,
            }
            for effect in change.effects
        ],
        "objects": [
            {
                "kind": changed.kind,
                "name": changed.name,
                "namespace": changed.namespace,
                "fate": changed.fate,
                "diff": changed.lines,
            }
            for changed in change.objects
        ],
    }


def _live(preview: LivePreview) -> dict[str, Any]:
    return {
        "stack": preview.stack,
        "verdict": preview.label,
        "weak": preview.weak,
        "failure": preview.failure,
        "sentences": preview.sentences,
        "changes": [asdict(step) for step in preview.changes],
        "drift": [asdict(step) for step in preview.drift],
    }
