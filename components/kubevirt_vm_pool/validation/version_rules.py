"""Rules on what a version of KubeVirt honours."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..spec.pool import PoolSpec
from .problems import Problem


def rollout_is_honoured(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    most = spec.rollout.max_unavailable
    if spec.kubevirt < (1, 6) and most not in {None, "100%"}:
        default = "is the default and " if "rollout" in defaulted else ""
        yield Problem(
            "rollout.maxUnavailable",
            f"{default}needs KubeVirt 1.6, and kubevirtVersion is {spec.kubevirt_version}, "
            "which restarts every VM at once when the template changes",
            'set "100%" to accept that, or correct kubevirtVersion (unquoted, 1.10 becomes 1.1)',
            most,
        )
    if spec.rollout.strategy and spec.kubevirt < (1, 7):
        yield _too_new("rollout.strategy", spec.rollout.strategy, "1.7", spec)


def scale_in_is_honoured(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    """KubeVirt 1.6 had scaleInStrategy with other member names; the shape of today is 1.7's."""
    for key, value in {
        "scaleIn.order": spec.scale_in.order,
        "scaleIn.keepDisks": spec.scale_in.keep_disks,
    }.items():
        if value and spec.kubevirt < (1, 7):
            yield _too_new(key, value, "1.7", spec)


def api_version_is_served(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    if spec.pool_api_version == "v1beta1" and spec.kubevirt < (1, 7):
        yield _too_new("poolApiVersion", spec.pool_api_version, "1.7", spec)


def _too_new(key: str, value: object, since: str, spec: PoolSpec) -> Problem:
    return Problem(
        key,
        f"needs KubeVirt {since}, and kubevirtVersion is {spec.kubevirt_version}",
        f"remove {key}, or correct kubevirtVersion",
        value,
    )
