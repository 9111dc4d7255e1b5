"""Fixtures of the tests of status."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from class_of_stacks import STATES, Class, begun
from kubevirt_cluster import kubevirt_cluster

from vmpool.status import command
from vmpool.status.facts import Report


@pytest.fixture(scope="session")
def a_class(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    """Stacks in every state; a test that changes something has a stack of its own."""
    with kubevirt_cluster() as cluster:
        yield begun(cluster, tmp_path_factory.mktemp("class"))


@pytest.fixture
def named(a_class: Class, monkeypatch: pytest.MonkeyPatch) -> Class:
    """The same, its cluster named by KUBECONFIG."""
    monkeypatch.setenv("KUBECONFIG", str(a_class.cluster.kubeconfig))
    return a_class


@pytest.fixture(scope="session")
def report(a_class: Class) -> Report:
    """The report on the class."""
    with pytest.MonkeyPatch.context() as variables:
        variables.setenv("KUBECONFIG", str(a_class.cluster.kubeconfig))
        return command.report(sorted(STATES), a_class.root)
