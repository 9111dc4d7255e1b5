"""Running kubectl against one cluster."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

POOLS = "virtualmachinepools.pool.kubevirt.io"


class KubectlError(Exception):
    """kubectl failed; its text is what kubectl said."""


@dataclass(frozen=True)
class Kubectl:
    """kubectl and the cluster that it talks to.

    kubeconfig: None leaves the choice to the environment; context: None is the current one.
    """

    program: Path
    kubeconfig: Path | None = None
    context: str | None = None

    error: ClassVar[type[Exception]] = KubectlError

    def run(
        self,
        *args: str,
        stdin: str | None = None,
        env: Mapping[str, str] | None = None,
        accept: Iterable[int] = (0,),
    ) -> subprocess.CompletedProcess[str]:
        """Run kubectl to its end; raises `error` on an unexpected exit code."""
        done = subprocess.run(
            [str(self.program), *self._cluster(), *args],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in accept:
            raise self.error(f"kubectl {args[0]}: {done.stderr.strip() or done.stdout.strip()}")
        return done

    def _cluster(self) -> list[str]:
        chosen = []
        if self.kubeconfig:
            chosen += ["--kubeconfig", str(self.kubeconfig)]
        if self.context:
            chosen += ["--context", self.context]
        return chosen
