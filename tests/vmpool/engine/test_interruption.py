"""Ctrl-C and SIGTERM while the engine works on a stack of the embedded control plane."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from checkout import Checkout, made, needs
from engine_checkout import kubectl, live

pytestmark = needs("pulumi")

WAITING = """\
config:
  name: web
  password: x
  disk: {source: {pvc: {name: golden}}}
  autoscaling: {minReplicas: 2, maxReplicas: 6, targetCPUUtilizationPercentage: 50}
  waitForReady: true
"""
POOL = ("vmpool", "web", "-n", "dev")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout whose stack dev is up; a third VM will not be ready, so that an up waits."""
    for one in made(tmp_path_factory.mktemp("project") / "p"):
        one.write("dev", WAITING)
        one.vmpool("up")
        kubectl(one, "patch", *POOL, "--type=merge", "-p", '{"spec": {"paused": true}}')
        kubectl(one, "scale", *POOL, "--replicas=3")
        yield one


@pytest.fixture
def waiting(checkout: Checkout) -> Iterator[subprocess.Popen[str]]:
    """An up that has made its changes and waits."""
    with subprocess.Popen(
        [sys.executable, "-c", "from vmpool.cli import main; main()", "up"],
        cwd=checkout.folder,
        env=checkout.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        assert any("2 of 3 VMs ready" in line for line in process.stderr)
        yield process
        process.kill()


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"]
)
@pytest.mark.parametrize("times", [1, 2], ids=["once", "twice"])
def test_an_interrupted_up_ends_in_order(
    checkout: Checkout,
    waiting: subprocess.Popen[str],
    number: signal.Signals,
    status: int,
    times: int,
) -> None:
    for _ in range(times):
        waiting.send_signal(number)
    _, said = waiting.communicate(timeout=60)
    assert waiting.returncode == status
    assert "Traceback" not in said
    assert locks(checkout) == []
    assert pending(checkout) == []


def test_an_up_after_an_interrupted_one_goes_on(checkout: Checkout) -> None:
    kubectl(checkout, "patch", *POOL, "--type=merge", "-p", '{"spec": {"paused": null}}')
    assert "3 of 3 VMs ready" in checkout.vmpool("up")
    assert live(checkout, "vmpool", "web")["spec"]["replicas"] == 3


def locks(checkout: Checkout) -> list[str]:
    """Return what keeps others from the stack."""
    folder = checkout.folder / ".vmpool" / "cluster" / "state" / ".pulumi" / "locks"
    return [file.name for file in folder.rglob("*") if file.is_file()]


def pending(checkout: Checkout) -> list[object]:
    """Return what the state holds of steps that were begun and not ended."""
    folder = checkout.folder / ".vmpool" / "cluster" / "state" / ".pulumi" / "stacks"
    (file,) = folder.rglob("dev.json")
    deployment = json.loads(file.read_text(encoding="utf-8"))["checkpoint"]["latest"]
    return list(deployment.get("pending_operations") or [])
