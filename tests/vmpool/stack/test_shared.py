"""What Pulumi.yaml says for all stacks, as a reader of stack files takes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from kubevirt_vm_pool.spec.defaults import declared
from kubevirt_vm_pool.text.paths import dotted, undotted

from vmpool.console import UserError
from vmpool.generate import project_file
from vmpool.stack import shared, stack_files
from vmpool.stack.project import ROOT


def project(folder: Path, **config: Any) -> None:
    """Write a project's file. config: its keys, the dot of a member as two underscores."""
    keys = {key.replace("__", "."): entry for key, entry in config.items()}
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump({"name": "p", "config": keys}))


def given(folder: Path, text: str = "config: {name: web}\n") -> Any:
    """Return what a stack is given whose file has some text."""
    (folder / "Pulumi.a.yaml").write_text(text)
    return stack_files.read("a", folder).given


def refusal(folder: Path, text: str = "config: {name: web}\n") -> str:
    """Return why a stack is refused."""
    (folder / "Pulumi.a.yaml").write_text(text)
    with pytest.raises(UserError) as refused:
        stack_files.read("a", folder)
    return refused.value.message


def test_without_a_projects_file_a_stack_has_its_own_values_alone(tmp_path: Path) -> None:
    assert given(tmp_path) == {"name": "web"}


def test_the_projects_own_file_says_nothing_that_the_models_do_not() -> None:
    assert [one.written for one in shared.values(ROOT)] == ["pulumi:disable-default-providers"]


@pytest.mark.parametrize("word", ["value", "default"])
def test_a_value_and_a_changed_default_count_for_every_stack(tmp_path: Path, word: str) -> None:
    project(tmp_path, memory={word: "3Gi"})
    assert given(tmp_path) == {"name": "web", "memory": "3Gi"}


def test_a_stacks_own_value_wins_with_and_without_its_namespace(tmp_path: Path) -> None:
    project(tmp_path, memory={"value": "3Gi"})
    for key in ("memory", "kubevirt-vm-pool:memory"):
        assert given(tmp_path, f"config: {{{key}: 1Gi}}\n") == {"memory": "1Gi"}


def test_members_are_filled_in_where_an_object_has_none(tmp_path: Path) -> None:
    project(tmp_path, disk__size={"value": "7Gi"}, disk__source__pvc__name={"value": "golden"})
    own = "config: {disk: {size: 9Gi, source: {pvc: {namespace: x}}}}\n"
    assert given(tmp_path, own)["disk"] == {
        "size": "9Gi",
        "source": {"pvc": {"namespace": "x", "name": "golden"}},
    }


def test_a_provider_that_all_stacks_have_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("config: {'kubernetes:context': {value: prod}}\n")
    given(tmp_path)
    assert stack_files.read("a", tmp_path).kubernetes == {"context": "prod"}


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"disk.size": {"value": "10"}}, "is a text that looks like a number or a truth value"),
        ({"tolerations[0]": {"value": {}}}, "is a part of a list: give the whole list"),
        ({"password": {"value": {"secure": "v1:a:b"}}}, "password in Pulumi.yaml is encrypted"),
        ({"disk..size": {"value": "1Gi"}}, "is no key, and no member of one"),
        (
            {"memory": {"value": "1Gi"}, "kubevirt-vm-pool:memory": {"value": "2Gi"}},
            "has memory and kubevirt-vm-pool:memory, which are the same; run make generate",
        ),
    ],
)
def test_what_the_engine_would_take_otherwise_is_refused(
    tmp_path: Path, config: Any, told: str
) -> None:
    (tmp_path / "Pulumi.yaml").write_text(yaml.safe_dump({"config": config}))
    assert told in refusal(tmp_path)


@pytest.mark.parametrize("own", ["false", "{secure: AA}", "'{}'"])
def test_an_object_in_place_of_what_a_stack_says_is_refused(tmp_path: Path, own: str) -> None:
    project(tmp_path, service__type={"value": "LoadBalancer"})
    text = f"config: {{service: {own}}}\n"
    assert refusal(tmp_path, text).startswith(
        "service in Pulumi.a.yaml is no object, and Pulumi.yaml has a member of it for all stacks "
        "(service.type);"
    )


def test_a_mistake_tells_where_the_value_may_come_from(tmp_path: Path) -> None:
    project(tmp_path, memory={"value": "2GB"}, cores={"value": 2})
    given(tmp_path)
    with pytest.raises(UserError, match=r"^Pulumi.a.yaml, with memory of Pulumi.yaml, has"):
        stack_files.read("a", tmp_path).specification()


def test_a_projects_file_that_is_no_yaml_is_told(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("config: [\n")
    assert refusal(tmp_path).startswith("Pulumi.yaml cannot be read: line 2")


def test_a_key_that_a_team_has_set_is_written_no_second_time() -> None:
    own = "config:\n  memory: {value: 3Gi}\n  kubevirt-vm-pool:cores: {value: 2}\n"
    beside = project_file.beside(f"{own}{project_file.PLACE.begin}{project_file.PLACE.end}")
    written = yaml.safe_load(f"config:\n{project_file.config(without=beside)}")["config"]
    assert declared().keys() - written.keys() == {"memory", "cores"}


@pytest.mark.parametrize(
    "path",
    [("a",), ("a", "b", 0, "c"), ("labels", "example.com/team"), ("a", 0, 1)],
)
def test_a_key_is_read_as_the_path_that_it_is(path: Any) -> None:
    written = dotted(path).replace(".example.com/team", '["example.com/team"]')
    assert undotted(written) == path


@pytest.mark.parametrize("key", ["", ".", "a.", ".a", "a..b", "[0]", "a[b]", 'a["b', "a[0]b"])
def test_what_is_no_key_has_no_path(key: str) -> None:
    with pytest.raises(ValueError, match="is no key"):
        undotted(key)
