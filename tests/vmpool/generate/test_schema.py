"""The JSON Schema of a stack's file: what editors accept and refuse."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from bad_configurations import BAD
from configurations import DEV, STACK_FILE
from good_configurations import GOOD
from jsonschema import Draft7Validator
from kubevirt_vm_pool.spec.defaults import NOT_SET
from stack_schema import STACK_SCHEMA, refusals, stack_file

from vmpool.generate import json_schema
from vmpool.stack import stack_files

# What a schema can know: the shape of one value.
STRUCTURAL = (
    "unknown key",
    "has no value",
    "is missing; add",
    "is missing; say",
    "is no Linux user name",
    "is no version",
    "must be a list",
    "must be a port",
    "must be a whole number",
    "must be an object",
    "must be at least",
    "must be at most",
    "must be ClusterIP",
    "must be Exists",
    "must be NoSchedule",
    "must be ReadWriteOnce",
    "must be Random",
    "must be TCP",
    "must be VirtualMachine",
    "must be an RFC 1123",
    "must be proactive",
    "must be text",
    "must be true or false",
    "must be v1alpha1",
    "must begin with /",
    "must begin with a letter",
    "must not be empty",
    "needs one of pvc",
)
STRUCTURAL_MISTAKES = [
    written for written, _, explanation in BAD if explanation.startswith(STRUCTURAL)
]


def test_the_schema_is_a_valid_json_schema() -> None:
    Draft7Validator.check_schema(STACK_SCHEMA)


@pytest.mark.parametrize("stack", stack_files.names())
def test_a_stack_file_of_the_project_is_accepted(stack: str) -> None:
    assert refusals(yaml.safe_load(stack_files.read(stack).file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("stack", stack_files.names())
def test_a_stack_file_of_the_project_names_the_schema(stack: str) -> None:
    first = stack_files.read(stack).file.read_text(encoding="utf-8").splitlines()[0]
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert (STACK_FILE.parent / named).resolve() == json_schema.FILE


@pytest.mark.parametrize("written", GOOD)
def test_what_the_program_accepts_an_editor_accepts(written: str) -> None:
    assert refusals(stack_file(written)) == []


@pytest.mark.parametrize("written", STRUCTURAL_MISTAKES)
def test_a_mistake_in_the_shape_of_a_value_is_seen_by_an_editor(written: str) -> None:
    assert refusals(stack_file(written)) != []


def test_most_kinds_of_mistakes_are_in_the_shape_of_a_value() -> None:
    assert len(STRUCTURAL_MISTAKES) > 80


@pytest.mark.parametrize(
    "written",
    [
        'replicas: "3"',
        'createNamespace: "true"',
        "password: {secure: AAABAK}",
        "cloudInit: {userData: {secure: AAABAK}}",
        "cloudInit: {sshAuthorizedKeys: [{secure: AAABAK}]}",
        "cloudInit: {runCommands: [{secure: AAABAK}, [echo, {secure: AAABAK}]]}",
        "cloudInit: {config: {chpasswd: {list: {secure: AAABAK}}}}",
        "kubevirt-vm-pool:replicas: 3",
        "kubernetes:context: lab",
        "kubernetes:kubeconfig: {secure: AAABAK}",
        "aws:region: eu-central-2",
        "autoscaling: {}",
        "autoscaling:",
        'cpuRequest: ""',
    ],
)
def test_what_pulumi_writes_is_accepted(written: str) -> None:
    assert refusals(stack_file(written)) == []


@pytest.mark.parametrize(
    "settings",
    [
        {"encryptionsalt": "v1:abc"},
        {"secretsprovider": "awskms://alias/x", "encryptedkey": "abc"},
        {"environment": ["lab/common"]},
    ],
)
def test_what_pulumi_keeps_beside_the_configuration_is_accepted(settings: dict[str, Any]) -> None:
    assert refusals(stack_file("replicas: 3") | settings) == []


@pytest.mark.parametrize(
    "written",
    [
        "kubevirt-vm-pool:replcas: 3",
        "kubevirt-vm-pool:replicas: two",
        "kubernetes:context: 5",
        "password: {secret: AAABAK}",
        "password: {secure: AAABAK, more: x}",
        'replicas: "-1"',
        'createNamespace: "yes"',
        "cloudInit: {packages: [{secure: 5}]}",
    ],
)
def test_what_pulumi_would_not_write_is_refused(written: str) -> None:
    assert refusals(stack_file(written)) != []


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"config": {}},
        {"config": []},
        {"confg": dict(DEV)},
        {"config": dict(DEV), "encryptionSalt": "v1:abc"},
        {"config": {key: value for key, value in DEV.items() if key != "disk"}},
    ],
    ids=["empty", "no keys", "a list", "misspelt config", "misspelt salt", "no disk"],
)
def test_a_file_that_is_no_stack_file_is_refused(document: dict[str, Any]) -> None:
    assert refusals(document) != []


def test_a_disk_may_be_said_with_the_prefix_of_the_project() -> None:
    config = {key: value for key, value in DEV.items() if key != "disk"}
    assert refusals({"config": {**config, "kubevirt-vm-pool:disk": DEV["disk"]}}) == []


def test_every_declared_key_has_the_description_and_default_of_the_project_file() -> None:
    project = yaml.safe_load(STACK_FILE.with_name("Pulumi.yaml").read_text(encoding="utf-8"))
    keys = STACK_SCHEMA["properties"]["config"]["properties"]
    for name, entry in project["config"].items():
        if "description" in entry:
            assert keys[name]["description"] == entry["description"], name
            stated = None if entry["default"] in NOT_SET else entry["default"]
            assert keys[name].get("default") == stated, name
