"""The report as JSON: docs/check.md describes it. What is there stays; more may come."""

from __future__ import annotations

import json
from typing import Any

from .checks import Check
from .finding import Severity
from .report import ClusterReport, Report, Told

# Goes up when something that was there is no more.
VERSION = 1
WORST_FIRST = (Severity.ERROR, Severity.UNSEEN, Severity.WARNING)


def as_json(report: Report) -> str:
    """Return the whole report."""
    counted = report.counted()
    return (
        json.dumps(
            {
                "version": VERSION,
                "summary": {str(severity): counted[severity] for severity in Severity},
                "clusters": [_cluster(one) for one in report.clusters],
                "unread": [one._asdict() for one in report.unread],
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )


def _cluster(one: ClusterReport) -> dict[str, Any]:
    return {
        "name": one.name,
        "kubernetes": one.kubernetes,
        "kubevirt": one.kubevirt,
        "unseen": one.unseen,
        "stacks": [{"name": name, "namespace": place} for name, place in one.namespaces.items()],
        "checks": [_check(one, check) for check in one.checks],
        "findings": [_told(told) for told in one.told],
    }


def _check(one: ClusterReport, check: Check) -> dict[str, str]:
    found = {told.finding.severity for told in one.of(check)}
    result = next((str(severity) for severity in WORST_FIRST if severity in found), "ok")
    return {"id": check.id, "category": check.category, "title": check.title, "result": result}


def _told(told: Told) -> dict[str, Any]:
    finding = told.finding
    return {
        "id": finding.id,
        "check": told.check.id,
        "category": told.check.category,
        "severity": finding.severity,
        "stacks": list(told.stacks),
        "message": finding.sentence,
        "wayOut": finding.way_out,
    }
