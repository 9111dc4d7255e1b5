"""What a LimitRange refuses: the check says so where an API server does, and only there."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from faults import limit, made
from fit_cluster import plant
from kubevirt_vm_pool.cluster.kubectl import Kubectl
from looking import stack

from vmpool.check import api
from vmpool.check.checks import CHECKS
from vmpool.check.finding import Severity
from vmpool.check.reading import Reader, judged
from vmpool.check.subject import Subject
from vmpool.check.vm_size import Container, vm_size
from vmpool.controlplane import binaries
from vmpool.controlplane.client import Cluster
from vmpool.render import objects_of

OF_LIMITS = tuple(one for one in CHECKS if one.id == "limit-ranges")
LIMITED = "requests: {memory: 2Gi}\nlimits: {memory: 3Gi}"
WHOLE = "limits: {cpu: '1', memory: 3Gi}\ncpuRequest: 500m\nrequests: {memory: 2Gi}"


def limits_of(*limits: dict[str, Any]) -> dict[str, Any]:
    return made("v1", "LimitRange", "limits", spec={"limits": list(limits)})


@pytest.fixture(scope="module")
def ask(fit: Cluster) -> Iterator[api.Ask]:
    """One way to the cluster for all that is asked here."""
    with api.opened(Kubectl(binaries.kubectl(), fit.kubeconfig)) as asked:
        yield asked


@pytest.mark.parametrize("changes", ["", LIMITED, WHOLE, f"{WHOLE}\nlogSerialConsole: false"])
@pytest.mark.parametrize(
    "limits",
    [
        limit(type="Container", max={"memory": "4Gi"}),
        limit(type="Container", max={"memory": "3Gi"}),
        limit(type="Container", max={"memory": "2Gi"}),
        limit(type="Container", min={"memory": "32Mi"}),
        limit(type="Container", min={"memory": "64Mi"}),
        limit(type="Container", min={"cpu": "200m"}),
        limit(type="Container", default={"memory": "1Gi"}),
        limit(type="Container", default={"memory": "3Gi", "cpu": "1"}),
        limit(type="Container", maxLimitRequestRatio={"memory": "2"}),
        limit(type="Container", maxLimitRequestRatio={"cpu": "2"}),
        limit(type="Container", maxLimitRequestRatio={"cpu": "3"}, default={"cpu": "300m"}),
        limit(type="Pod", max={"memory": "4Gi"}),
        limit(type="Pod", max={"cpu": "4"}),
        limit(type="Pod", max={"memory": "3Gi"}),
        limit(type="Pod", min={"memory": "3Gi"}),
        limit(type="Pod", min={"memory": "2Gi"}),
        limit(type="Pod", maxLimitRequestRatio={"memory": "2"}),
        limit(type="Pod", maxLimitRequestRatio={"cpu": "3"}),
        limits_of(
            {"type": "Container", "default": {"memory": "3Gi"}},
            {"type": "Pod", "max": {"memory": "4Gi"}},
        ),
    ],
    ids=lambda one: repr(one["spec"]["limits"]),
)
def test_a_vm_is_refused_where_the_check_says_so(
    limits: dict[str, Any], changes: str, fit: Cluster, ask: api.Ask, place: str
) -> None:
    # Who makes a pod needs this one.
    plant(fit, made("v1", "ServiceAccount", "default"), limits, namespace=place)
    one, reader = stack(place, changes), Reader(ask)
    subject = Subject(one.specification(), objects_of(one), reader.snapshot)
    found = judged(reader, {"dev": subject}, OF_LIMITS)["limit-ranges", "dev"]
    pods = f"/api/v1/namespaces/{place}/pods?dryRun=All"
    status, answer = fit.request("POST", pods, _pod(subject))
    assert status in (201, 403, 422), answer
    assert bool(found) == (status != 201), answer.get("message")
    assert {one.severity for one in found} <= {Severity.ERROR}


def _pod(subject: Subject) -> dict[str, Any]:
    """Return a pod of the size that a VM's has."""
    containers = [
        {"name": f"c{number}", "image": "x", "resources": _resources(one)}
        for number, one in enumerate(vm_size(subject).containers)
    ]
    return made("v1", "Pod", "pod", spec={"containers": containers})


def _resources(container: Container) -> dict[str, dict[str, str]]:
    requests, limits = (_said(one) for one in container)
    return {"requests": requests, "limits": limits}


def _said(resources: Any) -> dict[str, str]:
    return {name: f"{Decimal(number):f}" for name, number in resources.items()}
