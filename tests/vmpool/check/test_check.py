"""What `vmpool check` finds in a cluster, every fault planted on a real API server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml
from cluster_fixtures import control_plane
from faults import AUTOSCALING, FAULTS, IMAGES, Fault, disk, made, quota
from fit_cluster import changed, claim, make_fit, plant, there
from kubevirt_vm_pool.cluster.kubectl import Kubectl

from vmpool.check import as_json, as_text, command
from vmpool.check.finding import Severity
from vmpool.check.report import ClusterReport, Report, exit_status
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


def look(cluster: Cluster, *stacks: Stack, kubeconfig: Path | None = None) -> ClusterReport:
    """Return what a check says."""
    kubectl = Kubectl(binaries.kubectl(), kubeconfig or cluster.kubeconfig)
    return command.of_cluster(kubectl, "context lab (https://10.0.0.1:6443)", stacks)


def ids(report: ClusterReport) -> list[str]:
    return [one.finding.id for one in report.told]


@pytest.mark.parametrize("changes", ["", AUTOSCALING], ids=["fixed", "autoscaled"])
def test_nothing_is_found_where_all_is_well(changes: str, fit: Cluster, place: str) -> None:
    report = look(fit, stack(place, changes))
    assert ids(report) == []
    assert exit_status(Report((report,)), strict=True) == 0


@pytest.mark.parametrize("fault", FAULTS, ids=[one.test for one in FAULTS])
def test_what_is_found_is(fault: Fault, fit: Cluster, place: str) -> None:
    with ExitStack() as undone:
        plant(fit, *fault.planted, namespace=place)
        undone.enter_context(there(fit, *fault.around))
        if fault.other:
            undone.enter_context(changed(fit, *fault.other))
        report = look(fit, stack(place, fault.stack))
    assert ids(report) == [fault.found]
    (told,) = report.told
    assert fault.says in f"{told.finding.sentence}; {told.finding.way_out}"
