"""`vmpool diff --live` with the real engine, on the embedded control plane."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from checkout import made
from engine_checkout import kubectl
from repository import Repository, begun, stack_file

pytestmark = pytest.mark.needs_engine

PLACE = ("-n", "alice")


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    """A repository whose stack alice is up; then its pool was scaled and its Service deleted."""
    for checkout in made(tmp_path_factory.mktemp("project") / "p", PYTHONPATH=""):
        repository = begun(checkout)
        repository.make("up", "STACK=alice")
        kubectl(repository, "scale", "vmpool", "web", *PLACE, "--replicas=3")
        kubectl(repository, "delete", "service", "web", *PLACE)
        yield repository


@pytest.fixture
def repository(up: Repository) -> Iterator[Repository]:
    """The same for every test, with alice's file as it was committed."""
    yield up
    up.git("checkout", "--quiet", "--", ".")


def previewed(
    repository: Repository, *options: str, code: int = 0, **environment: str
) -> dict[str, Any]:
    """Return what the engine's preview of alice says."""
    env = [f"{key}={value}" for key, value in environment.items()]
    command = [".venv/bin/vmpool", "diff", "--base", "main", "--live", "--format", "json"]
    log = repository.root / ".vmpool" / "log"
    quietly = f'exec "$@" 2>{log}'
    done = repository.run("env", *env, "sh", "-c", quietly, "sh", *command, *options)
    assert done.returncode == code, done.stdout + log.read_text()
    (live,) = json.loads(done.stdout)["live"]
    assert live["stack"] == "alice"
    return dict(live)


def objects(steps: list[dict[str, Any]]) -> dict[str, str]:
    """Return what happens to objects by their kind."""
    return {step["kind"]: step["what"] for step in steps}


def test_change_and_drift_are_told_apart_and_live_numbers_count(repository: Repository) -> None:
    repository.write("alice", stack_file("memory: 4Gi"))
    live = previewed(repository)
    assert live["verdict"] == "checked by the API server"
    assert objects(live["changes"]) == {"VirtualMachinePool": "updated"}
    assert live["changes"][0]["paths"][-1].endswith("domain.resources.requests.memory")
    assert objects(live["drift"]) == {"Service": "deleted", "VirtualMachinePool": "changed"}
    assert any("1 of 3 VMs of web" in sentence for sentence in live["sentences"])


def test_drift_alone_is_seen_where_a_stack_is_named(repository: Repository) -> None:
    live = previewed(repository, "--stack", "alice", "--exit-code", code=1)
    assert (live["changes"], objects(live["drift"])["Service"]) == ([], "deleted")


def test_what_the_disk_guard_refuses_is_told_in_its_words(repository: Repository) -> None:
    disk = "disk: {size: 6Gi, source: {pvc: {name: golden}}}"
    repository.edit("alice", disk, disk.replace("6Gi", "7Gi"))
    live = previewed(repository, "--exit-code", code=2)
    assert live["verdict"] == "refused"
    assert any("VMPOOL_ALLOW_DISK_LOSS=alice/web" in sentence for sentence in live["sentences"])


def test_a_preview_of_a_cluster_that_is_away_looks_well_and_is_marked(
    repository: Repository, tmp_path: Path
) -> None:
    own = repository.root / ".vmpool"
    away = tmp_path / "kubeconfig"
    away.write_bytes((own / "cluster" / "kubeconfig").read_bytes())
    cluster = kubectl(repository, "config", "view", "-o", "jsonpath={.clusters[0].name}")
    of_file = ("--kubeconfig", str(away), "config")
    kubectl(repository, *of_file, "set-cluster", cluster, "--server=https://127.0.0.1:1")
    # The embedded control plane's own would be ignored.
    state = shutil.copytree(own / "cluster" / "state", tmp_path / "state")
    repository.write("alice", stack_file("memory: 4Gi"))
    live = previewed(
        repository,
        KUBECONFIG=str(away),
        PULUMI_BACKEND_URL=state.as_uri(),
        PULUMI_CONFIG_PASSPHRASE_FILE=str(own / "passphrase"),
    )
    assert (live["verdict"], objects(live["changes"])) == (
        "weak",
        {"VirtualMachinePool": "updated"},
    )
    assert live["weak"][0] == "the cluster does not answer"


def test_a_stack_that_never_was_up_is_not_taken_for_checked(repository: Repository) -> None:
    repository.write("zoe", stack_file())
    shown = repository.run(
        ".venv/bin/vmpool", "diff", "--base", "main", "--live", "--stack", "zoe"
    ).stdout
    repository.remove("zoe")
    assert "zoe on the cluster: weak\n  no up was there yet" in shown
