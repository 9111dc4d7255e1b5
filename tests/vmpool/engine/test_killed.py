"""kill -9 of an up and its engine, at ten moments: the next up converges by itself."""

from __future__ import annotations

import getpass
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from checkout import Checkout, copied, on_named
from cluster_fixtures import RunKubectl
from processes_below import descendants

from vmpool.controlplane.client import Cluster

pytestmark = pytest.mark.needs_engine

VMPOOL = (sys.executable, "-c", "from vmpool.cli import main; main()")
STACK = """\
config:
  name: web
  namespace: {namespace}
  password: x
  disk: {{source: {{pvc: {{name: golden}}}}}}
"""


class Ups:
    """Ups of one stack on a named cluster."""

    def __init__(self, checkout: Checkout, namespace: str) -> None:
        self.checkout, self.namespace = checkout, namespace
        self.backend = checkout.folder / ".vmpool" / "state" / ".pulumi"
        self.locks = self.backend / "locks" / "organization" / "kubevirt-vm-pool" / "dev"
        self.state = self.backend / "stacks" / "kubevirt-vm-pool" / "dev.json"
        checkout.write("dev", STACK.format(namespace=namespace))

    def killed(self, when: Callable[[Ups, float], bool]) -> None:
        """Begin an up, and kill it and all that it has started when a moment has come."""
        process = subprocess.Popen(
            [*VMPOOL, "up"],
            cwd=self.checkout.folder,
            env=self.checkout.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        began = time.monotonic()
        while process.poll() is None and not when(self, time.monotonic() - began):
            time.sleep(0.005)
        for pid in [process.pid, *descendants(process.pid)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        process.wait()

    def forget_that_the_pool_was_made(self) -> None:
        """Leave the state as an up does that is killed when the pool is made."""
        document = json.loads(self.state.read_text(encoding="utf-8"))
        latest = document["checkpoint"]["latest"]
        (pool,) = [one for one in latest["resources"] if one["urn"].endswith("::vms-pool")]
        latest["resources"].remove(pool)
        without = {key: value for key, value in pool.items() if key not in {"id", "outputs"}}
        latest["pending_operations"] = [{"resource": without, "type": "creating"}]
        self.state.write_text(json.dumps(document), encoding="utf-8")

    def lock(self, **other: str) -> Path:
        """Lock the stack as a process does that is gone; other: whose it is, in place of ours."""
        lock = {
            "pid": 2**22 - 1,
            "username": getpass.getuser(),
            "hostname": socket.gethostname(),
            "timestamp": datetime(2026, 4, 5, 6, 7, tzinfo=UTC).isoformat(),
            **other,
        }
        self.locks.mkdir(parents=True, exist_ok=True)
        file = self.locks / "b0831a07-27cb-45a5-a1d6-5e7b908d75a7.json"
        file.write_text(json.dumps(lock), encoding="utf-8")
        return file

    def up(self, code: int = 0) -> str:
        return self.checkout.vmpool("up", code=code)

    @property
    def locked(self) -> bool:
        return any(self.locks.glob("*.json"))


@pytest.fixture
def ups(cluster: Cluster, made_namespace: str, tmp_path: Path) -> Ups:
    """Ups of a stack that is not up yet."""
    return Ups(copied(tmp_path / "p", **on_named(cluster)), made_namespace)


def after(seconds: float) -> Callable[[Ups, float], bool]:
    return lambda _, since_start: since_start > seconds


def locked(seconds: float) -> Callable[[Ups, float], bool]:
    """Return whether the stack has been locked for so long."""
    since: list[float] = []

    def come(ups: Ups, since_start: float) -> bool:
        if not since and ups.locked:
            since.append(since_start)
        return bool(since) and since_start - since[0] >= seconds

    return come


def ended(ups: Ups, _: float) -> bool:
    """Tell whether the lock has come and gone."""
    resources = ups.state.is_file() and ups.state.read_text(encoding="utf-8").count('"urn"')
    return bool(resources and resources > 5 and not ups.locked)


@pytest.mark.parametrize(
    "moment",
    [
        after(0.4),
        after(1.2),
        locked(0),
        locked(0.15),
        locked(0.3),
        locked(0.45),
        locked(0.6),
        locked(0.75),
        locked(0.9),
        ended,
    ],
    ids=["at once", "preview", *(f"locked {n}" for n in range(7)), "at the end"],
)
def test_the_next_up_converges(
    moment: Callable[[Ups, float], bool], ups: Ups, kubectl: RunKubectl
) -> None:
    ups.killed(moment)
    left = ups.locked
    said = ups.up()
    assert ("the lock of an update that was killed" in said) == left
    latest = json.loads(ups.state.read_text(encoding="utf-8"))["checkpoint"]["latest"]
    assert "pending_operations" not in latest
    assert not ups.locked
    kubectl("get", "vmpool/web", "svc/web", "secret/web-cloudinit", "-n", ups.namespace)
    assert "nothing changed" in ups.up()


def test_an_operation_that_has_no_end_is_taken_up_again(ups: Ups, kubectl: RunKubectl) -> None:
    """Killed when the pool is made, and the engine does not know it yet."""
    ups.up()
    uid = kubectl("get", "vmpool/web", "-n", ups.namespace, "-o", "jsonpath={.metadata.uid}").stdout
    ups.forget_that_the_pool_was_made()
    said = ups.up()
    assert "an update was killed at vms-pool; it is taken up again" in said
    again = kubectl("get", "vmpool/web", "-n", ups.namespace, "-o", "jsonpath={.metadata.uid}")
    assert again.stdout == uid
    assert "nothing changed" in ups.up()


@pytest.mark.parametrize("other", [{"hostname": "ci-7"}, {"username": "bob"}])
def test_the_lock_of_somebody_else_stays_and_what_frees_it_is_told(
    other: dict[str, str], ups: Ups
) -> None:
    ups.up()
    file = ups.lock(**other)
    said = ups.up(code=1)
    assert file.exists()
    assert "Only if that update is dead, free the stack, and try again: PULUMI_BACKEND_URL=" in said
    assert "pulumi cancel --yes --stack dev" in said


@pytest.mark.parametrize("killed", [False, True], ids=["locked", "locked and killed"])
def test_who_only_looks_says_what_an_update_has_left_and_leaves_it(ups: Ups, killed: bool) -> None:
    ups.up()
    if killed:
        ups.forget_that_the_pool_was_made()
    ups.lock()
    before = {one: one.read_bytes() for one in ups.backend.rglob("*") if one.is_file()}
    # The pool is in the cluster, and an up would not make it anew.
    said = ups.checkout.vmpool("drift", "--stack", "dev", code=1 if killed else 0)
    assert (
        f"stack dev is locked by an update of {getpass.getuser()} on {socket.gethostname()} "
        "(process 4194303, since 2026-04-05 06:07 UTC)\n" in said
    )
    left = "an update was killed at vms-pool; the next up takes it up again\n"
    assert (left in said) == killed
    assert "could not be compared" not in said
    assert {one: one.read_bytes() for one in ups.backend.rglob("*") if one.is_file()} == before
    assert "is removed" in ups.up()
