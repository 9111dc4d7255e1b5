"""What backends know of many stacks, without a start of the engine for each."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from .. import target
from . import file_backend, install, pulumi_cli, stack_file

SECONDS_TO_ANSWER = 20


class Backends:
    """Tells whether stacks are up, in whatever backend each is."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment
        self._told: Mapping[str, int] | None = None

    def is_up(self, stack: str, folder: Path) -> bool | None:
        """Tell whether a stack has resources; None if that cannot be told at once.

        folder: where what is known about its cluster is kept.
        """
        state = self.state(folder)
        if state is not None:
            return _in_file(state, stack)
        if self._told is None:
            self._told = self._listed()
        return None if self._told is _NOT_TOLD else self._told.get(stack, 0) > 0

    def knows(self, stack: str, folder: Path) -> bool | None:
        """Tell whether the backend has a state of a stack, up or not; None if it is no folder.

        folder: as above.
        """
        state = self.state(folder)
        return None if state is None else file_backend.holds(state, stack)

    def state(self, folder: Path) -> Path | None:
        """Return the folder that is the backend, None if it is elsewhere. folder: as above."""
        backend = self._environment.get("PULUMI_BACKEND_URL", "")
        # As the engine is told.
        stray = folder != target.CLUSTER and pulumi_cli.of_embedded_control_plane(backend)
        if not backend or stray:
            return pulumi_cli.own_backend(folder)
        return file_backend.folder_of(backend)

    def _listed(self) -> Mapping[str, int]:
        """Return how many resources the stacks of a backend elsewhere have."""
        found = install.found_engine(self._environment)
        if found is None:
            return _NOT_TOLD
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
            return _NOT_TOLD
        return {
            str(one["name"]).rpartition("/")[2]: int(one.get("resourceCount") or 0) for one in told
        }


_NOT_TOLD: Mapping[str, int] = {}


def _in_file(state: Path, stack: str) -> bool | None:
    """Tell whether the state of a stack in a file backend has resources."""
    try:
        deployment = file_backend.read(state, stack)
    except FileNotFoundError:
        return False
    return None if deployment is None else bool(deployment.get("resources"))
