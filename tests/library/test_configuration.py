"""A configuration comes to the same, whether the engine hands it over or its file is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from configurations import DEV, STACK_FILE
from engine_mocks import engine_config, run
from kubevirt_vm_pool.resources.engine_config import from_engine
from kubevirt_vm_pool.spec.defaults import NOT_SET, completed, declared, defaults
from kubevirt_vm_pool.stack_config import PROJECT, decoded, unwrapped, wrapped

from examples import EXAMPLES
from vmpool.console import UserError
from vmpool.stack import stack_files
from vmpool.stack.project import PROJECT_FILE

# A value of each declared key, none of which is its default.
OF_EVERY_KEY: dict[str, Any] = {example.key: example.value for example in EXAMPLES}


def of_the_engine(config: dict[str, str]) -> dict[str, Any]:
    """Return what a program gets of the engine's texts."""
    got: dict[str, Any] = {}
    run(lambda: got.update(from_engine()), config)
    return got


def of_the_file(text: str) -> dict[str, Any]:
    """Return what is read of the config of a stack file."""
    return dict(stack_files.parsed("user1", text, Path("Pulumi.user1.yaml")).given)


# --- both ways -----------------------------------------------------------------------------------


def test_every_declared_key_has_its_example_here() -> None:
    examples = {key for key, value in OF_EVERY_KEY.items() if value != declared()[key].default}
    assert examples == declared().keys()


@pytest.mark.parametrize("key", OF_EVERY_KEY)
def test_a_value_is_the_same_from_the_engine_and_from_the_file(key: str) -> None:
    config = {key: OF_EVERY_KEY[key]}
    expected = {key: OF_EVERY_KEY[key]}
    assert of_the_engine(engine_config(config)) == expected
    assert of_the_file(yaml.safe_dump({"config": config}, allow_unicode=True)) == expected


def test_the_dev_stack_is_the_same_both_ways() -> None:
    assert of_the_engine(engine_config(DEV)) == of_the_file(STACK_FILE.read_text("utf-8"))


@pytest.mark.parametrize("value", [0, 1, -7, 2**70, 0.1, 1e-9, True, False], ids=repr)
def test_what_is_wrapped_for_the_engine_is_the_same_value_for_the_program(value: float) -> None:
    config = {"cloudInit": {"config": {"a": [wrapped(value), {"b": wrapped(value), "c": "[1]"}]}}}
    (found,) = of_the_engine(engine_config(config)).values()
    assert repr(found["config"]) == repr({"a": [value, {"b": value, "c": "[1]"}]})
    assert all(isinstance(text, str) for text in wrapped(value).values())


@pytest.mark.parametrize("value", OF_EVERY_KEY.values(), ids=OF_EVERY_KEY.keys())
def test_what_is_not_wrapped_stays(value: object) -> None:
    assert unwrapped(value) == value


# What Pulumi 3.260 hands to a program for what stands in a stack file (`pulumi config --json`).
ENGINE_TEXTS = [
    ("password", "on", "on"),
    ("password", "yes", "yes"),
    ("password", "y", "y"),
    ("password", "1:30", "1:30"),
    ("password", "0o17", "15"),
    ("password", "0x1F", "31"),
    ("password", "017", "15"),
    ("password", "+5", "5"),
    ("password", "-0", "0"),
    ("password", ".5", "0.5"),
    ("password", "1.10", "1.1"),
    ("password", '"1.10"', "1.10"),
    ("password", "True", "true"),
    ("password", "TRUE", "true"),
    ("password", '""', ""),
    ("password", "!!str 5", "5"),
    ("password", "12345678901234567890", "12345678901234567890"),
    ("password", "2026-02-30", "2026-02-30"),
    ("tolerations", '[1, two, {three: "3.0"}]', '[1,"two",{"three":"3.0"}]'),
    ("cloudInit", "{a: on, b: 0o17, c: 1.10, d: }", '{"a":"on","b":15,"c":1.1,"d":null}'),
    ("password", "null", ""),
    ("password", "~", ""),
    ("namespace", "", ""),
    ("replicas", "", ""),
    ("cloudInit", "", ""),
    ("memory", "1e9", "1000000000"),
    ("password", "1.0", "1"),
    ("tolerations", "[3.0]", "[3]"),
    ("password", "0b11", "3"),
    ("password", "1_000", "1000"),
    ("password", "089", "89"),
    ("password", "!!str 2001-01-01", "2001-01-01"),
    ("password", '"2001-01-01"', "2001-01-01"),
    ("password", "01-01-2001", "01-01-2001"),
    ("password", "2001-01", "2001-01"),
    ("password", "2001-1-1 24:00:00", "2001-1-1 24:00:00"),
    ("password", "2001-12-14t21:59:43", "2001-12-14t21:59:43"),
]


