"""Changes to a pool that runs, under the real engine on the embedded control plane."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import engine_checkout
import pytest
from checkout import Checkout
from engine_checkout import Pulumi, brought_up, kubectl, live, replicas

pytestmark = pytest.mark.needs_engine

ON = """\
config:
  name: web
  namespace: dev
  password: x
  disk: {source: {pvc: {name: golden}}}
  autoscaling: {minReplicas: 2, maxReplicas: 6, targetCPUUtilizationPercentage: 50}
"""
OFF = ON.partition("  autoscaling:")[0] + "  replicas: 2\n"
PARKED = ON + "  replicas: 0\n"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout with an environment of its own."""
    yield from engine_checkout.checkout(tmp_path_factory.mktemp("project") / "p")


@pytest.fixture
def pool(checkout: Checkout) -> Iterator[Checkout]:
    """A checkout whose stack dev has a pool "web" that is autoscaled; it goes afterwards."""
    checkout.write("dev", ON)
    checkout.vm_pool("up")
    yield checkout
    checkout.write("dev", ON)
    checkout.vm_pool("down")


def scale(checkout: Checkout, number: int) -> None:
    """Scale as an autoscaler does, or a person with kubectl."""
    kubectl(checkout, "scale", "vmpool", "web", "-n", "dev", f"--replicas={number}")


def has_autoscaler(checkout: Checkout) -> bool:
    """Whether there is an HPA."""
    return "web" in kubectl(checkout, "get", "hpa", "-n", "dev", "-o", "name")


# --- who owns the number of replicas -------------------------------------------------------------


def test_an_autoscaled_pool_keeps_its_number_while_another_field_changes(pool: Checkout) -> None:
    scale(pool, 5)
    said = brought_up(pool, ON + "  memory: 3Gi\n")
    assert replicas(pool) == 5
    assert "restart one by one" in said


def test_without_autoscaling_the_configuration_takes_the_number_back(pool: Checkout) -> None:
    scale(pool, 5)
    said = brought_up(pool, OFF)
    assert (replicas(pool), has_autoscaler(pool)) == (2, False)
    assert "warning: " in said
    scale(pool, 4)
    brought_up(pool, OFF)
    assert replicas(pool) == 2


def test_autoscaling_that_comes_back_takes_over_the_number_that_is_there(pool: Checkout) -> None:
    brought_up(pool, OFF)
    scale(pool, 4)
    brought_up(pool, ON)
    assert (replicas(pool), has_autoscaler(pool)) == (4, True)


def test_a_parked_pool_has_no_autoscaler_and_wakes_at_its_minimum(pool: Checkout) -> None:
    scale(pool, 5)
    said = brought_up(pool, PARKED)
    assert (replicas(pool), has_autoscaler(pool)) == (0, False)
    assert "autoscaling is off while replicas is 0" in said
    brought_up(pool, ON)
    assert (replicas(pool), has_autoscaler(pool)) == (2, True)
    scale(pool, 5)
    brought_up(pool, ON)
    assert replicas(pool) == 5


def test_a_pool_without_autoscaling_goes_to_0_and_back(pool: Checkout) -> None:
    brought_up(pool, OFF)
    brought_up(pool, OFF.replace("replicas: 2", "replicas: 0"))
    assert replicas(pool) == 0
    brought_up(pool, ON)
    assert (replicas(pool), has_autoscaler(pool)) == (2, True)


# --- the disk guard ------------------------------------------------------------------------------

LARGER = ON.replace("disk: {", "disk: {size: 9Gi, ")
LOSING = {
    "another disk": LARGER,
    "another name": ON.replace("name: web", "name: other"),
    "another namespace": ON.replace("namespace: dev", "namespace: default"),
}


@pytest.mark.parametrize("change", LOSING)
def test_a_change_that_loses_disks_is_refused_before_anything_happens(
    pool: Checkout, change: str
) -> None:
    before = live(pool, "vmpool", "web")["metadata"]["resourceVersion"]
    pool.write("dev", LOSING[change])
    for verb in ("preview", "up"):
        done = pool.run(".venv/bin/vmpool", verb)
        assert done.returncode != 0
        assert "refused: " in done.stdout
        assert "web-disk-*" in done.stdout
        assert "VMPOOL_ALLOW_DISK_LOSS=web" in done.stdout
    assert live(pool, "vmpool", "web")["metadata"]["resourceVersion"] == before
    assert has_autoscaler(pool)


