"""What the stacks of a fleet share, and what a later step must know of an earlier one."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Container, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from kubevirt_vm_pool.cluster.kubectl import Kubectl

from .. import demonstration, namespaces, target
from ..check import api
from ..check.api import Ask
from ..check.reading import remembering
from ..console import UserError
from ..lifecycle import Begun
from ..stack import shared, stack_files
from ..stack.stack_files import Stack
from ..target import Target


@dataclass
class Known:
    """It belongs to one command, and its threads.

    pools: those of each stack that somebody was asked for, or has named before. waiting: stacks
    whose up waits for VMs.
    """

    pools: dict[str, frozenset[str]] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    _files: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _namespaces: dict[Target, frozenset[str]] = field(default_factory=dict)
    _shown: Container[str] | None = None
    _asks: dict[Kubectl, Ask] = field(default_factory=dict)
    _held: ExitStack = field(default_factory=ExitStack)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def first(self, name: str) -> Stack:
        """Return a stack as its files are now, and as they must still be at the next step."""
        stack = stack_files.read(name)
        self._files[name] = _digests(stack)
        return stack

    def again(self, name: str) -> Stack:
        """Return a stack at the next step; raises UserError if a file of it is another by then."""
        stack, before = stack_files.read(name), self._files[name]
        now = _digests(stack)
        for file in sorted(before.keys() | now.keys()):
            if now.get(file) != before.get(file):
                raise UserError(
                    f"{file} was changed after what it says was looked at, and maybe agreed to: "
                    "run it again"
                )
        return stack

    def place(self, stack: Stack) -> Target:
        """Return the cluster of a stack; the embedded one is started by the first."""
        with self._lock:
            return target.started(stack, apart=True)

    def namespaces(self, place: Target) -> frozenset[str]:
        """Return the namespaces of a cluster as they were at first; () if nobody may list them."""
        with self._lock:
            if place not in self._namespaces:
                self._namespaces[place] = namespaces.names(place.kubectl())
            return self._namespaces[place]

    @contextmanager
    def asking(self, kubectl: Kubectl) -> Iterator[Ask]:
        """Yield what asks a cluster, which is one for all its stacks, until the end of `held`.

        Raises KubectlError.
        """
        with self._lock:
            if kubectl not in self._asks:
                ask = self._held.enter_context(api.opened(kubectl))
                self._asks[kubectl] = remembering(ask)
        yield self._asks[kubectl]

    @contextmanager
    def held(self) -> Iterator[None]:
        """End what asks clusters when all stacks have asked."""
        with self._held:
            yield
        self._asks.clear()

    def may_have_left_namespace(self, begun: Begun) -> bool:
        """Tell whether the namespace that a stack makes was there at first, as far as is known."""
        there = self.namespaces(begun.place)
        return begun.spec.create_namespace and (not there or begun.spec.namespace in there)

    def is_shown(self, begun: Begun, stack: Stack) -> bool:
        """Tell whether kubectl has shown a stack on the embedded control plane, without engine."""
        if not begun.place.embedded or begun.outputs:
            return False
        with self._lock:
            if self._shown is None:
                self._shown = demonstration.stacks(begun.kubectl)
            return stack.name in self._shown


def _digests(stack: Stack) -> dict[str, str]:
    """Return what tells a stack's own file, and the one that all share, from changed ones."""
    files = (stack.file, stack.file.with_name(shared.FILE))
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file.exists()
    }
