"""What a check finds: how bad it is, in one sentence, and what to do."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How bad a finding is, the worst first."""

    ERROR = "error"
    WARNING = "warning"
    # Nobody knows: this person may not look, or the cluster does not answer.
    UNSEEN = "unseen"


class Category(StrEnum):
    """What checks are about, in the order of the report."""

    CLUSTER = "cluster"
    NAMESPACE = "namespace"
    RIGHTS = "rights"
    DISKS = "disks"
    CAPACITY = "capacity"
    REFERENCES = "references"
    AUTOSCALING = "autoscaling"
    NEIGHBOURS = "neighbours"


class Finding(NamedTuple):
    """Something that is not as a stack needs it. No secret is in any of it.

    id: of the kind of finding; it stays as it is from release to release. sentence: without a full
    stop, and without the stack's own namespace, so that many stacks' findings are alike.
    """

    id: str
    severity: Severity
    sentence: str
    way_out: str


def error(id: str, sentence: str, way_out: str) -> Finding:
    """Return a finding with which VMs would not be made, or not start."""
    return Finding(id, Severity.ERROR, sentence, way_out)


def warning(id: str, sentence: str, way_out: str) -> Finding:
    """Return a finding with which VMs run, and not as somebody may think."""
    return Finding(id, Severity.WARNING, sentence, way_out)