def test_a_change_that_loses_disks_is_made_once_when_it_is_allowed(pool: Checkout) -> None:
    pool.write("dev", LARGER)
    assert (
        pool.run("env", "VMPOOL_ALLOW_DISK_LOSS=ann/web", ".venv/bin/vmpool", "up").returncode != 0
    )
    done = pool.run("env", "VMPOOL_ALLOW_DISK_LOSS=dev/web", ".venv/bin/vmpool", "up")
    assert "updated VirtualMachinePool web" in done.stdout
    pool.write("dev", ON)
    assert pool.run(".venv/bin/vmpool", "up").returncode != 0
    pool.run("env", "VMPOOL_ALLOW_DISK_LOSS=web", ".venv/bin/vmpool", "up")


def test_fewer_replicas_are_told_and_not_refused(pool: Checkout) -> None:
    brought_up(pool, OFF.replace("replicas: 2", "replicas: 4"))
    said = brought_up(pool, OFF)
    assert "warning: " in said
    assert "2 disks (web-disk-*)" in said
    assert replicas(pool) == 2


def test_a_plain_destroy_is_refused_and_nothing_goes(pool: Checkout) -> None:
    pulumi = Pulumi(pool)
    assert "--run-program" in pulumi("destroy", "--yes", "--skip-preview", code=1)
    said = pulumi("destroy", "--run-program", "--yes", "--skip-preview", code=1)
    assert "VMPOOL_ALLOW_DISK_LOSS=web" in said
    for kind, name in (("vmpool", "web"), ("service", "web"), ("secret", "web-cloudinit")):
        assert live(pool, kind, name)
    assert has_autoscaler(pool)


@pytest.fixture
def program(pool: Checkout) -> Iterator[Path]:
    """The program of the pool's stack, to be changed; it is put back afterwards."""
    file = pool.folder / "__main__.py"
    own = file.read_text(encoding="utf-8")
    yield file
    file.write_text(own, encoding="utf-8")


CLUSTER = """\
import pulumi
from kubevirt_vm_pool import Cluster
cluster = Cluster("cluster")
"""
WITHOUT_THE_POOL = {
    "it has another logical name": f"""\
{CLUSTER}
from components import VmPool
from kubevirt_vm_pool.resources.engine_config import from_engine
VmPool("others", from_engine(), pulumi.ResourceOptions(provider=cluster))
""",
    "the cluster stays": CLUSTER,
    "the import stays": "from components import VmPool\n",
    "another pool comes": f"""\
{CLUSTER}
from components import VmPool
args = {{"password": "x", "disk": {{"source": {{"pvc": {{"name": "golden"}}}}}}}}
VmPool("other", args, pulumi.ResourceOptions(provider=cluster))
""",
}


def test_a_pool_that_leaves_the_program_is_refused_by_all_that_is_left(
    pool: Checkout, program: Path
) -> None:
    pulumi = Pulumi(pool)
    for rest, text in WITHOUT_THE_POOL.items():
        program.write_text(text, encoding="utf-8")
        said = pulumi("preview", code=1)
        assert "refused: web is deleted with all 2 VMs" in said, rest
        assert "To allow it for one command, set VMPOOL_ALLOW_DISK_LOSS=web" in said, rest
    program.write_text("import pulumi\n", encoding="utf-8")
    assert 'hook "kubevirt-vm-pool-deletion" was not registered' in pulumi("preview", code=1)


def test_a_pool_leaves_the_program_when_that_is_allowed(pool: Checkout, program: Path) -> None:
    program.write_text(CLUSTER, encoding="utf-8")
    pulumi = Pulumi(pool)
    up = ("up", "--yes", "--skip-preview")
    assert "refused: web is deleted" in pulumi(*up, code=1)
    assert live(pool, "vmpool", "web")
    assert has_autoscaler(pool)
    pulumi.environment["VMPOOL_ALLOW_DISK_LOSS"] = "web"
    pulumi(*up)
    assert kubectl(pool, "get", "vmpool", "-n", "dev", "-o", "name") == ""


def test_a_protected_pool_is_not_destroyed(pool: Checkout) -> None:
    brought_up(pool, ON + "  protect: true\n")
    assert pool.run(".venv/bin/vmpool", "down").returncode != 0
    assert live(pool, "vmpool", "web")
    brought_up(pool, ON)


# --- cloud-init, versions, waiting, adoption ------------------------------------------------------


def test_a_change_of_cloud_init_is_told_and_touches_no_vm(pool: Checkout) -> None:
    generation = live(pool, "vmpool", "web")["metadata"]["generation"]
    pool.write("dev", ON + "  cloudInit: {timezone: Europe/Zurich}\n")
    shown = pool.vm_pool("preview")
    assert "only new ones see it" in shown
    pool.vm_pool("up")
    assert live(pool, "vmpool", "web")["metadata"]["generation"] == generation