@pytest.mark.parametrize(("key", "written", "text"), ENGINE_TEXTS)
def test_a_file_is_read_as_the_engine_reads_it(key: str, written: str, text: str) -> None:
    from_file = of_the_file(f"config:\n  {key}: {written}\n")
    # As text, since 3 and 3.0 are equal and mean different things.
    assert json.dumps(from_file) == json.dumps(of_the_engine({f"{PROJECT}:{key}": text}))


@pytest.mark.parametrize(
    "written",
    [
        "2001-01-01",
        "2001-1-1",
        "2024-02-29",
        "2001-12-14T21:59:43Z",
        "2001-12-14t21:59:43.1-05:00",
        "2001-12-14 21:59:43",
        "2001-1-1 1:2:3.5",
        "!!timestamp 2001-01-01",
    ],
)
@pytest.mark.parametrize(
    ("before", "place"),
    [
        ("password: ", "line 2, column 13"),
        ("cloudInit: {user: ", "line 2, column 21"),
        ("tolerations:\n    - ", "line 3, column 7"),
    ],
)
def test_a_date_is_refused_since_the_engine_would_make_a_time_of_it(
    written: str, before: str, place: str
) -> None:
    """Of 2001-01-01 it makes "2001-01-01 00:00:00 +0000 UTC"."""
    with pytest.raises(UserError) as caught:
        of_the_file(f"config:\n  {before}{written}{'}' if '{' in before else ''}\n")
    assert str(caught.value) == (
        f"Pulumi.user1.yaml cannot be read: {place}: an unquoted date; quote it"
    )


def test_the_strings_that_pulumi_config_set_writes_are_read_by_their_declared_type() -> None:
    # Written by `pulumi config set` of Pulumi 3.260, with and without --path.
    written = """
config:
  kubevirt-vm-pool:createNamespace: "true"
  kubevirt-vm-pool:disk:
    source:
      pvc:
        name: golden
  kubevirt-vm-pool:password: "0123"
  kubevirt-vm-pool:replicas: "3"
  kubevirt-vm-pool:service:
    ports:
      - port: 8080
"""
    assert of_the_file(written) == {
        "createNamespace": True,
        "disk": {"source": {"pvc": {"name": "golden"}}},
        "password": "0123",
        "replicas": 3,
        "service": {"ports": [{"port": 8080}]},
    }


def test_only_this_projects_configuration_is_taken() -> None:
    config = {f"{PROJECT}:name": "web", "kubernetes:context": "lab", "pulumi:tags": "{}"}
    assert of_the_engine(config) == {"name": "web"}


def test_what_the_engine_leaves_in_the_environment_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({f"{PROJECT}:replicas": "3"}))
    assert of_the_engine({}) == {"replicas": 3}


# --- single values -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("password", "0123", "0123"),
        ("password", "true", "true"),
        ("name", "[web]", "[web]"),
        ("replicas", "3", 3),
        ("replicas", "3.5", "3.5"),
        ("replicas", "three", "three"),
        ("replicas", '"3"', '"3"'),
        ("createNamespace", "false", False),
        ("createNamespace", "yes", "yes"),
        ("createNamespace", "1", "1"),
        ("disk", "[]", "[]"),
        ("disk", "{", "{"),
        ("tolerations", "[]", []),
        ("tolerations", "{}", "{}"),
        ("nonsense", "3", "3"),
    ],
)
def test_a_text_is_decoded_by_the_declared_type_or_stays(key: str, text: str, value: Any) -> None:
    got = decoded(key, text)
    assert (type(got), got) == (type(value), value)


