"""The proxy by which a cluster is asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cluster_fixtures import eventually
from kubevirt_vm_pool.cluster.kubectl import Kubectl, KubectlError

from vmpool.check import api

SECONDS_TO_END = 10
OPENS = """
import sys, time
from pathlib import Path
from kubevirt_vm_pool.cluster.kubectl import Kubectl
from vmpool.check import api

with api.opened(Kubectl(Path(sys.argv[1]), apart=sys.argv[2] == "apart")):
    print("open", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def kubectl(tmp_path: Path) -> Path:
    """Return a kubectl that serves until it is ended, and writes down who it is."""
    program = tmp_path / "kubectl"
    program.write_text(
        f'#!/bin/sh\necho $$ >{tmp_path}/pid\necho "Starting to serve on it"\nexec sleep 600\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    return program


def pid(kubectl: Path) -> int:
    return int(kubectl.with_name("pid").read_text(encoding="utf-8"))


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def require_end(process: int) -> None:
    assert eventually(lambda: not is_there(process), SECONDS_TO_END), "the proxy runs on"


def test_a_proxy_ends_with_the_look(kubectl: Path) -> None:
    with api.opened(Kubectl(kubectl)):
        assert is_there(pid(kubectl))
    require_end(pid(kubectl))


@pytest.mark.parametrize("apart", ["apart", "together"])
def test_a_proxy_ends_with_a_process_that_is_killed(kubectl: Path, apart: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", OPENS, str(kubectl), apart], stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout
        assert process.stdout.readline() == b"open\n"
        assert is_there(pid(kubectl))
        process.send_signal(signal.SIGKILL)
    require_end(pid(kubectl))


def test_a_kubectl_that_cannot_begin_says_why(tmp_path: Path) -> None:
    program = tmp_path / "kubectl"
    program.write_text('#!/bin/sh\necho "error: no kubeconfig" >&2\nexit 1\n', encoding="utf-8")
    program.chmod(0o755)
    with (
        pytest.raises(KubectlError, match="^kubectl proxy: error: no kubeconfig$"),
        api.opened(Kubectl(program)),
    ):
        pass
