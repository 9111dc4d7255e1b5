"""The stacks of docs/examples: each is sound, taken by an API server, and compared as any other."""

from __future__ import annotations

import itertools
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
from kubevirt_vm_pool.validation.warnings import warnings
from repository import Repository, begun
from stack_schema import refusals

from vmpool.cli import main
from vmpool.diff.comparison import Status
from vmpool.stack import stack_files

FOLDER = ROOT / "docs" / "examples"
NAMES = stack_files.names(FOLDER)

every = pytest.mark.parametrize("name", NAMES)


def objects_of(name: str, **changes: Any) -> dict[str, Any]:
    """Return the objects of an example by role, with some keys changed."""
    stack = stack_files.read(name, FOLDER)
    return objects(specify({**stack.given, **changes}, stack=name, where=stack.file.name))


def guest_of(name: str) -> dict[str, Any]:
    """Return the spec of an example's VMIs."""
    pool = objects_of(name)["pool"]
    guest: dict[str, Any] = pool["spec"]["virtualMachineTemplate"]["spec"]["template"]["spec"]
    return guest


def test_there_is_an_example_of_each_kind() -> None:
    assert {"windows", "gpu", "two-networks", "containerdisk", "talos", "keda"} <= set(NAMES)


@every
def test_an_example_says_in_two_lines_what_it_is(name: str) -> None:
    lines = (FOLDER / f"Pulumi.{name}.yaml").read_text(encoding="utf-8").splitlines()
    comment = list(itertools.takewhile(lambda line: line.startswith("#"), lines))
    assert comment[1] == "#"
    said = list(itertools.takewhile(lambda line: line != "#", comment[2:]))
    assert len(said) == 2
    assert said[-1].endswith(".")


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
    changes = repository.compared("main", "changed").comparison.changes
    assert {change.name: change.severity for change in changes} == dict.fromkeys(
        NAMES, Severity.RESTART_SOME
    )
    assert {change.status for change in changes} == {Status.CHANGED}


def test_windows_boots_securely_and_leaves_the_buses_to_the_preference() -> None:
    guest = guest_of("windows")
    devices = guest["domain"]["devices"]
    assert not any("bus" in one.get("disk", {}) for one in devices["disks"])
    assert guest["domain"]["firmware"]["bootloader"]["efi"]["secureBoot"] is True
    assert guest["domain"]["features"]["smm"] == {"enabled": True}
    assert devices["tpm"] == {"persistent": True}


def test_windows_has_answers_in_place_of_cloud_init() -> None:
    volumes = {volume["name"]: volume for volume in guest_of("windows")["volumes"]}
    assert volumes["answers"]["sysprep"] == {"secret": {"name": "windows-answers"}}
    assert not any("cloudInitNoCloud" in volume for volume in volumes.values())
    assert "cloud-init" not in objects_of("windows")


def test_gpu_workers_have_dedicated_cpus_and_no_request_of_their_own() -> None:
    domain = guest_of("gpu")["domain"]
    assert domain["cpu"]["cores"] == 8
    assert "resources" not in domain


def test_keda_may_set_any_number_and_no_update_takes_it_back() -> None:
    before, after = objects_of("keda"), objects_of("keda", replicas=5)
    assert "autoscaler" not in before
    assert worst(effects(before, after, replicas=9)) == Severity.NOTHING


def test_two_networks_has_a_secret_for_each_vm_and_three_services() -> None:
    made = objects_of("two-networks")
    services = [role for role in made if role.startswith("service")]
    assert services == ["service", "service-each", "service-public"]
    assert {"cloud-init-0", "cloud-init-3"} <= set(made)


def test_talos_is_a_pool_and_nothing_else() -> None:
    specification = stack_files.read("talos", FOLDER).specification()
    assert set(objects(specification)) == {"pool"}
    assert not any("networkData" in note for note in warnings(specification))


def _file(repository: Repository, name: str) -> Path:
    return repository.root / f"Pulumi.{name}.yaml"
