"""What the disk guard looks at beside what the engine tells it: one for each program."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import pulumi
from pulumi.runtime import mocks, settings

from . import cluster_access, name_conflicts, run_environment
from .per_program import PerProgram
from .previous_state import PreviousState

if TYPE_CHECKING:
    # What looks at a cluster is loaded when somebody looks.
    from ..cluster.identity import Identity
    from ..cluster.live_pool import Vms
    from ..effects import Effect


T = TypeVar("T")
Replaced = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class Surroundings:
    """A program's variables, its cluster, and what its last update has left.

    pools: tells the namespaces and names of the pools that the program has made so far.
    """

    def __init__(self) -> None:
        self.pools: Callable[[], set[tuple[str, str]]] = name_conflicts.pools()
        # Of its own: those of the SDK may all wait for a hook, which waits for what is asked here.
        self._threads = ThreadPoolExecutor(4, "kubevirt-vm-pool")
        self.before = PreviousState(self._threads)
        self._access = cluster_access.configured()
        self._judge = run_environment.judge()
        self._stack = pulumi.get_stack()
        self._mocked = isinstance(settings.get_monitor(), mocks.MockMonitor)
        self._same: asyncio.Task[None] | None = None

    def close(self) -> None:
        """End the threads, whoever still holds this; what they are at is finished."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    @property
    def environment(self) -> Mapping[str, str]:
        """The program's variables."""
        return self._access.environment

    def require_disks_stay(self, namespace: str, pool: str, effects: Sequence[Effect]) -> None:
        """Raise RefusedError if effects would take a pool's disks, and may not."""
        from ..effects.disk_guard import require_disks_stay

        if self._judge:
            self._judge(namespace, pool, effects, self.environment)
        else:
            require_disks_stay(pool, effects, self.environment)

    async def vms(self, seen: Mapping[str, Any] | None) -> Vms | None:
        """Return the VMs that a pool has now; None if nobody can look."""
        if not ((seen or {}).get("metadata") or {}).get("uid"):
            return None
        return await self._apart(self._vms, seen or {})

    async def cluster(self) -> dict[str, str] | None:
        """Return what the outputs say of the cluster: that of the last update, unless it moves.

        Its names may differ from person to person; they stay as they were first told.
        """
        if self._mocked:
            return None
        before = await self._before()
        if before and not self._may_move():
            return before.as_output()
        now = await self._apart(self._identity)
        if before and (now is None or now.uid == before.uid):
            return before.as_output()
        return now.as_output() if now else None

    async def require_same_cluster(self) -> None:
        """Raise OtherClusterError if this is another cluster than that of the last update."""
        if self._same is None:
            self._same = asyncio.ensure_future(self._compared())
        await self._same

    async def _compared(self) -> None:
        before = await self._before()
        if before and not self._may_move():
            from ..cluster.identity import require_same

            require_same(self._stack, before, await self._apart(self._identity))

    async def _before(self) -> Identity | None:
        from ..cluster.identity import Identity

        told = (Identity.of(one.get("cluster")) for one in await self.before.components())
        return next(filter(None, told), None)

    async def _apart(self, look: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, look, *args)

    def _may_move(self) -> bool:
        from ..cluster.identity import may_move

        return may_move(self._stack, self.environment)

    async def live(self, kind: str, namespace: str, name: str) -> Mapping[str, Any] | None:
        """Return an object of the cluster, None if it is not there; raises pulumi.RunError."""
        return await self._apart(self._live, kind, namespace, name)

    async def replace(self, kind: str, namespace: str, name: str, replaced: Replaced) -> None:
        """Replace an object of the cluster by what a function makes of it."""
        await self._apart(self._replace, kind, namespace, name, replaced)

    def _replace(self, kind: str, namespace: str, name: str, replaced: Replaced) -> None:
        with self._access.kubectl() as kubectl:
            live = kubectl and kubectl.get(kind, name, namespace)
            if kubectl and live:
                # By pipe: it may be a Secret. With its resourceVersion: what changes meanwhile is
                # not overwritten.
                body = json.dumps(replaced(live))
                kubectl.run("replace", "-f", "-", stdin=body)

    def _live(self, kind: str, namespace: str, name: str) -> Mapping[str, Any] | None:
        from ..cluster.kubectl import KubectlError

        if self._mocked:
            return {}
        with self._access.kubectl() as kubectl:
            if kubectl is None:
                raise pulumi.RunError(
                    "adopt: kubectl, which looks what is there, is not on PATH; install it"
                )
            try:
                return kubectl.get(kind, name, namespace)
            except KubectlError as error:
                raise pulumi.RunError(f"adopt: nobody can see what is there: {error}") from None

    def _identity(self) -> Identity | None:
        from ..cluster.identity import identity

        with self._access.kubectl() as kubectl:
            return identity(kubectl) if kubectl else None

    def _vms(self, seen: Mapping[str, Any]) -> Vms | None:
        from ..cluster.live_pool import vms

        with self._access.kubectl() as kubectl:
            return vms(kubectl, seen) if kubectl else None


surroundings = PerProgram(Surroundings)
