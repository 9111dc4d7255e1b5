"""The example stacks with two networks, and without cloud-init and Service."""

from __future__ import annotations

import json

import pytest
from checkout import ROOT
from cluster_fixtures import RunKubectl
from kubevirt_vm_pool.validation.warnings import warnings

from vmpool.render import objects_of
from vmpool.stack import stack_files

EXAMPLES = ROOT / "docs" / "examples"
NAMES = ("two-networks", "talos")


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_taken_by_an_api_server(
    name: str, kubectl: RunKubectl, made_namespace: str
) -> None:
    for manifest in objects_of(stack_files.read(name, EXAMPLES)).values():
        manifest["metadata"]["namespace"] = made_namespace
        options = ("--server-side", "--dry-run=server", "-f", "-")
        kubectl("apply", *options, stdin=json.dumps(manifest))


def test_two_networks_has_a_secret_for_each_vm_and_three_services() -> None:
    made = objects_of(stack_files.read("two-networks", EXAMPLES))
    assert [role for role in made if role.startswith("service")] == [
        "service",
        "service-each",
        "service-public",
    ]
    assert {"cloud-init-0", "cloud-init-3"} <= set(made)


def test_talos_is_a_pool_and_nothing_else() -> None:
    stack = stack_files.read("talos", EXAMPLES)
    assert set(objects_of(stack)) == {"pool"}
    assert not any("networkData" in note for note in warnings(stack.specification()))
