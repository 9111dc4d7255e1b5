"""`vmpool fleet` with the real engine: stacks of the embedded control plane, and of a named one."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from checkout import ROOT, Checkout, made, without_engine
from cluster_fixtures import RunKubectl, eventually
from engine_checkout import kubectl, live
from processes_below import descendants
from terminal import at_terminal

from vmpool.check.command import ALLOWED
from vmpool.controlplane import binaries
from vmpool.controlplane.client import Cluster

pytestmark = pytest.mark.needs_engine

VMPOOL = (sys.executable, "-c", "from vmpool.cli import main; main()")
SECRET = "correct-horse-battery"
STACK = """\
config:
  name: web-{name}
  password: {secret}
  disk: {{size: 6Gi, source: {{pvc: {{name: golden}}}}}}
"""
WAITING = """\
  autoscaling: {minReplicas: 2, maxReplicas: 6, targetCPUUtilizationPercentage: 50}
  waitForReady: true
"""
BROKEN = "config: {replicas: many}\n"
ALL = ["ann", "bob", "cid", "dan", "eve"]


class Fleet:
    """The verbs on a checkout; everything that they say is kept."""

    def __init__(self, checkout: Checkout) -> None:
        self.checkout = checkout
        self.report = checkout.folder / "report.json"
        self.said = ""

    def __call__(self, verb: str, *names: str, code: int = 0, **environment: str) -> str:
        """Run a verb on some stacks, all of them if none is named."""
        env = [f"{key}={value}" for key, value in environment.items()]
        done = self.checkout.run("env", *env, *self.command(verb, *names))
        self._keep(done.stdout)
        assert done.returncode == code, done.stdout
        return done.stdout

    def answered(
        self, verb: str, *names: str, answer: str, code: int = 0, before: Callable[[], object] = str
    ) -> str:
        """Run a verb at a terminal, and answer its question; before: what is done before that."""

        def typed() -> str:
            before()
            return f"{answer}\n"

        found, shown = at_terminal(
            self.command(verb, *names),
            cwd=self.checkout.folder,
            environment=self.checkout.environment,
            answer=("> ", typed),
        )
        self._keep(shown)
        assert found == code, shown
        return shown

    def begun(self, verb: str, *names: str, parallel: int = 1) -> subprocess.Popen[str]:
        """Begin a verb, so many stacks at a time."""
        return subprocess.Popen(
            [*self.command(verb, *names), "--parallel", str(parallel)],
            cwd=self.checkout.folder,
            env=self.checkout.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def command(self, verb: str, *names: str) -> list[str]:
        chosen = [part for name in names for part in ("--stacks", name)]
        return [*VMPOOL, "fleet", verb, *chosen, "--report", str(self.report)]

    def outcomes(self) -> dict[str, str]:
        """Return how it ended for each stack, as the last report has it."""
        return {name: one["outcome"] for name, one in self.stacks().items()}

    def stacks(self) -> dict[str, dict[str, Any]]:
        """Return what the last report has of each stack."""
        members = json.loads(self.report.read_text(encoding="utf-8"))["stacks"]
        return {one["stack"]: one for one in members}

    def pool(self, name: str) -> Any:
        """Return a stack's pool."""
        return live(self.checkout, "vmpool", f"web-{name}", name)

    def size(self, name: str) -> str:
        """Return the size of a disk of a stack's VMs."""
        (disk,) = self.pool(name)["spec"]["virtualMachineTemplate"]["spec"]["dataVolumeTemplates"]
        return str(disk["spec"]["pvc"]["resources"]["requests"]["storage"])

    @property
    def locks(self) -> list[Path]:
        folder = self.checkout.folder / ".vmpool" / "cluster" / "state" / ".pulumi" / "locks"
        return list(folder.rglob("*.json"))

    def _keep(self, said: str) -> None:
        written = self.report.read_text(encoding="utf-8") if self.report.exists() else ""
        self.said += said + written


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout without stacks."""
    for one in made(tmp_path_factory.mktemp("project") / "p"):
        for file in one.folder.glob("Pulumi.*.yaml"):
            file.unlink()
        yield one


@pytest.fixture(scope="module")
def fleet(empty: Checkout, cluster: Cluster) -> Fleet:
    """Four stacks that are up, one of them on a named cluster, and one that is broken."""
    for name in ALL:
        empty.write(name, STACK.format(name=name, secret=SECRET))
    elsewhere = f"  createNamespace: true\n  kubernetes:kubeconfig: {cluster.kubeconfig}\n"
    empty.write("eve", STACK.format(name="eve", secret=SECRET) + elsewhere)
    empty.write("dan", BROKEN)
    empty.environment[ALLOWED] = "eve"
    fleet = Fleet(empty)
    fleet("up", code=1)
    return fleet


def test_a_stack_that_fails_stops_no_other_and_the_report_says_why(fleet: Fleet) -> None:
    fleet("up", code=1)
    assert fleet.outcomes() == {
        "dan": "failed",
        **dict.fromkeys(("ann", "bob", "cid", "eve"), "unchanged"),
    }
    assert fleet.stacks()["dan"]["reason"].startswith("Pulumi.dan.yaml has ")
    assert fleet.pool("ann")["spec"]["replicas"] == 1


def test_each_stack_is_on_its_cluster(fleet: Fleet, cluster: Cluster, kubectl: RunKubectl) -> None:
    kubectl("get", "vmpool/web-eve", "-n", "eve")
    assert kubectl("get", "vmpool/web-ann", "-n", "ann", check=False).returncode == 1


def test_a_cluster_that_is_not_fit_for_a_stack_is_said_before_anything_is_done(
    fleet: Fleet,
) -> None:
    said = fleet("up", "ann", "eve", code=1, **{ALLOWED: ""})
    assert fleet.outcomes() == {"eve": "failed", "ann": "unchanged"}
    assert fleet.stacks()["eve"]["reason"].startswith("the cluster is not fit for stack eve: ")
    notes = fleet.stacks()["eve"]["notes"]
    assert any(note.startswith("error: KubeVirt is not installed") for note in notes)
    assert any(note.startswith("error: CDI is not installed") for note in notes)
    assert all(note in said for note in notes)


def test_what_is_not_seen_of_a_cluster_is_said_and_stops_nothing(
    fleet: Fleet, tmp_path: Path
) -> None:
    path = kubectl_that(fleet, tmp_path, '*proxy*) echo "no room" >&2; exit 1')
    said = fleet("up", "eve", PATH=path)
    (note,) = fleet.stacks()["eve"]["notes"]
    assert note.startswith("the cluster is not checked: kubectl proxy: no room")
    assert f"unchanged (1): eve\n  {note}\n" in said


def test_one_reader_looks_at_a_cluster_for_all_its_stacks(
    fleet: Fleet, cluster: Cluster, tmp_path: Path
) -> None:
    elsewhere = f"  createNamespace: true\n  kubernetes:kubeconfig: {cluster.kubeconfig}\n"
    fleet.checkout.write("fin", STACK.format(name="fin", secret=SECRET) + elsewhere)
    began = tmp_path / "began"
    path = kubectl_that(fleet, tmp_path, f"*proxy*) echo $$ >> {began}")
    fleet("up", "eve", "fin", code=0, **{ALLOWED: "eve,fin", "PATH": path})
    (fleet.checkout.folder / "Pulumi.fin.yaml").unlink()
    assert fleet.outcomes() == {"eve": "unchanged", "fin": "changed"}
    (pid,) = began.read_text(encoding="utf-8").split()
    assert not Path(f"/proc/{pid}").exists()


def test_why_the_api_server_refuses_what_an_up_does_is_told(
    fleet: Fleet, cluster: Cluster, kubectl: RunKubectl, tmp_path: Path
) -> None:
    kubectl("create", "namespace", "fay")
    kubeconfig = json.loads(cluster.kubeconfig.read_text(encoding="utf-8"))
    # Who may do nothing is told so by a dry run, which the engine does without then.
    kubeconfig["users"][0]["user"]["as"] = "fay"
    write_with(fleet, "fay", kubeconfig, tmp_path)
    said = fleet("up", "fay", code=1, **{ALLOWED: "fay"})
    (fleet.checkout.folder / "Pulumi.fay.yaml").unlink()
    failed = fleet.stacks()["fay"]
    assert (failed["outcome"], failed["objects"]) == ("failed", {})
    assert "could not be created; the API server says: " in failed["reason"]
    assert 'User "fay" cannot patch resource ' in said
    assert "created" not in summary(said).replace("could not be created", "")


def test_a_preview_on_a_cluster_that_does_not_answer_says_so(
    fleet: Fleet, cluster: Cluster, tmp_path: Path
) -> None:
    kubeconfig = json.loads(cluster.kubeconfig.read_text(encoding="utf-8"))
    kubeconfig["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    write_with(fleet, "ivy", kubeconfig, tmp_path)
    # The engine would preview a new stack without its cluster, as if all were well.
    said = fleet("preview", "ivy", code=1)
    (fleet.checkout.folder / "Pulumi.ivy.yaml").unlink()
    assert fleet.outcomes()["ivy"] == "failed"
    reason = fleet.stacks()["ivy"]["reason"]
    assert reason.startswith("nobody can look for namespace ivy: The connection to the server ")
    assert summary(said).count(reason) == 1


def write_with(fleet: Fleet, name: str, kubeconfig: Any, folder: Path) -> None:
    """Write a stack that goes to its cluster by a kubeconfig of its own."""
    file = folder / "kubeconfig"
    file.write_text(json.dumps(kubeconfig), encoding="utf-8")
    elsewhere = f"  kubernetes:kubeconfig: {file}\n"
    fleet.checkout.write(name, STACK.format(name=name, secret=SECRET) + elsewhere)


def kubectl_that(fleet: Fleet, folder: Path, case: str) -> str:
    """Return PATH with a kubectl that does something of its own in a case of its arguments."""
    script = f"""\
