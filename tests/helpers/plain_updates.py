"""A stack's program under the engine, without any option of vmpool's: as `pulumi up` runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from checkout import ROOT

from vmpool.controlplane.client import Cluster

SCRIPT = ROOT / "tests" / "helpers" / "run_stack.py"


def run_stack(
    what: str, folder: Path, cluster: Cluster, state: Path
) -> subprocess.CompletedProcess[str]:
    """Do what run_stack.py calls `up` or `preview`, by the code of a checkout.

    state: the folder of a file backend.
    """
    state.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "-P", str(SCRIPT), what],
        cwd=folder,
        env={
            **{key: text for key, text in os.environ.items() if key != "PULUMI_CONFIG"},
            "PYTHONPATH": f"{folder}{os.pathsep}{folder / 'components'}",
            "KUBECONFIG": str(cluster.kubeconfig),
            "PULUMI_BACKEND_URL": state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "of the test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
