"""Which cluster it is, asked once for each content of a kubeconfig."""

from __future__ import annotations

from pathlib import Path

import pytest
from kubevirt_vm_pool.cluster.identity import Identity, identity
from kubevirt_vm_pool.cluster.kubectl import Kubectl

SCRIPT = """\
#!/bin/sh
echo "$*" >> {log}
case "$*" in
*namespace*) [ -e {log}.down ] && exit 1; echo '{{"metadata": {{"uid": "1"}}}}';;
*) echo '{{"current-context": "lab", "clusters": [{{"cluster": {{"server": "https://a"}}}}]}}';;
esac
"""
FOUND = Identity("1", "lab", "https://a")


@pytest.fixture
def kubectl(tmp_path: Path) -> Kubectl:
    """A kubectl that writes down what it is asked."""
    program, kubeconfig = tmp_path / "kubectl", tmp_path / "kubeconfig"
    program.write_text(SCRIPT.format(log=tmp_path / "log"), encoding="utf-8")
    program.chmod(0o755)
    kubeconfig.write_text("one", encoding="utf-8")
    return Kubectl(program, kubeconfig)


def asked(kubectl: Kubectl) -> int:
    """Return how often the cluster was asked."""
    log = kubectl.program.with_name("log").read_text(encoding="utf-8")
    return log.count("get namespace kube-system")


def test_one_process_asks_a_cluster_once(kubectl: Kubectl) -> None:
    assert [identity(kubectl) for _ in range(3)] == [FOUND] * 3
    assert asked(kubectl) == 1


def test_a_kubeconfig_that_was_written_to_may_name_another_cluster(kubectl: Kubectl) -> None:
    identity(kubectl)
    assert kubectl.kubeconfig
    kubectl.kubeconfig.write_text("another", encoding="utf-8")
    identity(kubectl)
    assert asked(kubectl) == 2


def test_a_cluster_that_did_not_answer_is_asked_again(kubectl: Kubectl) -> None:
    down = kubectl.program.with_name("log.down")
    down.touch()
    assert identity(kubectl) is None
    down.unlink()
    assert identity(kubectl) == FOUND