def test_the_pools_api_version_changes_without_touching_a_vm(pool: Checkout) -> None:
    before = live(pool, "vmpool", "web")["metadata"]
    said = brought_up(pool, ON + "  poolApiVersion: v1beta1\n")
    assert "created VirtualMachinePool" not in said
    assert "deleted VirtualMachinePool" not in said
    after = live(pool, "vmpool", "web")["metadata"]
    assert (after["uid"], after["generation"]) == (before["uid"], before["generation"])
    brought_up(pool, ON)
    assert live(pool, "vmpool", "web")["metadata"]["uid"] == before["uid"]


WAITING = ON + "  waitForReady: true\n  waitForReadyMinutes: 1\n"


def test_up_waits_until_all_vms_are_ready(pool: Checkout) -> None:
    said = brought_up(pool, WAITING + "  memory: 3Gi\n")
    assert "pool web: 2 of 2 VMs ready" in said
    pulumi = Pulumi(pool)
    assert "2 of 2 VMs ready" not in pulumi("preview")
    # Nothing changes, and the VMs are looked at all the same.
    assert "2 of 2 VMs ready" in pulumi("up", "--yes", "--skip-preview")
    assert "pool web: 0 of 0 VMs ready" in brought_up(pool, WAITING + "  replicas: 0\n")


def test_up_fails_with_the_reasons_when_vms_are_not_ready_in_time(pool: Checkout) -> None:
    brought_up(pool, WAITING)
    pause(pool, "true")
    scale(pool, 3)
    refuse_to_clone(pool, "web-2")
    pulumi = Pulumi(pool)
    said = pulumi("up", "--yes", "--skip-preview", code=1)
    assert "pool web in namespace dev is not ready after 1 min 0 s: 2 of 3 VMs are" in said
    assert "web-2: UnauthorizedDataVolumeCreate: " in said
    assert "set cloneAccess: true" in said
    assert "Traceback" not in said
    pause(pool, "null")
    assert "3 of 3 VMs ready" in pulumi("up", "--yes", "--skip-preview")
    pulumi("preview", "--expect-no-changes")


def test_vms_that_are_to_go_are_not_waited_for(pool: Checkout) -> None:
    brought_up(pool, WAITING)
    pause(pool, "true")
    scale(pool, 3)
    said = pool.vm_pool("down")
    assert "VMs ready" not in said
    assert "deleted VirtualMachinePool web" in said


def pause(checkout: Checkout, value: str) -> None:
    """Let the pool's controller do nothing ("true"), or work again ("null")."""
    patch = f'{{"spec": {{"paused": {value}}}}}'
    kubectl(checkout, "patch", "vmpool", "web", "-n", "dev", "--type=merge", "-p", patch)


def refuse_to_clone(checkout: Checkout, vm: str) -> None:
    """Make the event with which KubeVirt says that it may not clone a VM's disk."""
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{vm}.1", "namespace": "dev"},
        "type": "Warning",
        "involvedObject": {"kind": "VirtualMachine", "name": vm, "namespace": "dev"},
        "reason": "UnauthorizedDataVolumeCreate",
        "message": "User default has insufficient permissions in clone source namespace images",
    }
    file = checkout.folder / "event.json"
    file.write_text(json.dumps(event), encoding="utf-8")
    kubectl(checkout, "create", "-f", str(file))


def by_hand(checkout: Checkout, text: str) -> None:
    """Make a stack's objects with kubectl, as people did before."""
    checkout.write("hand", text)
    rendered = checkout.vm_pool("render", "-s", "hand", "--show-secrets")
    (checkout.folder / "hand.yaml").write_text(rendered, encoding="utf-8")
    kubectl(checkout, "create", "namespace", "hand")
    kubectl(checkout, "apply", "-f", "hand.yaml")


def test_objects_made_by_hand_are_adopted_without_touching_a_vm(pool: Checkout) -> None:
    text = ON.replace("namespace: dev", "namespace: hand")
    by_hand(pool, text)
    before = live(pool, "vmpool", "web", "hand")["metadata"]
    try:
        pool.write("hand", text + "  adopt: true\n  memory: 3Gi\n")
        refused = pool.run(".venv/bin/vmpool", "up", "-s", "hand")
        assert "VMPOOL_ALLOW_RESTART=web" in refused.stdout
        assert "resources.requests.memory" in refused.stdout
        pool.write("hand", text + "  adopt: true\n")
        pool.vm_pool("up", "-s", "hand")
        after = live(pool, "vmpool", "web", "hand")["metadata"]
        assert (after["uid"], after["generation"]) == (before["uid"], before["generation"])
        pool.write("hand", text)
        pool.vm_pool("up", "-s", "hand")
        after = live(pool, "vmpool", "web", "hand")["metadata"]
        assert (after["uid"], after["generation"]) == (before["uid"], before["generation"])
        pool.vm_pool("down", "-s", "hand")
    finally:
        kubectl(pool, "delete", "namespace", "hand", "--wait=false")
