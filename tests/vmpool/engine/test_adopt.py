"""The lab's objects, made by hand in each of the ways that there are, taken over by the engine."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from checkout import ROOT, copied
from cluster_fixtures import RunKubectl
from configurations import specification
from kubevirt_vm_pool.effects.disk_guard import RESTART
from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.manifests.objects import objects
from plain_updates import run_stack

from vmpool.controlplane.client import Cluster

pytestmark = pytest.mark.needs_engine

NAME, SECRET = "lab05-webserver", "lab05-cloudinit"
DEV = (ROOT / "Pulumi.dev.yaml").read_text(encoding="utf-8").rstrip()
# As the lab writes it: a flow mapping, a capital, a comment.
USER_DATA = """\
#cloud-config
# the lab's own
password: fedora
chpasswd: { expire: False }
"""
WAYS = {
    "kubectl apply": ["apply"],
    "kubectl create": ["create"],
    "server-side apply of others": ["apply", "--server-side", "--field-manager=somebody"],
}


class Lab:
    """The lab in a namespace of its own: made by hand, and brought up by a stack."""

    def __init__(self, kubectl: RunKubectl, cluster: Cluster, namespace: str, folder: Path) -> None:
        self.kubectl, self.namespace, self.cluster = kubectl, namespace, cluster
        self.checkout, self.state = copied(folder / "p"), folder / "state"

    def by_hand(self, *how: str, leave_out: str = "", memory: str = "", grace: int = 0) -> None:
        """Make the lab's objects with a verb of kubectl: `running`, an HPA of v1, its user data."""
        made = objects(specification({"namespace": self.namespace}))
        made["autoscaler"]["apiVersion"] = "autoscaling/v1"
        spec = made["autoscaler"]["spec"]
        del spec["metrics"]
        spec["targetCPUUtilizationPercentage"] = 50
        machine = made["pool"]["spec"]["virtualMachineTemplate"]["spec"]
        assert machine.pop("runStrategy") == "Always"
        machine["running"] = True
        if memory:
            machine["template"]["spec"]["domain"]["memory"] = {"guest": memory}
        if grace:
            machine["template"]["spec"]["terminationGracePeriodSeconds"] = grace
        encoded = base64.b64encode(USER_DATA.encode()).decode()
        made["cloud-init"]["data"] = {"userdata": encoded}
        made.pop(leave_out, None)
        self.make(made, *how)

    def make(self, made: dict[str, Object], *how: str) -> None:
        self.kubectl(*how, "-f", "-", stdin=yaml.safe_dump_all(made.values()))

    def up(self, **environment: str) -> tuple[int, str]:
        """Bring the lab up as a stack that adopts; return the exit code and what was printed."""
        self.checkout.write("dev", f"{DEV}\n  namespace: {self.namespace}\n  adopt: true\n")
        done = run_stack("up", self.checkout.folder, self.cluster, self.state, environment)
        return done.returncode, " ".join(done.stdout.split())

    def live(self, kind: str, name: str = NAME) -> Any:
        """Return an object."""
        done = self.kubectl("get", kind, name, "-n", self.namespace, "-o", "json")
        return json.loads(done.stdout)


@pytest.fixture
def lab(kubectl: RunKubectl, cluster: Cluster, made_namespace: str, tmp_path: Path) -> Lab:
    """A namespace for the lab, where nothing is yet."""
    return Lab(kubectl, cluster, made_namespace, tmp_path)


@pytest.mark.parametrize("way", WAYS)
def test_what_the_stack_does_not_say_goes_whoever_said_it(way: str, lab: Lab) -> None:
    lab.by_hand(*WAYS[way], grace=77)
    # As the HPA does it.
    lab.kubectl("scale", f"vmpool/{NAME}", "--replicas=4", "-n", lab.namespace)
    code, said = lab.up()
    assert code != 0
    field = "spec.virtualMachineTemplate.spec.template.spec.terminationGracePeriodSeconds"
    assert f"VirtualMachinePool {NAME} is taken over: {field}: 77 -> nothing" in said
    assert f"Service {NAME} is taken over as it is" in said
    assert f"Secret {SECRET} is taken over: data.userdata: another value" in said
    code, said = lab.up(**{RESTART: NAME})
    assert code == 0, said
    spec = lab.live("vmpool")["spec"]
    machine = spec["virtualMachineTemplate"]["spec"]["template"]["spec"]
    assert "terminationGracePeriodSeconds" not in machine
    assert spec["replicas"] == 4


@pytest.mark.parametrize("way", WAYS)
def test_the_lab_is_taken_over_as_it_is_without_a_restart(way: str, lab: Lab) -> None:
    lab.by_hand(*WAYS[way])
    template = lab.live("vmpool")["spec"]["virtualMachineTemplate"]
    uid = lab.live("vmpool")["metadata"]["uid"]
    code, said = lab.up()
    assert code == 0, said
    pool = lab.live("vmpool")
    assert (pool["metadata"]["uid"], pool["spec"]["virtualMachineTemplate"]) == (uid, template)
    user_data = base64.b64decode(lab.live("secret", SECRET)["data"]["userdata"]).decode()
    assert "# the lab's own" not in user_data
    assert lab.live("hpa.v2.autoscaling")["spec"]["metrics"][0]["resource"]["name"] == "cpu"
    assert "conflict" not in said
    code, said = lab.up()
    assert code == 0, said
    assert "unchanged" in said
    assert "updated" not in said


def test_a_secret_that_was_made_from_a_file_is_taken_over(lab: Lab, tmp_path: Path) -> None:
    lab.by_hand("apply", leave_out="cloud-init")
    file = tmp_path / "userdata"
    file.write_text(USER_DATA, encoding="utf-8")
    lab.kubectl("create", "secret", "generic", SECRET, f"--from-file={file}", "-n", lab.namespace)
    code, said = lab.up()
    assert code == 0, said
    assert list(lab.live("secret", SECRET)["data"]) == ["userdata"]


@pytest.mark.parametrize("missing", ["cloud-init", "service", "autoscaler", "pool"])
def test_what_is_not_there_is_made(missing: str, lab: Lab) -> None:
    lab.by_hand("apply", leave_out=missing)
    code, said = lab.up()
    assert code == 0, said
    kinds = {"cloud-init": ("secret", SECRET), "autoscaler": ("hpa", NAME)}
    lab.live(*kinds.get(missing, ({"pool": "vmpool"}.get(missing, missing), NAME)))


def test_a_pool_whose_vms_would_restart_is_refused_until_that_is_allowed(lab: Lab) -> None:
    lab.by_hand("apply", memory="1Gi")
    code, said = lab.up()
    assert code != 0
    assert "refused: " in said
    assert f"set {RESTART}={NAME}" in said
    code, said = lab.up(**{RESTART: NAME})
    assert code == 0, said
