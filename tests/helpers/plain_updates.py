"""A stack's program under the engine, without any option of vmpool's: as `pulumi up` runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from checkout import ROOT, Checkout

from vmpool.controlplane import binaries
from vmpool.controlplane.client import Cluster

PASSPHRASE = "of the test"
SCRIPT = ROOT / "tests" / "helpers" / "run_stack.py"


def run_stack(
    what: str,
    folder: Path,
    cluster: Cluster,
    state: Path,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Do what run_stack.py is asked for, such as `preview --diff`, by the code of a checkout.

    state: the folder of a file backend. environment: further variables.
    """
    state.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "-P", str(SCRIPT), *what.split()],
        cwd=folder,
        env={
            **{key: text for key, text in os.environ.items() if key != "PULUMI_CONFIG"},
            "PYTHONPATH": f"{folder}{os.pathsep}{folder / 'components'}",
            "KUBECONFIG": str(cluster.kubeconfig),
            "PULUMI_BACKEND_URL": state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            # It looks at the cluster where it is about to change something.
            "PATH": f"{os.environ['PATH']}{os.pathsep}{binaries.kubectl().parent}",
            **(environment or {}),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


STACK = """\
config:
  name: {name}
  namespace: {namespace}
  replicas: {replicas}
  password: x
  disk: {{size: {size}, source: {{pvc: {{name: golden}}}}}}
"""


class Updates:
    """Plain updates of one stack: no option asks for a refresh."""

    def __init__(self, checkout: Checkout, cluster: Cluster, namespace: str, state: Path) -> None:
        self.checkout, self.namespace = checkout, namespace
        self.cluster, self.state = cluster, state

    def up(
        self,
        *,
        replicas: int = 1,
        size: str = "6Gi",
        more: str = "",
        name: str = "web",
        namespace: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> tuple[int, str]:
        """Bring the stack up; return the exit code and all that was printed.

        environment: variables of this update alone.
        """
        place = namespace or self.namespace
        text = STACK.format(name=name, namespace=place, replicas=replicas, size=size)
        self.checkout.write("dev", text + more)
        done = run_stack("up", self.checkout.folder, self.cluster, self.state, environment)
        return done.returncode, " ".join(done.stdout.split())

    def project(self, old: str, new: str) -> None:
        """Change Pulumi.yaml; what is to be changed must be there."""
        file = self.checkout.folder / "Pulumi.yaml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    def destroy(self) -> tuple[int, str]:
        """Destroy the stack with its program running; return exit code and what was printed."""
        what = "destroy --run-program --yes --skip-preview"
        done = run_stack(what, self.checkout.folder, self.cluster, self.state)
        return done.returncode, " ".join(done.stdout.split())
