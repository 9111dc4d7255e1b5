"""The stacks of docs/examples: each is sound, taken by an API server, and compared as any other."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from checkout import ROOT, copied
from click.testing import CliRunner
from cluster_fixtures import RunKubectl
from kubevirt_vm_pool.effects import Severity, effects, worst
from kubevirt_vm_pool.manifests.objects import CLONING, objects
from kubevirt_vm_pool.validation.validate import specify
from repository import Repository, begun
from stack_schema import refusals

from vmpool.cli import main
from vmpool.stack import stack_files

FOLDER = ROOT / "docs" / "examples"
NAMES = stack_files.names(FOLDER)

every = pytest.mark.parametrize("name", NAMES)


def objects_of(name: str, **changes: Any) -> dict[str, Any]:
    """Return the objects of an example by role, with some keys changed."""
    stack = stack_files.read(name, FOLDER)
    return objects(specify({**stack.given, **changes}, stack=name, where=stack.file.name))


def test_there_are_examples() -> None:
    assert {"containerdisk", "windows"} <= set(NAMES)


@every
def test_an_example_is_sound_to_an_editor_and_names_the_schema(name: str) -> None:
    file = FOLDER / f"Pulumi.{name}.yaml"
    text = file.read_text(encoding="utf-8")
    named = text.splitlines()[0].removeprefix("# yaml-language-server: $schema=")
    assert (FOLDER / named).resolve() == ROOT / "schema" / "stack.json"
    assert refusals(yaml.safe_load(text)) == []


@every
def test_an_example_is_rendered(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack_files.read, "__defaults__", (FOLDER,))
    done = CliRunner().invoke(main, ["render", "--stack", name])
    assert done.exit_code == 0, done.output
    kinds = [document["kind"] for document in yaml.safe_load_all(done.stdout)]
    assert kinds == [manifest["kind"] for manifest in objects_of(name).values()]


@every
def test_an_example_is_stored_by_the_api_server_as_it_is(
    name: str, kubectl: RunKubectl, made_namespace: str
) -> None:
    for role, manifest in objects_of(name, namespace=made_namespace).items():
        if role in CLONING:
            # The golden images' namespace is not there.
            manifest["metadata"]["namespace"] = made_namespace
        said = json.dumps(manifest)
        kubectl("apply", "--server-side", "-f", "-", stdin=said)
        kind, metadata = manifest["kind"], manifest["metadata"]
        got = kubectl("get", kind, metadata["name"], "-n", made_namespace, "-o", "json").stdout
        stored = json.loads(got)
        if kind == "VirtualMachinePool":
            assert stored["spec"] == manifest["spec"]


@every
def test_an_example_that_stays_as_it_is_has_no_effects(name: str) -> None:
    assert effects(objects_of(name), objects_of(name)) == []


@every
def test_another_label_of_an_examples_vms_restarts_them_and_takes_no_disk(name: str) -> None:
    found = effects(objects_of(name), objects_of(name, vmLabels={"changed": "yes"}))
    assert worst(found) == Severity.RESTART_SOME


def test_examples_are_compared_by_revisions_as_any_stack(tmp_path: Path) -> None:
    repository = begun(copied(tmp_path / "project"))
    for name in NAMES:
        shutil.copy(FOLDER / f"Pulumi.{name}.yaml", _file(repository, name))
    repository.commit()
    repository.git("switch", "--quiet", "--create", "changed")
    for name in NAMES:
        file = _file(repository, name)
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("\nconfig:\n", "\nconfig:\n  vmLabels: {changed: 'yes'}\n"))
    repository.commit()
    comparison = repository.compared("main", "changed").comparison
    assert {change.name for change in comparison.changes} == set(NAMES)


def _file(repository: Repository, name: str) -> Path:
    return repository.root / f"Pulumi.{name}.yaml"
