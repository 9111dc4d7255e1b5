"""The plugin's server: hands out the schema, and constructs pools for programs in any language."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Mapping, Sequence
from contextvars import ContextVar
from importlib import resources
from typing import TYPE_CHECKING, Any, cast

import grpc
import pulumi
from pulumi.provider import ConstructResult, Provider
from pulumi.provider.server import ProviderServicer
from pulumi.resource import DependencyResource
from pulumi.runtime import settings
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from ..version import VERSION
from ..vm_pool import TYPE, VmPool
from .arguments import arguments

if TYPE_CHECKING:
    from ..args import VmPoolArgs

# The stack of the program that a pool is constructed for.
_stack: ContextVar[pulumi.Resource | None] = ContextVar("stack", default=None)


class PoolProvider(Provider):
    """Makes VmPools."""

    def __init__(self) -> None:
        schema = resources.files(__package__).joinpath("schema.json").read_text(encoding="utf-8")
        super().__init__(VERSION, schema)

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: Mapping[str, Any],
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """Construct a VmPool; its URN is known when it is there, and so is its state."""
        if resource_type != TYPE:
            raise pulumi.RunError(f"this package has {TYPE}, and no {resource_type}")
        # What there is once in a program (per_program.py), its stack stands for.
        root = _stack.get()
        if root is not None:
            settings.set_root_resource(root)
        state: dict[str, Any] = {}

        async def made() -> str:
            pool = VmPool(name, cast("VmPoolArgs", await arguments(inputs)), options)
            state.update(pool.exports)
            return str(await pool.urn.future())

        urn: Awaitable[str] = made()
        return ConstructResult(pulumi.Output.from_input(urn), state)


class Servicer(ProviderServicer):
    """The SDK's server, but for two things.

    It knows the program that asks, of which several may ask at once. And a report on wrong
    arguments is handed on as it is, without the words of an unexpected error.
    """

    def __init__(self, provider: Provider, args: list[str], engine_address: str) -> None:
        super().__init__(provider, args, engine_address)
        self._stacks: dict[str, pulumi.Resource] = {}

    async def Construct(  # noqa: N802 - the protocol's name
        self, request: provider_pb2.ConstructRequest, context: Any
    ) -> provider_pb2.ConstructResponse:
        """Construct a component."""
        _stack.set(self._stack_of(request))
        try:
            return await super().Construct(request, context)
        except pulumi.RunError as error:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
            raise

    def _stack_of(self, request: provider_pb2.ConstructRequest) -> pulumi.Resource:
        """Return the stack of a program, the same for all of its pools."""
        project, stack = request.project, request.stack
        urn = f"urn:pulumi:{stack}::{project}::pulumi:pulumi:Stack::{project}-{stack}"
        return self._stacks.setdefault(request.monitorEndpoint, DependencyResource(urn))


def main(args: Sequence[str] | None = None) -> None:
    """Serve until the engine ends this process. args: the engine's address, and what it adds."""
    parser = argparse.ArgumentParser(description="Plugin of the Pulumi engine: VmPool")
    parser.add_argument("engine", help="address of the engine")
    known, others = parser.parse_known_args(args)
    asyncio.run(_serve(Servicer(PoolProvider(), others, known.engine)))


async def _serve(servicer: Servicer) -> None:
    server = grpc.aio.server(options=[("grpc.max_receive_message_length", 400 * 1024 * 1024)])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    # The engine reads it.
    print(port, flush=True, file=sys.stdout)
    await server.wait_for_termination()
