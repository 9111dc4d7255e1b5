"""`vmpool check` of stacks on a cluster that is fit but for what a test plants."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from cluster_fixtures import control_plane
from faults import IMAGES, made
from fit_cluster import claim, make_fit, plant
from kubevirt_vm_pool.cluster.kubectl import Kubectl

from vmpool.check import command
from vmpool.check.checks import CHECKS, Check
from vmpool.check.report import ClusterReport
from vmpool.controlplane import binaries
from vmpool.controlplane.client import Cluster
from vmpool.stack import stack_files
from vmpool.stack.stack_files import Stack

USUAL = """\
name: web
password: x
replicas: 2
disk: {size: 6Gi, source: {pvc: {name: golden}}}
"""


@pytest.fixture(scope="module")
def fit() -> Iterator[Cluster]:
    """A cluster that is fit; faults of the whole of it are taken back by each test."""
    with control_plane() as cluster:
        make_fit(cluster)
        plant(cluster, made("v1", "Namespace", IMAGES))
        plant(cluster, claim("golden"), namespace=IMAGES)
        yield cluster


@pytest.fixture
def place(fit: Cluster, namespace: str) -> str:
    """A namespace with a golden image."""
    plant(fit, made("v1", "Namespace", namespace))
    plant(fit, claim("golden"), namespace=namespace)
    return namespace


def stack(namespace: str, changes: str = "", name: str = "dev") -> Stack:
    """Return the usual stack with other keys; a key with nothing behind it is not set."""
    said = {**yaml.safe_load(USUAL), "namespace": namespace, **(yaml.safe_load(changes) or {})}
    keys = {key: value for key, value in said.items() if value is not None}
    file = Path(f"Pulumi.{name}.yaml")
    return stack_files.parsed(name, yaml.safe_dump({"config": keys}), file)


def look(
    cluster: Cluster,
    *stacks: Stack,
    kubeconfig: Path | None = None,
    checks: tuple[Check, ...] = CHECKS,
) -> ClusterReport:
    """Return what a check says."""
    kubectl = Kubectl(binaries.kubectl(), kubeconfig or cluster.kubeconfig)
    return command.of_cluster(kubectl, "context lab (https://10.0.0.1:6443)", stacks, checks)


def ids(report: ClusterReport) -> list[str]:
    return [one.finding.id for one in report.told]
