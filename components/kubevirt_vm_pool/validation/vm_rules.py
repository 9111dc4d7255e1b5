"""Rules that span keys of the VMs: what KubeVirt's webhooks refuse, and what stops a pool.

The webhook that judges a pool sees its template alone, before instancetype and preference
(vmpool-admitter.go, vmi-create-admitter.go of KubeVirt 1.9). What it does not see keeps VMs from
starting, one by one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from ..spec.names import SUBDOMAIN
from ..spec.pool import PoolSpec
from ..spec.vm_settings import HOOK_SIDECARS
from . import device_rules, size_rules
from .problems import Problem
from .rule import Rule

# KubeVirt's limits, which are lower than Kubernetes' (vmi-create-admitter.go).
MOST_NAMESERVERS, MOST_SEARCHES, LONGEST_SEARCHES = 3, 6, 256


def _said_twice(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    pairs = (
        ("cpu.cores", spec.cpu.get("cores"), "cores", "cores" not in defaulted),
        ("requests.cpu", spec.requests.get("cpu"), "cpuRequest", spec.cpu_request is not None),
        (
            "updateStrategy",
            spec.update_strategy or None,
            "rollout.strategy",
            spec.rollout.strategy is not None,
        ),
        (
            "scaleInStrategy",
            spec.scale_in_strategy or None,
            "scaleIn",
            spec.scale_in.order is not None or spec.scale_in.keep_disks is not None,
        ),
        (
            "hookSidecars",
            spec.hook_sidecars or None,
            f"vmAnnotations.{HOOK_SIDECARS}",
            HOOK_SIDECARS in spec.vm_annotations,
        ),
    )
    for key, value, other, other_said in pairs:
        if value is not None and other_said:
            shown = value if isinstance(value, int | str) else None
            yield Problem(key, f"says the same as {other}", "keep one of them", shown)


def _runs_again(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    if spec.run_strategy in {None, "Always"}:
        return
    if spec.run_strategy == "Halted":
        if spec.wait_for_ready:
            yield Problem(
                "waitForReady",
                "waits for VMs that runStrategy Halted never starts",
                "set it to false, or runStrategy: Always",
                True,
            )
        return
    by_key = [name for name in ("opportunistic", "unmanaged") if name in spec.update_strategy]
    if spec.rollout.strategy not in {"opportunistic", "unmanaged"} and not by_key:
        yield Problem(
            "runStrategy",
            "leaves a VM stopped for good when a changed template stops it, and then "
            "rollout.maxUnavailable holds all others back",
            "use Always, or rollout.strategy: opportunistic, which stops no VM",
            spec.run_strategy,
        )


def _pods_dns(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    config = spec.dns_config
    if not config and spec.dns_policy != "None":
        return
    import ipaddress

    servers, searches = config.get("nameservers") or [], config.get("searches") or []
    if spec.dns_policy == "None" and not servers:
        yield Problem(
            "dnsPolicy",
            "leaves the VMs without a name server",
            "add dnsConfig: {nameservers: [...]}, or use another policy",
            "None",
        )
    if len(servers) > MOST_NAMESERVERS:
        rule = f"has {len(servers)}, and at most {MOST_NAMESERVERS} are possible"
        yield Problem("dnsConfig.nameservers", rule, "remove some")
    for index, server in enumerate(servers):
        try:
            ipaddress.ip_address(server)
        except ValueError:
            key = f"dnsConfig.nameservers[{index}]"
            yield Problem(key, "is no IP address", "for instance 10.96.0.10", server)
    if len(searches) > MOST_SEARCHES or len(" ".join(searches)) > LONGEST_SEARCHES:
        rule = f"has more than {MOST_SEARCHES} domains, or {LONGEST_SEARCHES} characters"
        yield Problem("dnsConfig.searches", rule, "remove some")
    for index, search in enumerate(searches):
        if not re.fullmatch(SUBDOMAIN, search):
            key = f"dnsConfig.searches[{index}]"
            yield Problem(key, "is no domain", "for instance example.com", search)


def _pool_heals(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    if spec.autohealing and spec.kubevirt < (1, 7):
        yield Problem(
            "autohealing",
            f"came with KubeVirt 1.7, and kubevirtVersion says {spec.kubevirt_version}",
            "remove it, or correct kubevirtVersion",
        )
    duration = spec.autohealing and spec.autohealing.min_failing_to_start_duration
    if duration and not re.fullmatch(r"(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ms|s|m|h))+", duration):
        key = "autohealing.minFailingToStartDuration"
        yield Problem(key, "is no duration", "write it like 5m or 1h30m", duration)


RULES = (
    Rule(
        ("cpu", "cores", "requests", "cpuRequest", "updateStrategy", "rollout")
        + ("scaleInStrategy", "scaleIn", "hookSidecars", "vmAnnotations"),
        _said_twice,
    ),
    Rule(("runStrategy", "waitForReady", "rollout", "updateStrategy"), _runs_again),
    *size_rules.RULES,
    *device_rules.RULES,
    Rule(("dnsPolicy", "dnsConfig"), _pods_dns),
    Rule(("autohealing", "kubevirtVersion"), _pool_heals),
)
