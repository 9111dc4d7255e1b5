"""A state that the revision before the library had a root of its own has written."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from checkout import copied
from cluster_fixtures import RunKubectl
from plain_updates import run_stack
from revision_before import unpacked

from vmpool.controlplane.client import Cluster

pytestmark = pytest.mark.needs_engine

Run = Callable[[Path, str], subprocess.CompletedProcess[str]]


@pytest.fixture
def run(cluster: Cluster, made_namespace: str, tmp_path: Path) -> Run:
    """Run the stack of a checkout, with one state for all of them."""

    def run(folder: Path, what: str) -> subprocess.CompletedProcess[str]:
        file = folder / "Pulumi.dev.yaml"
        text = file.read_text(encoding="utf-8")
        if "namespace:" not in text:
            file.write_text(f"{text.rstrip()}\n  namespace: {made_namespace}\n", encoding="utf-8")
        return run_stack(what, folder, cluster, tmp_path / "state")

    return run


def test_a_state_of_the_revision_before_is_that_of_today(
    run: Run, kubectl: RunKubectl, made_namespace: str, tmp_path: Path
) -> None:
    before = unpacked(tmp_path / "before")
    done = run(before, "up")
    assert done.returncode == 0, done.stdout
    names = kubectl("get", "vmpool", "-n", made_namespace, "-o", "name").stdout
    assert names.split() == ["virtualmachinepool.pool.kubevirt.io/lab05-webserver"]
    done = run(copied(tmp_path / "today").folder, "preview --diff")
    # Of what revisions before wrote only the fingerprint of the Secret goes, which no VM notices.
    said = " ".join(done.stdout.split())
    assert '- annotations: { - kubevirt-vm-pool/cloud-init: "' in said
    assert "~ 1 to update 6 unchanged" in said
