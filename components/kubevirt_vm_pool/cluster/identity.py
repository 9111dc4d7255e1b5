"""Which cluster this is: its names and addresses change, the UID of kube-system does not."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from ..text.variables import names_in
from .kubectl import SECONDS_TO_ANSWER, Kubectl, KubectlError

T = TypeVar("T")

# Names stacks, separated by commas: for one command, and kept nowhere.
OTHER_CLUSTER = "VMPOOL_ALLOW_OTHER_CLUSTER"


# What was told, by kubectl and the kubeconfig as it was: one process may work on many stacks.
_Key: TypeAlias = tuple[Hashable, ...]
_addresses: dict[_Key, tuple[str, str]] = {}
_identities: dict[_Key, Identity | None] = {}


class OtherClusterError(Exception):
    """A stack would go on in a cluster where it is not; says which, and what allows it."""


@dataclass(frozen=True)
class Identity:
    """A cluster.

    uid: of its namespace kube-system. context: the kubeconfig's, "" if it has none. server: URL.
    """

    uid: str
    context: str
    server: str

    @staticmethod
    def of(said: Any) -> Identity | None:
        """Return what an output says, None if it says nothing."""
        if not isinstance(said, Mapping) or not said.get("uid"):
            return None
        return Identity(*(str(said.get(key) or "") for key in ("uid", "context", "server")))

    def as_output(self) -> dict[str, str]:
        """Return it as plain data."""
        return {"uid": self.uid, "context": self.context, "server": self.server}

    def __str__(self) -> str:
        return named(self.context, self.server)


def named(context: str, server: str) -> str:
    """Return what a cluster is called in a sentence."""
    return f"context {context} ({server})" if context else f"the cluster at {server}"


def address(kubectl: Kubectl) -> tuple[str, str]:
    """Return the context and the server that kubectl would use; nothing is asked of the cluster.

    Raises KubectlError if the kubeconfig has no such context.
    """
    return _remembered(_addresses, kubectl, _address)


def _address(kubectl: Kubectl) -> tuple[str, str]:
    view = json.loads(kubectl.run("config", "view", "--minify", "-o", "json").stdout)
    clusters = view.get("clusters") or [{}]
    return view.get("current-context") or "", clusters[0].get("cluster", {}).get("server", "")


def identity(kubectl: Kubectl) -> Identity | None:
    """Return the cluster; None if it does not answer, or does not let this person see it."""
    return _remembered(_identities, kubectl, _identity)


def _identity(kubectl: Kubectl) -> Identity | None:
    try:
        found = kubectl.get("namespace", "kube-system", seconds=SECONDS_TO_ANSWER)
        return Identity(found["metadata"]["uid"], *address(kubectl)) if found else None
    except KubectlError:
        return None


def _remembered(known: dict[_Key, T], kubectl: Kubectl, ask: Callable[[Kubectl], T]) -> T:
    """Return what somebody asks of a cluster, once for each content of its kubeconfig."""
    key = _key(kubectl)
    if key and key in known:
        return known[key]
    told = ask(kubectl)
    # Who does not answer now may do so later.
    if key and told is not None:
        known[key] = told
    return told


def _key(kubectl: Kubectl) -> _Key | None:
    """Return what a kubectl and its kubeconfig are at this moment; None if there is no file.

    Somebody may write to the file, and name another cluster.
    """
    environment = os.environ if kubectl.environment is None else kubectl.environment
    default = Path(environment.get("HOME", ""), ".kube", "config")
    named = environment.get("KUBECONFIG", "").split(os.pathsep)
    files = [kubectl.kubeconfig] if kubectl.kubeconfig else list(map(Path, filter(None, named)))
    states = []
    for file in files or [default]:
        try:
            about = file.stat()
        except OSError:
            return None
        states.append((file, about.st_ino, about.st_mtime_ns, about.st_size))
    return kubectl.program, kubectl.context, *states


def may_move(stack: str, environment: Mapping[str, str]) -> bool:
    """Tell whether somebody said that a stack may go on in another cluster."""
    return stack in names_in(OTHER_CLUSTER, environment)


def require_same(stack: str, before: Identity, now: Identity | None) -> None:
    """Raise OtherClusterError if a stack is not where it was last brought up.

    now: None is a cluster that does not say which it is.
    """
    if now and now.uid != before.uid:
        raise OtherClusterError(
            f"refused: stack {stack} was last brought up on {before}, and this is {now}, another "
            "cluster. Name the right one by KUBECONFIG or kubernetes:context; to leave what is "
            f"there and go on here, set {OTHER_CLUSTER}={stack} for one command"
        )
