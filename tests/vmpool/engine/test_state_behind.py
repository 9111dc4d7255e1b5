"""A plain update, which asks for no refresh, where the state is behind the cluster."""

from __future__ import annotations

from pathlib import Path

import pytest
from checkout import Checkout, copied
from cluster_fixtures import RunKubectl
from plain_updates import run_stack

from vmpool.controlplane.client import Cluster

pytestmark = pytest.mark.needs_engine

STACK = """\
config:
  name: web
  namespace: {namespace}
  replicas: {replicas}
  password: x
  disk: {{size: {size}, source: {{pvc: {{name: golden}}}}}}
"""


class Updates:
    """Plain updates of one stack: no option asks for a refresh."""

    def __init__(self, checkout: Checkout, cluster: Cluster, namespace: str, state: Path) -> None:
        self.checkout, self.namespace = checkout, namespace
        self.cluster, self.state = cluster, state

    def up(self, *, replicas: int, size: str = "6Gi", more: str = "") -> tuple[int, str]:
        """Bring the stack up; return the exit code and all that was printed."""
        text = STACK.format(namespace=self.namespace, replicas=replicas, size=size)
        self.checkout.write("dev", text + more)
        done = run_stack("up", self.checkout.folder, self.cluster, self.state)
        return done.returncode, " ".join(done.stdout.split())


@pytest.fixture
def updates(cluster: Cluster, made_namespace: str, tmp_path: Path) -> Updates:
    """Updates of a stack that is not up yet."""
    return Updates(copied(tmp_path / "p"), cluster, made_namespace, tmp_path / "state")


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
