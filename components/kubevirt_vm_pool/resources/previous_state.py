"""What a stack's last update has left: the engine hands a program nothing of its state unasked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.runtime import mocks, rpc, settings
from pulumi.runtime.proto import resource_pb2

if TYPE_CHECKING:
    from concurrent.futures import Executor

POOL = ":VirtualMachinePool"
COMPONENT = "kubevirt-vm-pool:index:VmPool"

ATTEMPTS, SECONDS_BETWEEN = 10, 0.1

# {URN: {"type": ..., "outputs": ...}}
State = Mapping[str, Mapping[str, Any]]


class PreviousState:
    """The outputs of every resource in a stack's state.

    They are read at once, and the program waits for them: when all is registered, and what is left
    over is deleted, the engine answers no more.

    threads: where a call may wait; those of the SDK may all be waiting for who asks.
    """

    def __init__(self, threads: Executor) -> None:
        self._own = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
        self._monitor = settings.get_monitor()
        loop = asyncio.get_running_loop()
        self._read = loop.run_in_executor(threads, self._state)
        waited: Awaitable[Any] = self._read
        pulumi.Output.from_input(waited)

    async def pools(self) -> list[Mapping[str, Any]]:
        """Return the pools as the engine last saw them."""
        return await self._of(POOL)

    async def components(self) -> list[Mapping[str, Any]]:
        """Return what each VmPool has told (outputs.py)."""
        return await self._of(COMPONENT)

    async def seen(self, kind: str, namespace: str, name: str) -> Mapping[str, Any] | None:
        """Return an object of the cluster as the engine last saw it; None if it knows none."""
        place = (namespace, name)
        for one in await self._of(f":{kind}"):
            metadata = one.get("metadata") or {}
            if (metadata.get("namespace"), metadata.get("name")) == place:
                return one
        return None

    async def _of(self, type_: str) -> list[Mapping[str, Any]]:
        found = await self._read
        return [one["outputs"] for one in found.values() if one["type"].endswith(type_)]

    def _state(self) -> State:
        if type(self._monitor) is mocks.MockMonitor:
            # Of a person's own test, whose mocks may know no such call.
            return {}
        # By a call: a StackReference is a resource, and would be one more of each program.
        request = resource_pb2.ResourceInvokeRequest(
            tok="pulumi:pulumi:readStackResourceOutputs", acceptResources=False
        )
        request.args.update({"stackName": self._own})
        monitor = self._monitor
        assert monitor
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = monitor.Invoke(request)
                break
            except Exception:
                # A file backend is written while it is read.
                if attempt == ATTEMPTS:
                    raise
                time.sleep(SECONDS_BETWEEN)
        found = rpc.deserialize_properties(getattr(answer, "return")).get("outputs")
        # One secret makes the whole one.
        opened: State = rpc.unwrap_rpc_secret(found) if rpc.is_rpc_secret(found) else found
        return opened or {}
