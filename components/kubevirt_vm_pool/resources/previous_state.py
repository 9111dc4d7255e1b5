"""What a stack's last update has left: the engine hands a program nothing of its state unasked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pulumi

POOL = ":VirtualMachinePool"
SERVICE = ":core/v1:Service"
COMPONENT = "kubevirt-vm-pool:index:VmPool"

ATTEMPTS, SECONDS_BETWEEN = 10, 0.1

# {URN: {"type": ..., "outputs": ...}}
State = Mapping[str, Mapping[str, Any]]


class PreviousState:
    """The outputs of every resource in a stack's state, read when somebody first asks."""

    def __init__(self) -> None:
        self._own = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
        self._read: asyncio.Task[State] | None = None

    async def pools(self) -> list[Mapping[str, Any]]:
        """Return the pools as the engine last saw them."""
        return await self._of(POOL)

    async def services(self) -> list[Mapping[str, Any]]:
        """Return the Services as the engine last saw them."""
        return await self._of(SERVICE)

    async def components(self) -> list[Mapping[str, Any]]:
        """Return what each VmPool has told (outputs.py)."""
        return await self._of(COMPONENT)

    async def _of(self, type_: str) -> list[Mapping[str, Any]]:
        if self._read is None:
            self._read = asyncio.ensure_future(_state(self._own))
        found = await self._read
        return [one["outputs"] for one in found.values() if one["type"].endswith(type_)]


async def _state(stack: str) -> State:
    # By a call: a StackReference is a resource, and would be one more of each program.
    call = "pulumi:pulumi:readStackResourceOutputs"
    for attempt in range(ATTEMPTS):
        try:
            read = await pulumi.runtime.invoke_async(call, {"stackName": stack})
            break
        except Exception:
            # A file backend is written while it is read.
            if attempt == ATTEMPTS - 1:
                raise
            await asyncio.sleep(SECONDS_BETWEEN)
    found: State = (read or {}).get("outputs") or {}
    return found
