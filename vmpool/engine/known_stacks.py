"""What backends know of many stacks, without a start of the engine for each."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from kubevirt_vm_pool.cluster.identity import Identity

from .. import target
from . import file_backend, install, pulumi_cli, stack_file

SECONDS_TO_ANSWER = 20


class Backends:
    """Tells whether stacks are up, in whatever backend each is."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment
        self._asked = False
        self._told: Mapping[str, int] | None = None

    def is_up(self, stack: str, folder: Path) -> bool | None:
        """Tell whether a stack has objects; None if that cannot be told at once.

        folder: where what is known about its cluster is kept.
        """
        state = self.state(folder)
        if state is not None:
            return _in_file(state, stack)
        told = self._elsewhere()
        return None if told is None else told.get(stack, 0) > 0

    def knows(self, stack: str, folder: Path) -> bool | None:
        """Tell whether the backend has a state of a stack, up or not; None as above."""
        state = self.state(folder)
        if state is not None:
            return file_backend.holds(state, stack)
        told = self._elsewhere()
        return None if told is None else stack in told

    def elsewhere(self, stack: str, folder: Path) -> str:
        """Return on which other cluster a stack is up, in words; "" if on none that is known here.

        There is a state for all clusters that somebody names, and one for the embedded one: who
        names none in another shell does not see what is up. folder: as above.
        """
        asked = self.state(folder)
        for other in (target.CLUSTER, target.CLUSTER.parent):
            state = pulumi_cli.own_backend(other)
            if state != asked and _in_file(state, stack):
                return _cluster_in(state, stack, other)
        return ""

    def state(self, folder: Path) -> Path | None:
        """Return the folder that is the backend, None if it is elsewhere. folder: as above."""
        backend = self._environment.get("PULUMI_BACKEND_URL", "")
        # As the engine is told.
        stray = folder != target.CLUSTER and pulumi_cli.of_embedded_control_plane(backend)
        if not backend or stray:
            return pulumi_cli.own_backend(folder)
        return file_backend.folder_of(backend)

    def _elsewhere(self) -> Mapping[str, int] | None:
        """Return how many resources the stacks of a backend elsewhere have; asked once."""
        if not self._asked:
            self._asked, self._told = True, self._listed()
        return self._told

    def _listed(self) -> Mapping[str, int] | None:
        found = install.found_engine(self._environment)
        if found is None:
            return None
        try:
            done = subprocess.run(
                [found.program, "stack", "ls", "--json", "--non-interactive"],
                cwd=stack_file.project(),
                env={**self._environment, "PULUMI_SKIP_UPDATE_CHECK": "true"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS_TO_ANSWER,
                check=True,
            )
            told = json.loads(done.stdout)
        except (OSError, subprocess.SubprocessError, ValueError):
            return None
        return {
            str(one["name"]).rpartition("/")[2]: int(one.get("resourceCount") or 0) for one in told
        }


def _in_file(state: Path, stack: str) -> bool | None:
    """Tell whether the state of a stack in a file backend has resources."""
    try:
        deployment = file_backend.read(state, stack)
    except FileNotFoundError:
        return False
    return None if deployment is None else file_backend.has_objects(deployment)


def _cluster_in(state: Path, stack: str, folder: Path) -> str:
    if folder == target.CLUSTER:
        return "the embedded control plane, which is it without KUBECONFIG"
    told = file_backend.outputs_of(file_backend.read(state, stack) or {})
    known = Identity.of(told.get("cluster"))
    return str(known) if known else "a cluster that KUBECONFIG or its file named then"
