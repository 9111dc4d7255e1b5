"""What a stack's last update has left: the engine hands a program nothing of its state unasked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pulumi

POOL = ":VirtualMachinePool"
COMPONENT = "kubevirt-vm-pool:index:VmPool"

# {URN: {"type": ..., "outputs": ...}}
State = Mapping[str, Mapping[str, Any]]


class PreviousState:
    """The outputs of every resource in a stack's state, read when somebody first asks."""

    def __init__(self) -> None:
        self._own = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
        self._read: asyncio.Task[State] | None = None

    async def pools(self) -> list[Mapping[str, Any]]:
        """Return the pools as the engine last saw them."""
        return [found async for found in self._of(POOL)]

    async def cluster(self) -> Any:
        """Return what a VmPool has said of its cluster; None if none has."""
        async for found in self._of(COMPONENT):
            if found.get("cluster"):
                return found["cluster"]
        return None

    async def _of(self, type_: str) -> AsyncIterator[Mapping[str, Any]]:
        if self._read is None:
            self._read = asyncio.ensure_future(_state(self._own))
        for one in (await self._read).values():
            if one["type"].endswith(type_):
                yield one["outputs"]


async def _state(stack: str) -> State:
    # By a call: a StackReference is a resource, and would be one more of each program.
    read = await pulumi.runtime.invoke_async(
        "pulumi:pulumi:readStackResourceOutputs", {"stackName": stack}
    )
    found: State = (read or {}).get("outputs") or {}
    return found
