"""How much a look for a node costs where a cluster has many."""

from __future__ import annotations

from typing import Any

import pytest
from fit_cluster import NODE, merged
from looking import stack

from vmpool.check import nodes
from vmpool.check.cluster import KUBEVIRTS
from vmpool.check.snapshot import Answer, Question, Snapshot
from vmpool.check.subject import Subject
from vmpool.check.vm_size import VmSize, vm_size
from vmpool.render import objects_of

NOT_READY = {"status": {"conditions": [{"type": "Ready", "status": "False"}]}}
MANY = 100


def found(*known: Any) -> list[str]:
    """Return what is said of nodes."""
    one = stack("a")
    answers = {
        Question(nodes.NODES.path()): Answer(200, {"items": known}),
        Question(KUBEVIRTS.path()): Answer(200, {"items": []}),
    }
    subject = Subject(one.specification(), objects_of(one), Snapshot(answers))
    return [one.sentence for one in nodes.nodes(subject)]


def test_the_size_of_a_vm_is_computed_once_for_all_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []

    def counted(subject: Subject) -> VmSize:
        sizes.append(vm_size(subject))
        return sizes[-1]

    monkeypatch.setattr(nodes, "vm_size", counted)
    small = merged(NODE, {"status": {"allocatable": {"memory": "1Gi"}}})
    assert found(*[small] * MANY) == [
        f"none of {MANY} nodes takes a VM: {MANY} with less than 2.32Gi memory"
    ]
    assert len(sizes) == 1


def test_a_node_is_looked_at_until_the_first_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def further(*_: object) -> bool:
        raise AssertionError("what is behind the first reason is not asked")

    for name in ("_by_affinity", "devices"):
        monkeypatch.setattr(nodes, name, further)
    unready = merged(NODE, NOT_READY)
    assert found(*[unready] * MANY) == [f"none of {MANY} nodes takes a VM: {MANY} not ready"]


def test_nodes_behind_the_first_that_fits_are_not_looked_at() -> None:
    assert found(NODE, {"metadata": {}, "spec": "would fail"}) == []
