"""What is written from the models: it is written, and a new field arrives in all of it."""

from __future__ import annotations

import ast
import json
from typing import Annotated, Any

import pytest
import yaml
from kubevirt_vm_pool.spec.defaults import declared
from kubevirt_vm_pool.spec.model import MaySecret
from kubevirt_vm_pool.spec.pool import PoolSpec
from kubevirt_vm_pool.spec.secrecy import marks
from pydantic import Field

from vmpool.generate import args, json_schema, keys_page, project_file
from vmpool.generate.__main__ import written
from vmpool.generate.between import Between


@pytest.mark.parametrize("file", written(), ids=lambda file: file.name)
def test_what_is_written_from_the_models_is_up_to_date(file: Any) -> None:
    assert file.read_text(encoding="utf-8") == written()[file], "run: make generate"


class WithMore(PoolSpec):
    """The models with one more optional number, and one more secret."""

    nice_level: int | None = Field(default=None, description="How nice the VMs are.")
    pass_key: Annotated[str | None, MaySecret("x")] = Field(default=None, description="A key.")


def test_a_new_field_is_declared_to_the_engine_with_a_default_that_it_can_leave_out() -> None:
    keys = yaml.safe_load(f"config:\n{project_file.config(WithMore)}")["config"]
    assert keys["niceLevel"] == {
        "type": "string",
        "default": "",
        "description": "How nice the VMs are.",
    }


def test_a_new_field_is_decoded_by_its_own_type() -> None:
    assert declared(WithMore)["niceLevel"].kind == "integer"


def test_a_new_field_is_an_argument_with_its_description() -> None:
    module = ast.parse(args.module(WithMore))
    (arguments,) = (
        node for node in module.body if isinstance(node, ast.ClassDef) and node.name == "VmPoolArgs"
    )
    members = {
        ast.unparse(one.target): ast.unparse(one.annotation)
        for one in arguments.body
        if isinstance(one, ast.AnnAssign)
    }
    assert members["niceLevel"] == "int"
    assert members["passKey"] == "pulumi.Input[str]"
    assert "How nice the VMs are." in ast.unparse(arguments)


def test_a_new_field_is_in_the_schema_of_stack_files_and_in_the_table() -> None:
    schema = json_schema.stack_schema(WithMore)["properties"]["config"]["properties"]
    assert schema["niceLevel"]["description"] == "How nice the VMs are."
    assert {"const": ""} in schema["niceLevel"]["anyOf"]
    assert "| [`niceLevel`](#nicelevel) |  | How nice the VMs are |" in keys_page.page(WithMore)


def test_one_mark_says_that_a_field_may_be_secret() -> None:
    assert marks(WithMore)["passKey",].placeholder == "x"
    spec = WithMore.model_validate(
        {
            "namespace": "a",
            "disk": {"source": {"pvc": {"name": "golden"}}},
            "passKey": "hunter2",
            "niceLevel": 3,
        }
    )
    assert "hunter2" not in f"{spec!r} {spec}"
    assert "nice_level=3" in repr(spec)


def test_a_part_of_a_file_is_written_between_its_lines() -> None:
    place = Between("# begin\n", "# end\n")
    assert place.replaced("a\n# begin\nold\n# end\nb\n", "new\n") == "a\n# begin\nnew\n# end\nb\n"


def test_a_file_without_the_lines_is_told() -> None:
    with pytest.raises(ValueError, match="# begin and # end are missing"):
        Between("# begin\n", "# end\n").replaced("a\n", "new\n")


def test_the_schema_takes_secrets_wherever_the_program_does() -> None:
    per_replica = json_schema.stack_schema()["$defs"]["PerReplica"]["properties"]
    for key in ("password", "userData", "networkData", "config"):
        assert "#/$defs/secure" in json.dumps(per_replica[key]), key
