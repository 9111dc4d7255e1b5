"""A pool of a program in another language under the real engine, which starts the plugin."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cluster_fixtures import RunKubectl
from kubevirt_vm_pool.version import VERSION
from plugin_on_path import environment

from vmpool.controlplane.client import Cluster

# What a generated SDK sends, from a program that knows nothing of the library.
PROGRAM = f"""
import json, os, sys
import pulumi
from pulumi import automation


class VmPool(pulumi.ComponentResource):
    url: pulumi.Output[str]

    def __init__(self, name, args):
        outputs = {{"url": None, "replicas": None, "cluster": None}}
        options = pulumi.ResourceOptions(version="{VERSION}")
        props = {{**args, **outputs}}
        super().__init__("kubevirt-vm-pool:index:VmPool", name, props, options, remote=True)


def program():
    for name, args in json.loads(sys.argv[2]).items():
        if "password" in args:
            args["password"] = pulumi.Output.secret(args["password"])
        pulumi.export(name, VmPool(name, args).url)


stack = automation.create_or_select_stack(
    "prod",
    project_name="elsewhere",
    program=program,
    opts=automation.LocalWorkspaceOptions(env_vars=dict(os.environ)),
)
try:
    print(json.dumps({{key: one.value for key, one in stack.up().outputs.items()}}))
except automation.CommandError as error:
    sys.exit(str(error))
"""


class Stack:
    """A stack of pools by their names."""

    def __init__(self, folder: Path, cluster: Cluster) -> None:
        self._folder, self._cluster = folder, cluster
        (folder / "program.py").write_text(PROGRAM, encoding="utf-8")

    def up(self, pools: dict[str, dict[str, Any]], **variables: str) -> tuple[int, str]:
        """Bring the stack up; return the exit code and what was printed."""
        done = subprocess.run(
            [sys.executable, "-P", "program.py", "up", json.dumps(pools)],
            cwd=self._folder,
            env=environment(self._folder, self._cluster, **variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout


def pool(namespace: str, **further: Any) -> dict[str, Any]:
    """Return the arguments of a pool."""
    disk = {"source": {"pvc": {"name": "golden"}}}
    return {"namespace": namespace, "disk": disk, "password": "x", "replicas": 2, **further}


@pytest.mark.needs_engine
def test_pools_are_made_and_guarded_as_those_of_a_python_program(
    cluster: Cluster, kubectl: RunKubectl, made_namespace: str, tmp_path: Path
) -> None:
    stack = Stack(tmp_path, cluster)
    both = {"web": pool(made_namespace), "worker": pool(made_namespace, service=False)}

    code, told = stack.up(both)
    assert code == 0, told
    outputs = json.loads(told.splitlines()[-1])
    assert outputs["web"] == f"http://web.{made_namespace}.svc.cluster.local"
    made = kubectl("get", "vmpool", "-n", made_namespace, "-o", "name").stdout.split()
    assert [name.rpartition("/")[2] for name in made] == ["web", "worker"]

    # Without the guard the engine would make a new pool and delete the old one.
    renamed = {**both, "web": pool(made_namespace, name="other")}
    code, told = stack.up(renamed)
    assert code != 0
    assert "VMPOOL_ALLOW_DISK_LOSS=web" in " ".join(told.split())

    code, told = stack.up({"web": both["web"]})
    assert code != 0
    assert "VMPOOL_ALLOW_DISK_LOSS=worker" in " ".join(told.split())

    code, told = stack.up({"web": both["web"]}, VMPOOL_ALLOW_DISK_LOSS="worker")
    assert code == 0, told
    left = kubectl("get", "vmpool", "-n", made_namespace, "-o", "name").stdout.split()
    assert [name.rpartition("/")[2] for name in left] == ["web"]


@pytest.mark.needs_engine
def test_a_report_is_what_the_engine_says(
    cluster: Cluster, made_namespace: str, tmp_path: Path
) -> None:
    wrong = pool(made_namespace, replcas=3, memory="2GB")
    code, told = Stack(tmp_path, cluster).up({"web": wrong})
    assert code != 0
    assert "did you mean replicas?" in told
    # What the engine says before it, and what a plugin's own errors begin with.
    assert "VmPool resource 'web' has a problem: VmPool web has 2 problems:" in told
    assert "Unexpected" not in told