# --- the declared defaults -----------------------------------------------------------------------


def test_every_key_that_pulumi_yaml_declares_is_known_by_type_and_default() -> None:
    config = yaml.safe_load(PROJECT_FILE.read_text("utf-8"))["config"]
    types = {
        key: (entry.get("type"), entry["default"])
        for key, entry in config.items()
        if ":" not in key
    }
    assert types == {
        key: (entry.type if entry.typed else None, entry.default)
        for key, entry in declared().items()
    }


def test_a_text_or_an_object_of_one_key_is_the_same_from_the_engine_and_from_the_file() -> None:
    for value in ("4Gi", {"guest": "4Gi", "hugepages": {"pageSize": "1Gi"}}):
        config = {"memory": value}
        assert of_the_engine(engine_config(config)) == config
        assert of_the_file(yaml.safe_dump({"config": config})) == config


def test_a_default_that_means_not_set_is_none() -> None:
    assert [value for value in defaults().values() if value in NOT_SET] == []


def test_nothing_given_is_the_defaults_and_the_namespace() -> None:
    complete = completed({}, stack="user7")
    assert complete.values == {**defaults(), "namespace": "user7"}


def test_of_nothing_given_everything_is_unsaid() -> None:
    assert completed({}, stack="user7").defaulted == declared().keys()


def test_a_member_that_is_not_given_has_its_default() -> None:
    rollout = completed({"rollout": {"strategy": "opportunistic"}}, stack="a").values["rollout"]
    assert rollout == {**declared()["rollout"].default, "strategy": "opportunistic"}


def test_a_member_that_is_given_replaces_its_default_whole() -> None:
    service = completed({"service": {"ports": [{"port": 8080, "name": "a"}]}}, stack="a")
    assert service.values["service"] == {
        "type": "ClusterIP",
        "ports": [{"port": 8080, "name": "a"}],
    }


@pytest.mark.parametrize("empty", ["", {}, [], None])
def test_what_is_empty_is_not_set(empty: object) -> None:
    values = completed({"memory": empty, "password": empty}, stack="a").values
    assert (values["memory"], "password" in values) == (declared()["memory"].default, False)


@pytest.mark.parametrize(("key", "value"), [("replicas", 0), ("createNamespace", False)])
def test_what_is_false_or_none_at_all_is_set(key: str, value: object) -> None:
    assert completed({key: value}, stack="a").values[key] is value


@pytest.mark.parametrize("empty", [None, ""])
def test_the_namespace_is_the_stacks_name_where_none_is_given(empty: object) -> None:
    complete = completed({"namespace": empty}, stack="user7")
    assert (complete.values["namespace"], "namespace" in complete.defaulted) == ("user7", True)


def test_a_namespace_that_is_given_is_taken() -> None:
    complete = completed({"namespace": "web"}, stack="user7")
    assert (complete.values["namespace"], "namespace" in complete.defaulted) == ("web", False)


def test_a_key_that_nobody_declared_stays_for_the_check_to_name() -> None:
    complete = completed({"replcas": 3}, stack="a")
    assert (complete.values["replcas"], "replcas" in complete.defaulted) == (3, False)


def test_a_value_that_is_the_default_may_be_nobodys() -> None:
    default = declared()["memory"].default
    assert "memory" in completed({"memory": default}, stack="a").defaulted
    assert "memory" not in completed({"memory": "3Gi"}, stack="a").defaulted


def test_filling_in_changes_neither_what_is_given_nor_the_defaults() -> None:
    given, before = {"disk": {"size": "8Gi"}}, json.dumps(defaults())
    completed(given, stack="a").values["disk"]["size"] = "9Gi"
    assert (given, json.dumps(defaults())) == ({"disk": {"size": "8Gi"}}, before)


def test_a_configuration_does_not_show_its_values() -> None:
    complete = completed({"password": "hunter2"}, stack="a")
    assert "hunter2" not in repr(complete)


def test_the_project_is_called_what_pulumi_yaml_says() -> None:
    assert yaml.safe_load(PROJECT_FILE.read_text("utf-8"))["name"] == PROJECT