#!/bin/sh
case "$*" in {case};; esac
exec {binaries.kubectl()} "$@"
"""
    (folder / "kubectl").write_text(script, encoding="utf-8")
    (folder / "kubectl").chmod(0o755)
    return f"{folder}{os.pathsep}{fleet.checkout.environment['PATH']}"


def test_running_it_again_does_what_is_left(fleet: Fleet) -> None:
    fleet.checkout.write("dan", STACK.format(name="dan", secret=SECRET))
    said = fleet("up")
    assert "[1/1] up dan: changed, new replicas only, 3 created" in said
    assert set(fleet.outcomes().values()) == {"changed", "unchanged"}


def test_after_a_failure_none_is_begun_if_that_is_asked_for(fleet: Fleet) -> None:
    fleet.checkout.write("dan", BROKEN)
    command = [*fleet.command("preview", "dan", "ann"), "--fail-fast", "--parallel", "1"]
    done = fleet.checkout.run(*command)
    fleet.checkout.write("dan", STACK.format(name="dan", secret=SECRET))
    assert done.returncode == 1
    assert fleet.outcomes() == {"dan": "failed", "ann": "not begun"}
    assert "not begun (1): ann\n  stack dan failed\n" in done.stdout


@pytest.fixture
def larger(fleet: Fleet) -> Iterator[Fleet]:
    """Ann and bob want other disks than they have, cid wants more memory."""
    for name in ("ann", "bob"):
        fleet.checkout.edit(name, f"size: {fleet.size(name)}", "size: 9Gi")
    fleet.checkout.edit("cid", "password:", "memory: 3Gi\n  password:")
    yield fleet
    for name in ("ann", "bob"):
        fleet.checkout.edit(name, "size: 9Gi", f"size: {fleet.size(name)}")
    fleet.checkout.edit("cid", "memory: 3Gi\n  password:", "password:")


def test_without_a_terminal_disks_stay_and_other_stacks_go_on(larger: Fleet) -> None:
    larger.checkout.write("gus", STACK.format(name="gus", secret=SECRET) + "  replicas: many\n")
    said = larger("up", "ann", "bob", "cid", "dan", "gus", code=1)
    (larger.checkout.folder / "Pulumi.gus.yaml").unlink()
    found = larger.outcomes()
    assert [found[name] for name in ("ann", "bob", "cid")] == ["refused", "refused", "changed"]
    assert (larger.size("ann"), larger.size("bob")) == ("6Gi", "6Gi")
    assert "set VMPOOL_ALLOW_DISK_LOSS=ann/web-ann" in said
    assert larger.stacks()["ann"]["disksAtStake"] == ["web-ann"]
    assert larger.stacks()["ann"]["worst"] == "disk loss"
    assert documented() == summary(said)


def documented() -> str:
    """Return the example in docs/fleet.md."""
    text = (ROOT / "docs" / "fleet.md").read_text(encoding="utf-8")
    return text.partition("<!-- fleet -->\n```\n")[2].partition("```")[0]


def summary(said: str) -> str:
    """Return what is said at the end of a run, with any duration as 9 s."""
    lines = said.splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines) if line.startswith("["))
    return re.sub(r" in .* s: ", " in 9 s: ", "".join(lines[last + 1 :]))


def test_at_a_terminal_all_disks_are_asked_for_once_and_a_no_leaves_them(larger: Fleet) -> None:
    said = larger.answered("up", "ann", "bob", answer="no", code=1)
    question = said[said.index("The disks of these pools would be lost") :]
    assert "  stack ann: pool web-ann\n" in question
    assert "  stack bob: pool web-bob\n" in question
    assert said.count("The disks of these pools") == 1
    assert larger.outcomes() == {"ann": "refused", "bob": "refused"}
    assert larger.size("ann") == "6Gi"


def test_ctrl_c_at_the_question_touches_nothing(larger: Fleet) -> None:
    larger.checkout.edit("cid", "memory: 3Gi", "memory: 4Gi")
    before = {name: larger.pool(name)["metadata"]["generation"] for name in ("ann", "cid")}
    code, shown = at_terminal(
        larger.command("up", "ann", "cid"),
        cwd=larger.checkout.folder,
        environment=larger.checkout.environment,
        answer=("> ", "\x03"),
    )
    larger.checkout.edit("cid", "memory: 4Gi", "memory: 3Gi")
    assert code == 130, shown
    assert "Traceback" not in shown
    assert larger.outcomes() == {"ann": "refused", "cid": "not begun"}
    after = {name: larger.pool(name)["metadata"]["generation"] for name in before}
    assert after == before


@pytest.mark.parametrize(
    ("verb", "file"),
    [
        ("up", "Pulumi.ann.yaml"),
        ("up", "Pulumi.yaml"),
        ("down", "Pulumi.ann.yaml"),
        ("down", "Pulumi.yaml"),
    ],
)
def test_a_stack_that_is_another_than_at_the_question_is_left_alone(
    larger: Fleet, verb: str, file: str
) -> None:
    changed = larger.checkout.folder / file
    before = changed.read_text(encoding="utf-8")
    larger.answered(
        verb, "ann", answer="yes", code=1, before=lambda: changed.write_text(f"{before}# new\n")
    )
    changed.write_text(before, encoding="utf-8")
    assert larger.outcomes() == {"ann": "failed"}
    assert larger.stacks()["ann"]["reason"].startswith(f"{file} was changed after")
    assert larger.size("ann") == "6Gi"


def test_a_down_takes_the_pools_alone_that_were_asked_for(fleet: Fleet) -> None:
    asked = STACK.format(name="ned", secret=SECRET)
    fleet.checkout.write("ned", asked)
    fleet("up", "ned")

    def renamed() -> None:
        fleet.checkout.write("ned", STACK.format(name="other", secret=SECRET))
        allowed = "VMPOOL_ALLOW_DISK_LOSS=web-ned"
        done = fleet.checkout.run("env", allowed, *VMPOOL, "up", "--stack", "ned")
        assert done.returncode == 0, done.stdout
        fleet.checkout.write("ned", asked)

    said = fleet.answered("down", "ned", answer="yes", code=1, before=renamed)
    assert "stack ned: pool web-ned" in said
    assert fleet.outcomes() == {"ned": "refused"}
    live(fleet.checkout, "vmpool", "web-other", "ned")
    # It is for the pool that is there, whatever the file says by now.
    fleet("down", "ned", VMPOOL_ALLOW_DISK_LOSS="ned/web-other")
    assert fleet.outcomes() == {"ned": "changed"}


def test_the_variable_gives_away_the_disks_of_the_pools_that_it_names(larger: Fleet) -> None:
    larger("up", "ann", "bob", code=1, VMPOOL_ALLOW_DISK_LOSS="ann/web-ann")
    assert larger.outcomes() == {"ann": "changed", "bob": "refused"}
    assert (larger.size("ann"), larger.size("bob")) == ("9Gi", "6Gi")


def test_a_pool_without_its_stack_gives_nothing_away(larger: Fleet) -> None:
    said = larger("up", "ann", "bob", code=1, VMPOOL_ALLOW_DISK_LOSS="web-bob")
    assert "VMPOOL_ALLOW_DISK_LOSS=web-bob: a fleet may have a pool of that name" in said
    said = larger("up", "bob", "cid", code=1, VMPOOL_ALLOW_DISK_LOSS="bo/web-bob")
    assert "no stack bo is worked on; did you mean bob/web-bob?" in said
    larger("up", "bob", "cid", code=1, VMPOOL_ALLOW_DISK_LOSS="cid/web-bob")
    assert larger.outcomes()["bob"] == "refused"
    assert larger.size("bob") == "6Gi"


def test_a_yes_gives_them_all_away(larger: Fleet) -> None:
    larger.answered("up", "ann", "bob", answer="yes")
    assert larger.outcomes()["bob"] == "changed"
    assert larger.size("bob") == "9Gi"


def test_at_a_terminal_there_is_a_live_table(fleet: Fleet) -> None:
    code, shown = at_terminal(
        fleet.command("preview", "ann", "bob"),
        cwd=fleet.checkout.folder,
        environment={**fleet.checkout.environment, "TERM": "xterm", "COLUMNS": "120"},
    )
    assert code == 0, shown
    assert "what happens" in shown
    assert "preview of 2 stacks in" in shown


def test_what_others_changed_is_told_and_a_refresh_takes_it_over(fleet: Fleet) -> None:
    kubectl(fleet.checkout, "scale", "vmpool", "web-cid", "-n", "cid", "--replicas=3")
    fleet("preview", "cid")
    assert (fleet.stacks()["cid"]["outcome"], fleet.stacks()["cid"]["drifted"]) == ("changed", 1)
    fleet("refresh", "cid")
    assert fleet.pool("cid")["spec"]["replicas"] == 3
    fleet("up", "cid")
    assert fleet.pool("cid")["spec"]["replicas"] == 1


@pytest.fixture
def waiting(fleet: Fleet) -> Iterator[subprocess.Popen[str]]:
    """An up that changes wim and waits for a VM of it, before it begins with zoe."""
    lacks_a_vm(fleet, "wim")
    fleet.checkout.edit("wim", "maxReplicas: 6", "maxReplicas: 7")
    fleet.checkout.write("zoe", STACK.format(name="zoe", secret=SECRET))
    with fleet.begun("up", "wim", "zoe") as process:
        assert process.stdout
        assert any("[2/2] preview zoe" in line for line in process.stdout)
        assert eventually(lambda: bool(fleet.locks), 60)
        time.sleep(2)
        yield process
        process.kill()
    pause(fleet, "wim", False)
    kubectl(fleet.checkout, "scale", "vmpool", "web-wim", "-n", "wim", "--replicas=2")


def lacks_a_vm(fleet: Fleet, *names: str) -> None:
    """Bring stacks up, and let a VM of each be missing for which its next up waits."""
    for name in names:
        fleet.checkout.write(name, STACK.format(name=name, secret=SECRET) + WAITING)
    fleet("up", *names)
    for name in names:
        pause(fleet, name, True)
        kubectl(fleet.checkout, "scale", "vmpool", f"web-{name}", "-n", name, "--replicas=3")


def pause(fleet: Fleet, name: str, paused: bool) -> None:
    """Let nothing make the VMs of a stack, or let it again."""
    patch = json.dumps({"spec": {"paused": paused or None}})
    place = ("vmpool", f"web-{name}", "-n", name)
    kubectl(fleet.checkout, "patch", *place, "--type=merge", "-p", patch)


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"]
)
def test_ctrl_c_lets_what_runs_finish_and_begins_no_more(
    fleet: Fleet, waiting: subprocess.Popen[str], number: signal.Signals, status: int
) -> None:
    waiting.send_signal(number)
    time.sleep(1)
    assert waiting.poll() is None
    pause(fleet, "wim", False)
    said, _ = waiting.communicate(timeout=60)
    assert waiting.returncode == status, said
    assert "interrupted: no more stacks are begun" in said
    found = fleet.outcomes()
    assert found["wim"] in {"changed", "unchanged"}
    assert found["zoe"] == "not begun"


@pytest.fixture
def slow_look(fleet: Fleet, tmp_path: Path) -> Iterator[Path]:
    """A folder with a kubectl that takes a second to look at a pool, and cid wants more memory."""
    slowly = f"touch {tmp_path}/begun; sleep 1; touch {tmp_path}/ended"
    kubectl_that(fleet, tmp_path, f"*virtualmachinepools*) {slowly}")
    fleet.checkout.edit("cid", "password:", "memory: 5Gi\n  password:")
    yield tmp_path
    fleet.checkout.edit("cid", "memory: 5Gi\n  password:", "password:")


def test_ctrl_c_at_a_terminal_leaves_a_look_at_the_cluster_alone(
    fleet: Fleet, slow_look: Path
) -> None:
    path = f"{slow_look}{os.pathsep}{fleet.checkout.environment['PATH']}"
    code, shown = at_terminal(
        fleet.command("preview", "cid"),
        cwd=fleet.checkout.folder,
        environment={**fleet.checkout.environment, "PATH": path},
        answer=(slow_look / "begun", "\x03"),
    )
    assert code == 130, shown
    assert (slow_look / "ended").exists()
    assert fleet.outcomes() == {"cid": "changed"}


def test_a_second_ctrl_c_cancels_what_runs_and_leaves_no_lock(
    fleet: Fleet, waiting: subprocess.Popen[str]
) -> None:
    for _ in range(2):
        waiting.send_signal(signal.SIGINT)
        time.sleep(0.5)
    said, _ = waiting.communicate(timeout=60)
    assert waiting.returncode == 130, said
    assert fleet.outcomes() == {"wim": "cancelled", "zoe": "not begun"}
    assert fleet.stacks()["wim"]["objects"] == {"updated": 1}
    assert fleet.locks == []
    assert "Traceback" not in said


def test_after_a_kill_in_the_middle_the_next_run_converges(fleet: Fleet) -> None:
    lacks_a_vm(fleet, "kim", "leo")
    fleet.checkout.write("max", STACK.format(name="max", secret=SECRET))
    names = ["kim", "leo", "max"]
    process = fleet.begun("up", *names, parallel=2)
    assert process.stdout
    assert any("[3/3] preview" in line for line in process.stdout)
    assert eventually(lambda: len(fleet.locks) == 2, 60)
    time.sleep(2)
    for pid in [process.pid, *descendants(process.pid)]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.communicate()
    assert {lock.parent.name for lock in fleet.locks} == {"kim", "leo"}
    for name in ("kim", "leo"):
        pause(fleet, name, False)
    fleet("up", *names)
    assert fleet.locks == []
    assert [fleet.pool(name)["spec"]["replicas"] for name in names] == [3, 3, 1]
    fleet("up", *names)
    assert fleet.outcomes() == dict.fromkeys(names, "unchanged")


def test_a_report_in_markdown_is_a_table(fleet: Fleet) -> None:
    file = fleet.checkout.folder / "report.md"
    fleet.checkout.vmpool("fleet", "preview", "--stacks", "a*", "--report", str(file))
    assert "| ann | unchanged |  |" in file.read_text(encoding="utf-8")


def test_a_down_is_refused_without_a_terminal_and_done_by_name(fleet: Fleet) -> None:
    fleet("down", "ann", "bob", code=1)
    for of in fleet.stacks().values():
        assert (of["outcome"], of["worst"], of["losesDisks"]) == ("refused", "disk loss", True)
    assert fleet.outcomes() == {"ann": "refused", "bob": "refused"}
    fleet("down", "ann", "bob", code=1, VMPOOL_ALLOW_DISK_LOSS="ann/web-ann")
    assert fleet.outcomes() == {"bob": "refused", "ann": "changed"}
    fleet.answered("down", "ann", "bob", answer="yes")
    assert fleet.stacks()["ann"]["reason"] == "it is not up"
    assert fleet.stacks()["bob"]["objects"] == {"deleted": 3}
    assert kubectl(fleet.checkout, "get", "vmpool", "-n", "bob", "-o", "name") == ""


def test_a_down_takes_away_what_kubectl_has_shown(fleet: Fleet, tmp_path: Path) -> None:
    fleet.checkout.write("gil", STACK.format(name="gil", secret=SECRET))
    bare = [f"{key}={value}" for key, value in without_engine(tmp_path).items()]
    shown = fleet.checkout.run("env", *bare, *VMPOOL, "up", "--stack", "gil")
    assert "a demonstration, by kubectl" in shown.stdout
    fleet("down", "gil")
    assert fleet.outcomes() == {"gil": "changed"}
    assert fleet.stacks()["gil"]["objects"]["deleted"] >= 2
    assert kubectl(fleet.checkout, "get", "vmpool,secret", "-n", "gil", "-o", "name") == ""
    fleet("down", "gil")
    assert fleet.stacks()["gil"]["reason"] == "it is not up"


def test_a_namespace_that_could_not_be_removed_is_removed_by_the_next_down(
    fleet: Fleet, tmp_path: Path
) -> None:
    fleet.checkout.write(
        "fay", STACK.format(name="fay", secret=SECRET) + "  createNamespace: true\n"
    )
    fleet("up", "fay")
    path = kubectl_that(fleet, tmp_path, '*"delete namespace"*) echo "no room" >&2; exit 1')
    fleet("down", "fay", code=1, VMPOOL_ALLOW_DISK_LOSS="fay/web-fay", PATH=path)
    assert "no room" in fleet.stacks()["fay"]["reason"]
    fleet("down", "fay")
    assert fleet.outcomes() == {"fay": "changed"}
    assert "fay" not in kubectl(fleet.checkout, "get", "namespaces", "-o", "name")
    fleet("down", "fay")
    assert fleet.stacks()["fay"]["reason"] == "it is not up"


def test_a_namespace_that_holds_something_else_stays_and_is_told(fleet: Fleet) -> None:
    fleet.checkout.write(
        "hal", STACK.format(name="hal", secret=SECRET) + "  createNamespace: true\n"
    )
    fleet("up", "hal")
    kubectl(fleet.checkout, "create", "configmap", "own", "-n", "hal")
    fleet("down", "hal", VMPOOL_ALLOW_DISK_LOSS="hal/web-hal")
    told = "namespace hal stays, since it holds configmap/own"
    assert fleet.stacks()["hal"]["notes"] == [told]
    fleet("down", "hal")
    assert fleet.outcomes() == {"hal": "unchanged"}
    assert fleet.stacks()["hal"]["notes"] == [told]


def test_nothing_of_it_has_shown_a_secret(fleet: Fleet) -> None:
    assert fleet.said
    assert SECRET not in fleet.said
