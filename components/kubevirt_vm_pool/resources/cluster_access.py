"""How a program reaches its cluster beside the engine, by kubectl: to look, and for adoption."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pulumi

from . import run_environment

if TYPE_CHECKING:
    # What looks at a cluster is loaded when somebody looks.
    from ..cluster.kubectl import Kubectl


@dataclass(frozen=True)
class Access:
    """How a stack's configuration says that its cluster is reached; None leaves it to KUBECONFIG.

    kubeconfig: a path or the content. environment: the program's variables.
    """

    context: str | None
    kubeconfig: str | None = field(repr=False)
    environment: Mapping[str, str] = field(repr=False)

    @contextmanager
    def kubectl(self) -> Iterator[Kubectl | None]:
        """Yield kubectl for the cluster, None if PATH has none."""
        from ..cluster.kubectl import Kubectl

        program = shutil.which("kubectl", path=self.environment.get("PATH", ""))
        if program is None:
            yield None
            return
        with _file(self.kubeconfig) as kubeconfig:
            yield Kubectl(Path(program), kubeconfig, self.context, self.environment, apart=True)


def configured() -> Access:
    """Return how the cluster is reached, for a Cluster and for the engine's default provider."""
    config = pulumi.Config("kubernetes")
    return Access(config.get("context"), config.get("kubeconfig"), run_environment.current())


@contextmanager
def _file(kubeconfig: str | None) -> Iterator[Path | None]:
    """Yield the file of a kubeconfig, which the provider takes as a path or as the content."""
    if not kubeconfig or os.path.isfile(os.path.expanduser(kubeconfig)):
        yield Path(kubeconfig).expanduser() if kubeconfig else None
        return
    # Readable for nobody else.
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="kubeconfig-") as file:
        file.write(kubeconfig)
        file.flush()
        yield Path(file.name)
