"""What must hold of every key of the configuration; the rows are examples.py's."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from cluster_fixtures import RunKubectl
from configurations import DEV, specification
from jsonschema import Draft7Validator
from kubevirt_vm_pool.effects import effects, worst
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.spec.defaults import declared
from template_examples import TEMPLATE_EXAMPLES

from examples import EXAMPLES, Example, at
from vmpool.generate import json_schema

SCHEMA = Draft7Validator(json_schema.stack_schema())
ROWS = (*EXAMPLES, *TEMPLATE_EXAMPLES)
IN_AN_OBJECT = [example for example in ROWS if example.at]


def key(example: Example) -> str:
    return example.key


def made_of(example: Example) -> dict[str, Any]:
    """Return the objects of the dev stack with the example's keys."""
    return objects(specification(example.said))


def test_every_key_has_one_example_in_the_order_of_the_models() -> None:
    assert [example.key for example in EXAMPLES] == list(declared())


@pytest.mark.parametrize("example", ROWS, ids=key)
def test_a_value_is_another_one_than_the_default(example: Example) -> None:
    assert example.value != declared()[example.key].default


@pytest.mark.parametrize("example", ROWS, ids=key)
def test_a_value_is_taken_by_the_check(example: Example) -> None:
    specification(example.said)


@pytest.mark.parametrize("example", ROWS, ids=key)
def test_a_value_is_taken_by_the_schema_of_stack_files(example: Example) -> None:
    config = {**DEV, **yaml.safe_load(example.said)}
    assert [error.message for error in SCHEMA.iter_errors({"config": config})] == []


@pytest.mark.parametrize("example", IN_AN_OBJECT, ids=key)
def test_a_value_comes_out_where_it_belongs(example: Example) -> None:
    assert at(made_of(example), example.at) == example.is_


@pytest.mark.parametrize("example", ROWS, ids=key)
def test_what_a_value_does_to_running_vms_is_named(example: Example) -> None:
    found = effects(objects(specification()), made_of(example))
    assert worst(found) == example.effect


@pytest.mark.parametrize("example", IN_AN_OBJECT, ids=key)
def test_a_value_is_stored_by_the_api_server_as_it_is(
    example: Example, kubectl: RunKubectl, made_namespace: str
) -> None:
    manifest = made_of(example)[example.at.partition(".")[0]]
    if "namespace" in manifest["metadata"]:
        manifest["metadata"]["namespace"] = made_namespace
    options = ("--server-side", "--dry-run=server", "-o", "json", "-f", "-")
    stored = json.loads(kubectl("apply", *options, stdin=json.dumps(manifest)).stdout)
    role, _, place = example.at.partition(".")
    if place != "metadata.namespace":
        assert at({role: stored}, example.at) == example.is_
