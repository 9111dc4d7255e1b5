"""The programs of examples/ in Python: each with mocks, and under the real engine."""

from __future__ import annotations

import json
import runpy
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pulumi
import pytest
import yaml
from checkout import ROOT
from cluster_fixtures import RunKubectl
from encrypted import salt_for, sealed
from engine_mocks import Run, attempt, engine_config, run
from plain_updates import PASSPHRASE, run_stack

from vmpool.controlplane.client import Cluster

EXAMPLES = ROOT / "examples"
PYTHON = ("two_tier", "golden_image", "class_of_30")
POOL = ":VirtualMachinePool"
HPA = ":HorizontalPodAutoscaler"


def project(name: str) -> Mapping[str, object]:
    """Return what an example's Pulumi.yaml says."""
    text = (EXAMPLES / name / "Pulumi.yaml").read_text(encoding="utf-8")
    said: Mapping[str, object] = yaml.safe_load(text)
    return said


def configuration(name: str) -> dict[str, object]:
    """Return an example's configuration: its defaults, and a password."""
    declared = project(name)["config"]
    assert isinstance(declared, dict)
    given = {key: one["default"] for key, one in declared.items() if "default" in one}
    return {**given, "password": "x"}


def stack_file(name: str) -> str:
    """Return the file of a stack that says what is to be said: the password, encrypted."""
    key = f"{project(name)['name']}:password"
    secret = {"secure": sealed(PASSPHRASE, "x")}
    return json.dumps({"encryptionsalt": salt_for(PASSPHRASE), "config": {key: secret}})


def program(file: Path) -> Callable[[], object]:
    """Return a program as the engine's host runs it."""
    return lambda: runpy.run_path(str(file), run_name="__main__")


def registered(name: str, *, stack: str = "team-a", preview: bool = False) -> Run:
    """Return what an example registers, with mocks."""
    given = engine_config(configuration(name))
    return run(program(EXAMPLES / name / "__main__.py"), given, stack=stack, preview=preview)


def of_kind(asked: Run, kind: str) -> set[str]:
    """Return the names of what has a kind."""
    return {name for name, one in asked.resources.items() if one.type.endswith(kind)}


@pytest.mark.parametrize("name", PYTHON)
def test_a_program_runs_in_a_preview_and_in_an_update(name: str) -> None:
    names = [registered(name, preview=preview).resources.keys() for preview in (True, False)]
    assert names[0] == names[1]


@pytest.mark.parametrize("name", PYTHON)
def test_a_project_has_the_packages_that_its_program_imports(name: str) -> None:
    text = (EXAMPLES / name / "requirements.txt").read_text(encoding="utf-8")
    (where,) = (line for line in text.splitlines() if not line.startswith("#"))
    assert (EXAMPLES / name / where / "pyproject.toml").is_file()


def test_only_the_web_tier_is_scaled_and_reached() -> None:
    asked = registered("two_tier")
    assert of_kind(asked, POOL) == {"web-pool", "worker-pool"}
    assert of_kind(asked, HPA) == {"web-autoscaler"}
    assert of_kind(asked, ":Service") == {"web-service"}
    assert asked.stack_outputs == {
        "url": "http://web.team-a.svc.cluster.local",
        "pools": ["web", "worker"],
    }


def test_the_namespace_and_the_golden_image_come_before_the_pool() -> None:
    asked = registered("golden_image")
    assert asked.resources["web"].dependencies == {"namespace", "golden"}
    pool = asked.resources["web-pool"].properties["spec"]["virtualMachineTemplate"]["spec"]
    (disk,) = pool["dataVolumeTemplates"]
    golden = asked.resources["golden"].properties["metadata"]
    assert disk["spec"]["source"]["pvc"] == golden


def test_a_name_that_is_an_output_is_refused_as_the_program_says(tmp_path: Path) -> None:
    text = (EXAMPLES / "golden_image" / "__main__.py").read_text(encoding="utf-8")
    plain, later = '    "namespace": NAMESPACE,\n', '    "namespace": namespace.metadata.name,\n'
    assert plain in text
    file = tmp_path / "__main__.py"
    file.write_text(text.replace(plain, later), encoding="utf-8")
    done = attempt(program(file), engine_config(configuration("golden_image")), preview=True)
    assert isinstance(done.error, pulumi.RunError)
    assert f"\n    {done.error}\n" in text
    assert of_kind(done, POOL) == set()


def test_a_class_has_a_pool_for_each_of_thirty() -> None:
    asked = registered("class_of_30")
    pools = [asked.resources[name].properties["metadata"] for name in of_kind(asked, POOL)]
    assert sorted((one["namespace"], one["name"]) for one in pools) == [
        (f"user{number:02}", "web") for number in range(1, 31)
    ]


@pytest.mark.needs_engine
@pytest.mark.parametrize("name", PYTHON)
def test_an_up_makes_all_of_it_and_a_preview_then_finds_no_change(
    name: str, cluster: Cluster, kubectl: RunKubectl, namespace: str, tmp_path: Path
) -> None:
    folder, state = tmp_path / "example", tmp_path / "state"
    shutil.copytree(EXAMPLES / name, folder)
    declared = project(name)["name"]
    (folder / f"Pulumi.{namespace}.yaml").write_text(stack_file(name), encoding="utf-8")
    if name == "two_tier":
        kubectl("create", "namespace", namespace)
    if name == "class_of_30":
        kubectl("create", "namespace", "images")

    options = f"--project {declared} --stack {namespace}"
    for verb in ("up", "preview --expect-no-changes"):
        done = run_stack(f"{verb} {options}", folder, cluster, state)
        assert done.returncode == 0, done.stdout
    wanted = registered(name, stack=namespace)
    for pool in of_kind(wanted, POOL):
        metadata = wanted.resources[pool].properties["metadata"]
        kubectl("get", "vmpool", metadata["name"], "-n", metadata["namespace"])
