"""A plain update, which asks for no refresh, where the state is behind the cluster."""

from __future__ import annotations

from pathlib import Path

import pytest
from checkout import copied
from cluster_fixtures import RunKubectl
from plain_updates import Updates

from vmpool.controlplane.client import Cluster

pytestmark = pytest.mark.needs_engine


@pytest.fixture
def updates(cluster: Cluster, made_namespace: str, tmp_path: Path) -> Updates:
    """Updates of a stack that is not up yet."""
    return Updates(copied(tmp_path / "p"), cluster, made_namespace, tmp_path / "state")


AUTOSCALED = "  autoscaling: {minReplicas: 2, maxReplicas: 9, targetCPUUtilizationPercentage: 50}\n"


def test_a_parked_pool_that_somebody_woke_keeps_its_disks(
    updates: Updates, kubectl: RunKubectl, made_namespace: str
) -> None:
    assert updates.up(replicas=0)[0] == 0
    kubectl("scale", "vmpool/web", "--replicas=5", "-n", made_namespace)
    code, said = updates.up(replicas=3, size="8Gi")
    assert code != 0
    # Of the five that there are the smaller number leaves three.
    assert "refused: 3 VMs of web are recreated one by one with new disks" in said


def test_vms_that_a_scale_has_made_are_told_when_an_update_takes_them_back(
    updates: Updates, kubectl: RunKubectl, made_namespace: str
) -> None:
    assert updates.up(replicas=3)[0] == 0
    kubectl("scale", "vmpool/web", "--replicas=10", "-n", made_namespace)
    code, said = updates.up(replicas=3, more="  labels: {team: a}\n")
    assert code == 0
    assert "warning: 7 of 10 VMs of web, chosen at random, are removed" in said


def test_vms_that_an_autoscaler_has_made_are_told_when_it_goes(
    updates: Updates, kubectl: RunKubectl, made_namespace: str
) -> None:
    code, said = updates.up(replicas=2, more=AUTOSCALED)
    assert code == 0, said
    # As the HPA does it.
    kubectl("scale", "vmpool/web", "--replicas=8", "-n", made_namespace)
    code, said = updates.up(replicas=2)
    assert code == 0
    assert "warning: 6 of 8 VMs of web, chosen at random, are removed" in said


@pytest.mark.parametrize("refreshed", [True, False])
def test_a_parked_pool_that_somebody_woke_is_not_destroyed_for_another_name(
    refreshed: bool, updates: Updates, kubectl: RunKubectl, made_namespace: str
) -> None:
    if not refreshed:
        updates.project("options:\n  refresh: always\n", "")
    assert updates.up(replicas=0)[0] == 0
    kubectl("scale", "vmpool/web", "--replicas=5", "-n", made_namespace)
    code, said = updates.up(replicas=0, name="other")
    assert code != 0
    assert "refused: web is deleted with all 5 VMs" in said
    pools = kubectl("get", "vmpool", "-n", made_namespace, "-o", "name").stdout
    assert pools.split() == ["virtualmachinepool.pool.kubevirt.io/web"]


def test_a_pool_that_is_parked_in_truth_takes_another_name(
    updates: Updates, kubectl: RunKubectl, made_namespace: str
) -> None:
    assert updates.up(replicas=0)[0] == 0
    assert updates.up(replicas=0, name="other")[0] == 0
    pools = kubectl("get", "vmpool", "-n", made_namespace, "-o", "name").stdout
    assert pools.split() == ["virtualmachinepool.pool.kubevirt.io/other"]


def test_a_parked_pool_that_somebody_woke_is_not_destroyed_at_the_end_either(
    updates: Updates, kubectl: RunKubectl, made_namespace: str
) -> None:
    assert updates.up(replicas=0)[0] == 0
    kubectl("scale", "vmpool/web", "--replicas=5", "-n", made_namespace)
    code, said = updates.destroy()
    assert code != 0
    assert "refused: web is deleted with all 5 VMs" in said
    kubectl("get", "vmpool/web", "-n", made_namespace)
