"""Fixtures with a real control plane; conftest.py makes them known to all tests."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pytest

from vmpool.controlplane import binaries
from vmpool.controlplane import plane as embedded
from vmpool.controlplane.client import Cluster

SECONDS_FOR_KWOK = 10

_numbers = itertools.count(1)


class RunKubectl(Protocol):
    """kubectl against the tests' control plane; an exit code other than 0 fails unless allowed."""

    def __call__(
        self, *args: str, stdin: str | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[str]: ...


@contextmanager
def control_plane() -> Iterator[Cluster]:
    """A control plane in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="vmpool-"))
    try:
        yield embedded.start(folder)
    finally:
        embedded.stop(folder)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A control plane of these tests' own."""
    with control_plane() as made:
        yield made


@pytest.fixture(scope="session")
def kubectl(cluster: Cluster) -> RunKubectl:
    """Run kubectl as the control plane's administrator."""
    return kubectl_of(cluster)


def kubectl_of(cluster: Cluster) -> RunKubectl:
    """Return what runs kubectl as a control plane's administrator."""
    program = str(binaries.kubectl())

    def run(
        *args: str, stdin: str | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [program, *args],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            env={**os.environ, "KUBECONFIG": str(cluster.kubeconfig)},
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            pytest.fail(f"kubectl {' '.join(args)}: {done.stdout}{done.stderr}")
        return done

    return run


@pytest.fixture
def namespace() -> str:
    """A namespace's name that no other test has; there is no such namespace yet."""
    return f"test-{next(_numbers)}"


@pytest.fixture
def made_namespace(cluster: Cluster, namespace: str) -> str:
    """A namespace that no other test uses."""
    status, answer = cluster.request(
        "POST", "/api/v1/namespaces", {"metadata": {"name": namespace}}
    )
    assert status == 201, answer
    return namespace


def eventually(condition: Callable[[], bool], at_most: float = SECONDS_FOR_KWOK) -> bool:
    """Wait for what KWOK does; return whether it came."""
    deadline = time.monotonic() + at_most
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
