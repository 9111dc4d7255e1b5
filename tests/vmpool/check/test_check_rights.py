"""The rights that `vmpool ci rbac` gives are those that a check asks for: no more, and no fewer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cluster_fixtures import eventually
from fit_cluster import plant
from kubevirt_vm_pool.cluster.kubectl import Kubectl
from looking import stack

from vmpool.check import api
from vmpool.check.checks import CHECKS, Check
from vmpool.check.finding import Category, Finding
from vmpool.check.reading import Reader, judged
from vmpool.check.subject import Subject
from vmpool.ci import rbac
from vmpool.controlplane import binaries
from vmpool.controlplane.client import Cluster
from vmpool.render import objects_of
from vmpool.stack.stack_files import Stack

OF_RIGHTS = tuple(one for one in CHECKS if one.category == Category.RIGHTS)
USED = "waitForReady: true\nscaleRole: {subjects: [{kind: User, name: ann}]}"
MERGE = "application/merge-patch+json"


@pytest.fixture
def allowed(fit: Cluster, place: str, tmp_path: Path) -> Iterator[tuple[Stack, api.Ask]]:
    """A stack with a Role, and somebody who has the rights of `ci rbac` for it."""
    one = stack(place, USED)
    plant(fit, *rbac.roles(one.specification(), "up", place))
    content = json.loads(fit.kubeconfig.read_text(encoding="utf-8"))
    content["users"][0]["user"]["as"] = place
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(json.dumps(content), encoding="utf-8")
    with api.opened(Kubectl(binaries.kubectl(), kubeconfig)) as ask:
        yield one, ask


def found(one: Stack, ask: api.Ask) -> list[Finding]:
    reader = Reader(ask)
    subject = Subject(one.specification(), objects_of(one), reader.snapshot)
    told = judged(reader, {"dev": subject}, (*OF_RIGHTS, *_namespace()))
    return [finding for those in told.values() for finding in those]


def _namespace() -> Iterator[Check]:
    """Yield the check that reads the namespace."""
    yield from (one for one in CHECKS if one.id == "namespace")


def test_the_rights_of_ci_rbac_are_enough_and_one_verb_fewer_is_not(
    fit: Cluster, allowed: tuple[Stack, api.Ask]
) -> None:
    one, ask = allowed
    assert eventually(lambda: found(one, ask) == [])
    clean = []
    for role in rbac.roles(one.specification(), "up", one.specification().namespace):
        if not role["kind"].endswith("Role"):
            continue
        for fewer, what in _each_without_one_verb(role["rules"]):
            _set(fit, role, fewer)
            # An API server learns of it a little later.
            if not eventually(lambda: found(one, ask) != [], at_most=2):
                clean.append(what)
        _set(fit, role, role["rules"])
        assert eventually(lambda: found(one, ask) == [])
    assert clean == []


def _each_without_one_verb(rules: list[Any]) -> Iterator[tuple[list[Any], str]]:
    """Yield rules that lack one verb on one kind, and which it is."""
    single = [{**rule, "resources": [one]} for rule in rules for one in rule["resources"]]
    given = [(rule["resources"][0], verb) for rule in single for verb in rule["verbs"]]
    for resource, verb in dict.fromkeys(given):
        fewer = [
            {**rule, "verbs": [one for one in rule["verbs"] if one != verb]}
            if rule["resources"] == [resource]
            else rule
            for rule in single
        ]
        yield [rule for rule in fewer if rule["verbs"]], f"{verb} {resource}"


def _set(fit: Cluster, role: Any, rules: list[Any]) -> None:
    place = role["metadata"].get("namespace")
    base = "/apis/rbac.authorization.k8s.io/v1" + (f"/namespaces/{place}" if place else "")
    path = f"{base}/{role['kind'].lower()}s/{role['metadata']['name']}"
    status, answer = fit.request("PATCH", path, {"rules": rules}, MERGE)
    assert status == 200, answer
