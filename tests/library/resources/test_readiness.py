"""An update that waits for VMs: when it looks, at which cluster, and what it does in vain."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

import pulumi
import pytest
from checkout import path_without
from cluster_fixtures import RunKubectl
from configurations import DEV, MARKER, specification
from engine_mocks import Run, attempt, engine_config, main_program, run
from kubevirt_vm_pool import VmPool
from kubevirt_vm_pool.effects.disk_guard import DISK_LOSS
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.resources.kubernetes_object import KubernetesObject
from vm_pools import arguments, one_pool

from vmpool.controlplane import binaries
from vmpool.controlplane.client import Cluster
from vmpool.engine import pulumi_cli

WAITING = "name: web\nautoscaling:\nreplicas: 2\nwaitForReady: true\n"
READY = ("info", "pool web: 2 of 2 VMs ready")


@pytest.fixture(autouse=True)
def _a_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let kubectl be on PATH, no cluster be named, nothing be allowed, and temporary files stay."""
    monkeypatch.setenv("PATH", f"{binaries.kubectl().parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("KUBECONFIG", "")
    monkeypatch.delenv(DISK_LOSS, raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.fixture
def place(cluster: Cluster, kubectl: RunKubectl, made_namespace: str) -> str:
    """A namespace that has the pool already: the engine of these tests makes nothing."""
    spec = specification(f"{WAITING}\nnamespace: {made_namespace}")
    kubectl("create", "-f", "-", stdin=json.dumps(objects(spec)["pool"]))
    return made_namespace


def here(place: str) -> str:
    """Return the configuration of a pool in a namespace that is waited for."""
    return f"{WAITING}namespace: {place}"


def error(done: Run) -> str:
    """Return the error with which a program ended, as a person reads it."""
    assert isinstance(done.error, pulumi.RunError), done.error
    return str(done.error)


# --- which cluster -------------------------------------------------------------------------------


def test_an_update_waits_in_the_cluster_that_the_environment_names(
    cluster: Cluster, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(cluster.kubeconfig))
    assert READY in run(one_pool(here(place))).told


@pytest.mark.parametrize("by", ["path", "content"])
def test_an_update_waits_in_the_cluster_that_the_configuration_names(
    cluster: Cluster, place: str, tmp_path: Path, by: str
) -> None:
    path = cluster.kubeconfig
    kubeconfig = str(path) if by == "path" else path.read_text(encoding="utf-8")
    done = run(one_pool(here(place)), {"kubernetes:kubeconfig": kubeconfig})
    assert READY in done.told
    assert list(tmp_path.iterdir()) == []


def test_the_programs_own_cluster_is_waited_in(
    cluster: Cluster, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(cluster.kubeconfig))
    own = {"name": "web", "namespace": place, "autoscaling": None, "waitForReady": True}
    assert READY in run(main_program, engine_config({**DEV, **own})).told


def test_the_configured_context_counts(
    cluster: Cluster, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(cluster.kubeconfig))
    done = attempt(one_pool(here(place)), {"kubernetes:context": "elsewhere"})
    assert "elsewhere" in error(done)


def test_no_content_of_a_kubeconfig_is_shown() -> None:
    done = attempt(one_pool(here("nowhere")), {"kubernetes:kubeconfig": f"users: {MARKER}"})
    assert error(done).startswith("kubectl get: ")
    assert MARKER not in done.plain_text


def test_another_provider_is_no_cluster_that_kubectl_could_know() -> None:
    def program() -> None:
        other = pulumi.ProviderResource("kubernetes", "other")
        VmPool("web", arguments(WAITING), pulumi.ResourceOptions(provider=other))

    done = attempt(program)
    assert error(done).startswith("waitForReady: nothing tells kubectl which cluster")
    assert done.resources.keys() == {"other", "web"}


# --- when ----------------------------------------------------------------------------------------


def test_a_preview_never_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", path_without("kubectl"))
    assert run(one_pool(WAITING), preview=True).told == []


def test_where_disks_are_given_away_nothing_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a destroy, which runs the program too, would wait for VMs that are to go."""
    monkeypatch.setenv(DISK_LOSS, "web")
    assert run(one_pool(here("nowhere"))).told == []


def test_without_kubectl_nothing_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", path_without("kubectl"))
    done = attempt(one_pool(WAITING))
    assert error(done) == (
        "waitForReady: kubectl, which looks whether the VMs are ready, is not on PATH; install it, "
        "or set waitForReady to false"
    )
    assert done.resources.keys() == {"vms"}


def test_the_command_line_lets_the_program_find_kubectl(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "kubectl").symlink_to(binaries.kubectl())
    environment = {"PATH": path_without("kubectl")}
    monkeypatch.setenv("PATH", environment["PATH"])
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))
    pulumi_cli.put_kubectl_on_path(environment)
    assert shutil.which("kubectl", path=environment["PATH"]) == str(tmp_path / "kubectl")


def test_a_wait_in_vain_fails_the_update_when_all_else_is_registered(
    cluster: Cluster, made_namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(cluster.kubeconfig))

    def program() -> None:
        one_pool(here(made_namespace))()
        KubernetesObject("after", {"apiVersion": "v1", "kind": "ConfigMap"})
        pulumi.export("after", "the pool")

    done = attempt(program)
    assert error(done) == f"there is no pool web in namespace {made_namespace} to wait for"
    assert {"after", "vms-pool"} < done.resources.keys()
    assert done.stack_outputs == {"after": "the pool"}
