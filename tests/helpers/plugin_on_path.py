"""The plugin where the engine finds it by itself: as a program on PATH."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from recording_engine import PLUGIN

from vmpool.controlplane import binaries
from vmpool.controlplane.client import Cluster

PROGRAM = "pulumi-resource-kubevirt-vm-pool"


def environment(folder: Path, cluster: Cluster, **further: str) -> Mapping[str, str]:
    """Return the variables of an engine that keeps its state in a folder and has the plugin."""
    (folder / "state").mkdir(exist_ok=True)
    (folder / "bin").mkdir(exist_ok=True)
    started = shlex.join([sys.executable, "-P", str(PLUGIN)])
    program = folder / "bin" / PROGRAM
    program.write_text(f'#!/bin/sh\nexec {started} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    own = {key: text for key, text in os.environ.items() if not key.startswith("PYTHON")}
    return {
        **own,
        "KUBECONFIG": str(cluster.kubeconfig),
        "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "of the test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # The guard looks at the cluster where it is about to change something.
        "PATH": os.pathsep.join(
            [str(folder / "bin"), os.environ["PATH"], str(binaries.kubectl().parent)]
        ),
        **further,
    }
