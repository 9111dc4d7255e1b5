"""The example stacks of a pool with GPUs and of one that KEDA scales."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from cluster_fixtures import RunKubectl
from jsonschema import Draft7Validator
from kubevirt_vm_pool.effects import Severity, effects, worst
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.spec.pool import PoolSpec
from kubevirt_vm_pool.validation import validate

from vmpool.generate import json_schema
from vmpool.stack import stack_files
from vmpool.stack.project import ROOT

FOLDER = ROOT / "docs" / "examples"
NAMES = ("gpu", "keda")


def file_of(name: str) -> Path:
    return FOLDER / f"Pulumi.{name}.yaml"


def spec_of(name: str, namespace: str = "examples", **changes: Any) -> PoolSpec:
    text = file_of(name).read_text(encoding="utf-8")
    given = {**stack_files.parsed(name, text, file_of(name)).given, **changes}
    return validate.specify({**given, "namespace": namespace}, stack=name, where=name)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_taken_by_the_schema_that_it_names(name: str) -> None:
    text = file_of(name).read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../../schema/stack.json\n")
    found = Draft7Validator(json_schema.stack_schema()).iter_errors(yaml.safe_load(text))
    assert [error.message for error in found] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_objects_of_an_example_are_stored_by_the_api_server_as_they_are(
    name: str, kubectl: RunKubectl, made_namespace: str
) -> None:
    for manifest in objects(spec_of(name, made_namespace)).values():
        options = ("--server-side", "--field-manager=test", "-o", "json", "-f", "-")
        stored = json.loads(kubectl("apply", *options, stdin=json.dumps(manifest)).stdout)
        if manifest["kind"] == "VirtualMachinePool":
            assert stored["spec"] == manifest["spec"]


def test_the_workers_have_dedicated_cpus_and_no_request_of_their_own() -> None:
    template = objects(spec_of("gpu"))["pool"]["spec"]["virtualMachineTemplate"]["spec"]["template"]
    domain = template["spec"]["domain"]
    assert domain["cpu"]["cores"] == 8
    assert "resources" not in domain


def test_a_worker_with_other_gpus_restarts_and_keeps_its_disk() -> None:
    other = spec_of("gpu", gpus=[{"name": "gpu", "deviceName": "nvidia.com/GA102GL_A10"}])
    found = effects(objects(spec_of("gpu")), objects(other))
    assert worst(found) == Severity.RESTART_SOME


def test_keda_may_set_any_number_and_no_update_takes_it_back() -> None:
    before, after = objects(spec_of("keda")), objects(spec_of("keda", replicas=5))
    assert "autoscaler" not in before
    assert worst(effects(before, after, replicas=9)) == Severity.NOTHING
