"""Which cluster a command is about: the one that somebody named, or the embedded one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kubevirt_vm_pool.cluster import identity
from kubevirt_vm_pool.cluster.kubectl import Kubectl, KubectlError

from .console import UserError
from .controlplane import binaries, client, plane, processes
from .stack.project import ROOT
from .stack.stack_files import Stack

CLUSTER = ROOT / ".vmpool" / "cluster"
KUBECONFIG = "kubernetes:kubeconfig"


@dataclass(frozen=True)
class Target:
    """A cluster.

    embedded: None for one that somebody named. context: None is the kubeconfig's current one.
    kubeconfig: the stack's own; None leaves it to KUBECONFIG. name: of the cluster, in sentences.
    apart: whether kubectl goes on at a terminal's Ctrl-C.
    """

    embedded: client.Cluster | None
    context: str | None = None
    kubeconfig: Path | None = None
    name: str = ""
    apart: bool = False

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
        kubeconfig = self.embedded.kubeconfig if self.embedded else self.kubeconfig
        return Kubectl(binaries.kubectl(), kubeconfig, self.context, apart=self.apart)

    def __str__(self) -> str:
        if self.embedded:
            return f"the embedded control plane ({self.embedded.server})"
        return self.name


def named(
    stack: Stack, environment: Mapping[str, str] = os.environ, *, apart: bool = False
) -> Target | None:
    """Return the cluster that the stack or KUBECONFIG names, or None.

    Nothing is asked of it. Raises UserError if there is no such kubeconfig or context.
    """
    context = stack.kubernetes.get("context")
    kubeconfig = environment.get("KUBECONFIG", "")
    own = _own_kubeconfig(stack)
    if not (context or kubeconfig or own):
        return None
    files = [Path(name) for name in kubeconfig.split(os.pathsep) if name]
    if own is None and context is None and files == [CLUSTER / "kubeconfig"]:
        return _embedded(apart)
    if own is None and files and not any(file.is_file() for file in files):
        raise UserError(f"KUBECONFIG is {kubeconfig}, and there is no such file{_tilde(files)}")
    place = Target(None, context, own, apart=apart)
    try:
        return replace(place, name=identity.named(*identity.address(place.kubectl())))
    except KubectlError as error:
        raise UserError(str(error)) from None


def _tilde(files: Iterable[Path]) -> str:
    """Return what a person may not know whose shell has left a ~ alone."""
    kept = any(str(file).startswith("~") for file in files)
    return '; the shell has not put your home folder for "~": write "$HOME" in its place' * kept


def _own_kubeconfig(stack: Stack) -> Path | None:
    """Return the file of the stack's own kubeconfig, which is a path or the content."""
    said = stack.kubernetes.get("kubeconfig")
    if not said:
        return None
    if reason := stack.encrypted.get(KUBECONFIG):
        raise UserError(
            f"{KUBECONFIG} in {stack.file.name} is encrypted, and {reason}: nobody can look at the "
            "stack's cluster from here"
        )
    if kubeconfig_is_path(stack):
        file = Path(said).expanduser()
        if not file.is_file():
            raise UserError(f"{KUBECONFIG} in {stack.file.name} is {said}: there is no such file")
        return file.resolve()
    return _kept(stack, said)


def kubeconfig_is_path(stack: Stack) -> bool:
    """Tell whether the stack's own kubeconfig is a path; of one that is encrypted nobody can."""
    said = str(stack.kubernetes.get("kubeconfig") or "")
    return bool(said) and KUBECONFIG not in stack.encrypted and not {"\n", "{"} & set(said)


def _kept(stack: Stack, kubeconfig: str) -> Path:
    """Return a file with a kubeconfig, which nobody else can read."""
    folder = CLUSTER.parent / "kubeconfig"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / stack.name
    with processes.private(file) as stream:
        stream.write(kubeconfig.encode())
    return file


def started(stack: Stack, *, apart: bool = False) -> Target:
    """Return the stack's cluster; the embedded one is started if none is named."""
    return named(stack, apart=apart) or _embedded(apart)


def existing(stack: Stack, *, apart: bool = False) -> Target | None:
    """Return the stack's cluster, or None if it would be an embedded one that was never made."""
    if target := named(stack, apart=apart):
        return target
    return _embedded(apart) if CLUSTER.is_dir() else None


def _embedded(apart: bool) -> Target:
    return Target(plane.start(CLUSTER), apart=apart)
