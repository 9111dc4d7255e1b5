"""How an update goes through the VMs."""

from __future__ import annotations

import re

from .effect import Severity
from .lookup import Object, at, whole
from .vm_count import VmCount


def pace(
    pool: Object, remaining: VmCount, total: VmCount, not_ready: int | None = None
) -> tuple[Severity, str]:
    """Return how fast an update goes through the VMs: " one by one".

    Those that are not ready are the first, and all of them at once, whatever maxUnavailable says
    (handleUnhealthyVMIs in pool.go, 1.6 to 1.9; watched). not_ready: how many, where it is known.
    """
    severity, speed = _pace(pool, remaining, total)
    if severity is Severity.RESTART_ALL or not_ready == 0:
        return severity, speed
    if not_ready is None:
        return severity, f"{speed} (those not ready: all at once)"
    if remaining.most is not None and not_ready >= remaining.most:
        return _at_once(remaining)
    return severity, f"{speed} (those not ready, {not_ready} now: all at once)"


def _pace(pool: Object, remaining: VmCount, total: VmCount) -> tuple[Severity, str]:
    """Return how fast an update goes through VMs that are ready.

    An absent maxUnavailable is 100%, as it is before KubeVirt 1.6, which has none; a percentage is
    one of spec.replicas, rounded down, and at least one VM (pool.go:1118-1145).
    """
    said = at(pool, "spec", "maxUnavailable")
    percentage = re.fullmatch(r"([0-9]+)%", said) if isinstance(said, str) else None
    at_a_time = whole(said)
    up_to = ""
    if said is None or (percentage and int(percentage[1]) >= 100):
        return _at_once(remaining)
    if percentage and total.most is None:
        return Severity.RESTART_SOME, f" {percentage[0]} at a time"
    if percentage and total.most is not None:
        share = int(percentage[1])
        at_a_time = max(1, total.most * share // 100)
        up_to = "" if max(1, total.least * share // 100) == at_a_time else "up to "
    if at_a_time is None:
        return Severity.RESTART_ALL, " as maxUnavailable allows"
    at_a_time = max(1, at_a_time)
    if remaining.most is not None and at_a_time >= remaining.most:
        return _at_once(remaining)
    return Severity.RESTART_SOME, (
        " one by one" if at_a_time == 1 else f" {up_to}{at_a_time} at a time"
    )


def _at_once(remaining: VmCount) -> tuple[Severity, str]:
    return Severity.RESTART_ALL, "" if remaining.most == 1 else " at once"


def who(remaining: VmCount, pace: str) -> str:
    """Return who restarts: "The only VM", "All 2 VMs", "Up to 5 VMs"."""
    if remaining.most == 1:
        return "The only VM"
    if remaining.most is None:
        return "VMs"
    if remaining.exact:
        return f"{'All ' if pace == ' at once' else ''}{remaining.most} VMs"
    return f"Up to {remaining.most} VMs"
