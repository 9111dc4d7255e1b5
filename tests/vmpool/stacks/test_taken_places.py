"""`vmpool stack new`: no stack gets the objects of another one, or a state that is there."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from configurations import MARKER
from stacks_folder import folder, run

from vmpool import target
from vmpool.engine import install
from vmpool.stack import stack_files

__all__ = ["folder"]

SHARED = "config: {name: web, namespace: shared, disk: {source: {pvc: {name: golden}}}}\n"


@pytest.fixture(autouse=True)
def without_a_cluster(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what is known of clusters in the test's folder."""
    monkeypatch.setattr(target, "CLUSTER", folder / ".vmpool" / "cluster")


def write(folder: Path, name: str, text: str) -> None:
    (folder / f"Pulumi.{name}.yaml").write_text(text, encoding="utf-8")


def kept(backend: Path, stack: str, project: str = "kubevirt-vm-pool") -> None:
    """Let a file backend know a stack that has no resources."""
    stacks = backend / ".pulumi" / "stacks" / project
    stacks.mkdir(parents=True)
    text = json.dumps({"version": 3, "checkpoint": {"latest": {}}})
    (stacks / f"{stack}.json").write_text(text, encoding="utf-8")


# --- objects -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        SHARED,
        SHARED.replace("}}}}", "}}}, replicas: many}"),
        f"{SHARED[:-2]}, password: {{secure: AA}}}}\n",
    ],
    ids=["sound", "refused by the check", "not to be decrypted"],
)
def test_the_objects_of_any_stack_are_taken(folder: Path, text: str) -> None:
    write(folder, "bob", text)
    done = run("stack", "new", "cid", "--set", "namespace=shared")
    assert (done.exit_code, stack_files.names(folder)) == (1, ["bob", "dev"])
    assert "cid would have the pool web in namespace shared, as bob has" in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        SHARED.replace("web", "db"),
        SHARED.replace("shared", "own"),
        SHARED.replace("{name: web", "{kubernetes:context: prod, name: web"),
    ],
    ids=["another pool", "another namespace", "another cluster"],
)
def test_objects_of_another_name_or_elsewhere_are_others(folder: Path, text: str) -> None:
    write(folder, "bob", text)
    done = run("stack", "new", "cid", "--set", "namespace=shared")
    assert done.exit_code == 0, done.stderr


def test_what_all_stacks_have_in_common_counts(folder: Path) -> None:
    write(folder, "bob", SHARED.replace("name: web, ", ""))
    (folder / "Pulumi.yaml").write_text("config: {name: {value: web}}\n", encoding="utf-8")
    assert run("stack", "new", "cid", "--set", "namespace=shared").exit_code == 1


def test_a_stack_that_cannot_be_read_is_named_and_keeps_nobody_from_a_stack(folder: Path) -> None:
    write(folder, "bob", "config: [\n")
    write(folder, "eve", "environment: [team]\nconfig: {}\n")
    done = run("stack", "new", "cid")
    assert done.exit_code == 0, done.stderr
    assert "not compared with bob, eve: the file does not tell where the objects are" in done.stderr


# --- state ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", ["cid", "cid --set kubernetes:context=prod"])
def test_a_stack_that_the_backend_knows_is_there_without_its_file(
    folder: Path, arguments: str
) -> None:
    place = target.CLUSTER if arguments == "cid" else target.CLUSTER.parent
    kept(place / "state", "cid")
    done = run("stack", "new", *arguments.split())
    assert (done.exit_code, stack_files.names(folder)) == (1, ["dev"])
    assert f"cid is known to the backend ({place / 'state'})" in done.stderr
    assert run("stack", "new", "dora").exit_code == 0


def test_the_backend_that_the_person_has_chosen_is_asked(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path / "mine", "cid")
    kept(tmp_path / "old", "cid", project=".")
    assert run("stack", "new", "dora").exit_code == 0
    for backend in ("mine", "old"):
        monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / backend).as_uri())
        assert run("stack", "new", "cid").exit_code == 1


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backend that is no folder, asked by what stands for the engine; the file has its answer."""
    answer, program = tmp_path / "answer", tmp_path / "pulumi"
    program.write_text(f"#!/bin/sh\necho >> {tmp_path}/asked\ncat {answer}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(install, "found_engine", lambda _: SimpleNamespace(program=str(program)))
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"postgres://me:{MARKER}@db/pulumi")
    return answer


def test_a_backend_elsewhere_is_asked_once_for_all(folder: Path, elsewhere: Path) -> None:
    elsewhere.write_text('[{"name": "organization/kubevirt-vm-pool/cid", "resourceCount": 0}]')
    (folder / "users").write_text("ann\nbob\ncid\n", encoding="utf-8")
    done = run("stack", "new", "--users", str(folder / "users"))
    assert (done.exit_code, stack_files.names(folder)) == (1, ["dev"])
    assert "cid is known to the backend (the one of PULUMI_BACKEND_URL)" in done.stderr
    assert MARKER not in done.output
    assert (elsewhere.parent / "asked").read_text() == "\n"


def test_a_backend_that_does_not_answer_is_told_and_keeps_nobody_from_a_stack(
    folder: Path, elsewhere: Path
) -> None:
    elsewhere.write_text("error: no route to host")
    done = run("stack", "new", "cid")
    assert (done.exit_code, stack_files.names(folder)) == (0, ["cid", "dev"])
    assert "not compared with what the backend knows" in done.stderr
