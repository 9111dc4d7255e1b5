"""An engine for a plugin: it answers by gRPC, and writes down what it is asked for.

What is written down are the requests of engine_mocks.py, so that a plugin's can be compared with
those of a program.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from checkout import ROOT
from engine_mocks import STACK_TYPE, Before, Monitor, Run
from google.protobuf import empty_pb2, message, struct_pb2  # type: ignore[import-untyped]
from kubevirt_vm_pool.stack_config import PROJECT
from kubevirt_vm_pool.vm_pool import TYPE
from pulumi.runtime import rpc, settings
from pulumi.runtime.proto import (
    callback_pb2,
    callback_pb2_grpc,
    engine_pb2_grpc,
    provider_pb2,
    provider_pb2_grpc,
    resource_pb2_grpc,
)

STACK = "user1"
STACK_URN = f"urn:pulumi:{STACK}::{PROJECT}::{STACK_TYPE}::{PROJECT}-{STACK}"
PLUGIN = ROOT / "components"


class _MonitorOfPlugins(Monitor):
    """Calls functions where they are, in the plugin's process."""

    def invoked(self, callback: Any, request: Any, answer: type[message.Message]) -> Any:
        with grpc.insecure_channel(callback.target) as channel:
            asked = callback_pb2.CallbackInvokeRequest(
                token=callback.token, request=request.SerializeToString()
            )
            answered = callback_pb2_grpc.CallbacksStub(channel).Invoke(asked, timeout=30)
        return answer.FromString(answered.response)


class _Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Hands every request on to a monitor of engine_mocks.py."""

    def __init__(self, monitor: Monitor) -> None:
        for name in (
            "GetDeploymentInfo",
            "Invoke",
            "RegisterResource",
            "RegisterResourceHook",
            "RegisterResourceOutputs",
        ):
            setattr(self, name, _called(getattr(monitor, name)))


class _Log(engine_pb2_grpc.EngineServicer):
    def __init__(self, run: Run) -> None:
        self._run = run

    def Log(self, request: Any, _: Any) -> Any:  # noqa: N802 - the protocol's name
        self._run.log.append(request.message)
        return empty_pb2.Empty()


def _called(method: Any) -> Any:
    return lambda request, _: method(request)


def _of_the_stack() -> None:
    """Let a thread make URNs of the stack."""
    settings._set_project(PROJECT)
    settings._set_stack(STACK)


@contextmanager
def engine(run: Run, *, preview: bool = False) -> Iterator[str]:
    """Run an engine for one program; yields its address. What it is asked for is in `run`."""
    server = grpc.server(ThreadPoolExecutor(8, initializer=_of_the_stack))
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(
        _Monitor(_MonitorOfPlugins(run, preview, Before())), server
    )
    engine_pb2_grpc.add_EngineServicer_to_server(_Log(run), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(grace=None).wait()


@dataclass(frozen=True)
class Plugin:
    """A plugin that runs. run: what it tells the engine that has started it."""

    asked: provider_pb2_grpc.ResourceProviderStub
    run: Run

    def schema(self) -> str:
        """Return the schema of its package."""
        return str(self.asked.GetSchema(provider_pb2.GetSchemaRequest()).schema)

    def construct(
        self, engine: str, inputs: Mapping[str, Any], name: str = "web", *, preview: bool = False
    ) -> provider_pb2.ConstructResponse:
        """Construct a VmPool; raises grpc.RpcError. inputs: as the wire has them."""
        request = self.construction(engine, inputs, name, preview=preview)
        answer: provider_pb2.ConstructResponse = self.asked.Construct(request, timeout=60)
        return answer

    @staticmethod
    def construction(
        engine: str, inputs: Mapping[str, Any], name: str = "web", *, preview: bool = False
    ) -> provider_pb2.ConstructRequest:
        """Return what asks for a VmPool. engine: the address of that which has the program."""
        properties = struct_pb2.Struct()
        properties.update(inputs)
        return provider_pb2.ConstructRequest(
            project=PROJECT,
            stack=STACK,
            organization="organization",
            dryRun=preview,
            parallel=4,
            monitorEndpoint=engine,
            type=TYPE,
            name=name,
            parent=STACK_URN,
            inputs=properties,
            accepts_output_values=True,
        )


@contextmanager
def plugin(folder: Path = PLUGIN, python: Path | str = sys.executable) -> Iterator[Plugin]:
    """Start the plugin of a folder as the engine does: by its folder, which has a __main__.py."""
    run = Run()
    with engine(run) as address:
        started = subprocess.Popen(
            [python, folder, address],
            cwd=folder,
            # It finds neither this checkout nor a cluster.
            env={
                "PATH": str(Path(python).parent),
                "HOME": str(folder),
                **{key: os.environ[key] for key in ("LANG", "TMPDIR") if key in os.environ},
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert started.stdout
            port = started.stdout.readline().strip()
            assert port.isdigit(), f"the plugin prints {port!r} in place of a port"
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield Plugin(provider_pb2_grpc.ResourceProviderStub(channel), run)
        finally:
            started.terminate()
            started.communicate(timeout=30)


def secret(value: Any) -> dict[str, Any]:
    """Return a secret as older SDKs send it."""
    return {rpc._special_sig_key: rpc._special_secret_sig, "value": value}


def output(value: Any = None, *, known: bool = True, is_secret: bool = False) -> dict[str, Any]:
    """Return an Output as SDKs send it."""
    sent = {rpc._special_sig_key: rpc._special_output_value_sig, "secret": is_secret}
    return sent | ({"value": value} if known else {})


UNKNOWN = rpc.UNKNOWN
