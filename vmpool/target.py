"""Which cluster a command is about: the one that somebody named, or the embedded one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kubevirt_vm_pool.cluster.kubectl import Kubectl

from .console import UserError
from .controlplane import binaries, client, plane
from .stack.project import ROOT
from .stack.stack_files import Stack

CLUSTER = ROOT / ".vmpool" / "cluster"


@dataclass(frozen=True)
class Target:
    """A cluster.

    embedded: None for one that somebody named. context: None is the kubeconfig's current one.
    """

    embedded: client.Cluster | None
    context: str | None

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs in its environment to reach the cluster."""
        return {"KUBECONFIG": str(self.embedded.kubeconfig)} if self.embedded else {}

    @property
    def folder(self) -> Path:
        """Where what is known about the cluster is kept; the embedded one's goes with it."""
        return CLUSTER if self.embedded else CLUSTER.parent

    def kubectl(self) -> Kubectl:
        """Return kubectl for the cluster; it is built first if there is none."""
        kubeconfig = self.embedded.kubeconfig if self.embedded else None
        return Kubectl(binaries.kubectl(), kubeconfig, self.context)

    def __str__(self) -> str:
        if self.embedded:
            return f"the embedded control plane ({self.embedded.server})"
        return f"context {self.context}" if self.context else "the current context of KUBECONFIG"


def named(stack: Stack, environment: Mapping[str, str] = os.environ) -> Target | None:
    """Return the cluster that the stack or KUBECONFIG names, or None."""
    context = stack.kubernetes.get("context")
    kubeconfig = environment.get("KUBECONFIG", "")
    if not (context or kubeconfig or stack.kubernetes.get("kubeconfig")):
        return None
    files = [Path(name) for name in kubeconfig.split(os.pathsep) if name]
    if context is None and files == [CLUSTER / "kubeconfig"]:
        return Target(plane.start(CLUSTER), None)
    if files and not any(file.is_file() for file in files):
        raise UserError(f"KUBECONFIG is {kubeconfig}, and there is no such file")
    return Target(None, context)


def started(stack: Stack) -> Target:
    """Return the stack's cluster; the embedded one is started if none is named."""
    return named(stack) or Target(plane.start(CLUSTER), None)


def existing(stack: Stack) -> Target | None:
    """Return the stack's cluster, or None if it would be an embedded one that was never made."""
    if target := named(stack):
        return target
    return Target(plane.start(CLUSTER), None) if CLUSTER.is_dir() else None
