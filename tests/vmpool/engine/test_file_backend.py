"""What a file backend has of a stack, read without the engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vmpool.engine import file_backend

OUTPUTS = {"pool": "web", "cluster": {"uid": "1"}}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"PULUMI_BACKEND_URL": tmp_path.as_uri()}


def write(folder: Path, text: str) -> None:
    """Write the state of the stack dev."""
    file = folder / ".pulumi" / "stacks" / "kubevirt-vm-pool" / "dev.json"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")


def state(*resources: dict[str, Any]) -> str:
    return json.dumps({"version": 3, "checkpoint": {"latest": {"resources": list(resources)}}})


def test_outputs_are_those_of_the_stack_resource(
    environment: dict[str, str], tmp_path: Path
) -> None:
    write(tmp_path, state({"type": "x"}, {"type": file_backend.STACK, "outputs": OUTPUTS}))
    assert file_backend.outputs(environment, "dev") == OUTPUTS
    assert not file_backend.is_empty(environment, "dev")


def test_the_pools_of_a_stack_are_those_of_its_state_and_of_what_was_under_way(
    environment: dict[str, str], tmp_path: Path
) -> None:
    pool = "kubernetes:pool.kubevirt.io/v1alpha1:VirtualMachinePool"
    web, new = ({"type": pool, "inputs": {"metadata": {"name": name}}} for name in ("web", "new"))
    known = json.loads(state(web, {"type": "kubernetes:core/v1:Secret", "inputs": {}}))
    known["checkpoint"]["latest"]["pending_operations"] = [{"resource": new, "type": "creating"}]
    write(tmp_path, json.dumps(known))
    assert file_backend.pools(environment, "dev") == frozenset({"web", "new"})
    assert file_backend.pools({}, "dev") is None


@pytest.mark.parametrize("text", [state(), '{"version": 3, "checkpoint": {"latest": null}}'])
def test_a_stack_that_is_down_has_no_outputs(
    environment: dict[str, str], tmp_path: Path, text: str
) -> None:
    write(tmp_path, text)
    assert file_backend.outputs(environment, "dev") == {}
    assert file_backend.is_empty(environment, "dev")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
def test_what_cannot_be_read_is_left_to_the_engine(
    environment: dict[str, str], tmp_path: Path, text: str
) -> None:
    write(tmp_path, text)
    assert file_backend.outputs(environment, "dev") is None


@pytest.mark.parametrize("url", ["", "s3://bucket", "https://api.pulumi.com"])
def test_a_backend_elsewhere_is_left_to_the_engine(url: str) -> None:
    assert file_backend.outputs({"PULUMI_BACKEND_URL": url}, "dev") is None
    assert not file_backend.is_empty({"PULUMI_BACKEND_URL": url}, "dev")


def test_a_folder_that_is_a_backend_lacks_a_stack_of_which_it_has_no_file(
    environment: dict[str, str], tmp_path: Path
) -> None:
    # Whether that is a backend at all, the engine says.
    assert not file_backend.lacks(environment, "dev")
    write(tmp_path, state())
    assert not file_backend.lacks(environment, "dev")
    assert file_backend.lacks(environment, "other")
    assert not file_backend.lacks({"PULUMI_BACKEND_URL": "s3://states"}, "other")
    (tmp_path / ".pulumi" / "stacks" / "other.json").touch()
    assert not file_backend.lacks(environment, "other")
