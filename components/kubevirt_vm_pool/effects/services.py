"""Services: what a change of one does to those who reach the VMs by it."""

from __future__ import annotations

from .differences import Paths, below
from .effect import Effect, Severity
from .lookup import Object, at, name, text

RULE = "Kubernetes: a Service only leads to pods"
HEADLESS = "None"


def removed(old: Object) -> Effect:
    """Return the effect of a Service that goes."""
    external = "its external address is given up, and " if _type(old) == "LoadBalancer" else ""
    return Effect(
        Severity.OTHER,
        f"Service {name(old)} is removed: {external}its name and address lead nowhere",
        RULE,
    )


def changed(old: Object, new: Object, paths: Paths) -> Effect:
    """Return the effect of a Service whose spec changes. paths: all that differ."""
    return Effect(
        Severity.OTHER,
        f"Service {name(new)} {_happening(old, new, paths)}; no VM restarts for that",
        RULE,
        paths,
    )


def _happening(old: Object, new: Object, paths: Paths) -> str:
    fields = {str(path[1]) for path in below(paths, ("spec",)) if len(path) > 1}
    before, after = (at(one, "spec", "clusterIP") for one in (old, new))
    if "clusterIP" in fields and (HEADLESS in {before, after} or after is not None):
        how = "without an address of its own" if after == HEADLESS else "with another address"
        return (
            f"is deleted and made anew, {how}: clients lose it for a moment, open connections too"
        )
    if "loadBalancerClass" in fields:
        return (
            "is deleted and made anew with another load balancer: clients lose it, and its "
            "addresses change"
        )
    if "type" in fields:
        return _other_type(_type(old), _type(new))
    if fields & {"clusterIP", "clusterIPs"}:
        return "may get another address"
    if "selector" in fields:
        return "leads to other pods"
    if "loadBalancerSourceRanges" in fields:
        return "lets other clients in by its load balancer"
    return "is reached in another way"


def _other_type(old: str, new: str) -> str:
    """Return what becomes of a Service that keeps its address in the cluster."""
    if "LoadBalancer" in (old, new) and old != new:
        external = (
            "gets an external address from a load balancer"
            if new == "LoadBalancer"
            else "loses its load balancer, and its external address with it"
        )
        return f"{external}; inside the cluster its address stays"
    ports = "gets a port on every node" if new == "NodePort" else "loses its ports on the nodes"
    return f"{ports}; inside the cluster its address stays"


def _type(service: Object) -> str:
    return text(at(service, "spec", "type")) or "ClusterIP"
