"""A Pulumi engine that does nothing but write down what a program asks of it.

Every run has an event loop of its own and so, since the SDK keeps its state in context variables, a
state of its own. The SDK's own mocks show inputs only; the requests show names, parents and options.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import runpy
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from google.protobuf import empty_pb2, json_format
from pulumi.runtime import mocks, rpc, settings
from pulumi.runtime.config import set_all_config
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.stack import run_in_stack

from components.configuration import PROJECT, PROJECT_FILE

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_TYPE = "pulumi:providers:kubernetes"

# The wire's mark of a secret, in place of which a reader of plain text sees nothing.
SECRET = "[secret]"


@dataclass
class Request:
    """One RegisterResource request, in plain data; `raw` has all that the SDK sent."""

    raw: resource_pb2.RegisterResourceRequest

    @property
    def type(self) -> str:
        return str(self.raw.type)

    @property
    def name(self) -> str:
        return str(self.raw.name)

    @property
    def marked(self) -> dict[str, Any]:
        """The properties as sent: secrets are inside the wire's marks."""
        properties: dict[str, Any] = json_format.MessageToDict(self.raw.object)
        return properties

    @property
    def properties(self) -> Any:
        """The properties with secrets as they are."""
        return _opened(self.marked, lambda value: value)

    @property
    def public(self) -> Any:
        """The properties as state and diffs show them."""
        return _opened(self.marked, lambda value: SECRET)

    @property
    def parent(self) -> str:
        """Name of the parent."""
        return _name(self.raw.parent)

    @property
    def provider(self) -> str:
        """Name of the provider."""
        return _name(self.raw.provider.rpartition("::")[0])

    @property
    def dependencies(self) -> set[str]:
        """Names of what must be there first."""
        return {_name(urn) for urn in self.raw.dependencies}

    @property
    def options(self) -> dict[str, Any]:
        """All of the request but its properties, and where in the program it was made."""
        message: dict[str, Any] = json_format.MessageToDict(self.raw)
        for key in ("object", "sourcePosition", "stackTrace"):
            message.pop(key, None)
        message.get("dependencies", []).sort()
        return message


@dataclass
class Run:
    """What a program asked of the engine, and how it ended."""

    requests: list[Request] = field(default_factory=list)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    error: BaseException | None = None

    @property
    def resources(self) -> dict[str, Request]:
        """The requests by name, without the stack's own."""
        return {request.name: request for request in self.requests if request.type != STACK_TYPE}

    @property
    def registered(self) -> set[tuple[str, str, str]]:
        """Type, name and parent of every resource."""
        return {(request.type, name, request.parent) for name, request in self.resources.items()}

    @property
    def stack_outputs(self) -> dict[str, Any]:
        """What the stack exports."""
        (urn,) = [urn for urn in self.outputs if urn.split("::")[2] == STACK_TYPE]
        return self.outputs[urn]

    @property
    def plain_text(self) -> str:
        """Everything that anybody may get to see: all requests, outputs, messages, the error."""
        said = [
            json.dumps([request.options, request.public], ensure_ascii=False)
            for request in self.requests
        ]
        said += [json.dumps(_opened(o, lambda value: SECRET)) for o in self.outputs.values()]
        return "\n".join([*said, *self.log, str(self.error)])


class _Echo(mocks.Mocks):
    """Answers with what was asked, as a cluster does; functions are nobody's business here."""

    def __init__(self, preview: bool) -> None:
        self._preview = preview

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        raise AssertionError(f"the program calls {args.token}, which needs a provider")

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        # An id is not known before a resource is there.
        return ("" if self._preview else f"{args.name}-id"), args.inputs


class _Monitor(mocks.MockMonitor):
    def __init__(self, run: Run, preview: bool) -> None:
        super().__init__(_Echo(preview))
        self._run = run
        self._lock = threading.Lock()  # requests come from a pool of threads

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the SDK's name
        with self._lock:
            self._run.requests.append(Request(request))
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the SDK's name
        with self._lock:
            self._run.outputs[request.urn] = json_format.MessageToDict(request.outputs)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


class _Log(logging.Handler):
    def __init__(self, run: Run) -> None:
        super().__init__()
        self._run = run

    def emit(self, record: logging.LogRecord) -> None:
        self._run.log.append(record.getMessage())


def attempt(
    program: Callable[[], object],
    config: Mapping[str, str] | None = None,
    *,
    stack: str = "user1",
    preview: bool = False,
) -> Run:
    """Run a program as a stack's; an error of it is in the result.

    config: the engine's text by full key ("kubevirt-vm-pool:replicas").
    """
    run = Run()
    logger = logging.Logger("engine")
    logger.addHandler(_Log(run))

    async def go() -> None:
        monitor = _Monitor(run, preview)
        features = monitor.GetDeploymentInfo(empty_pb2.Empty())  # type: ignore[no-untyped-call]
        # mocks.set_mocks would make a root stack of its own, which no outputs of the program reach.
        settings.configure(
            mocks.MockSettings(
                monitor=monitor,
                monitor_features=set(features.supportedFeatures),
                engine=mocks.MockEngine(logger),
                project=PROJECT,
                stack=stack,
                dry_run=preview,
                organization=None,
                callbacks=None,
            )
        )
        set_all_config(dict(config or {}), [])
        await run_in_stack(lambda: (program(), None)[1])

    try:
        asyncio.run(go())
    except Exception as error:
        run.error = error
    return run


def run(
    program: Callable[[], object],
    config: Mapping[str, str] | None = None,
    *,
    stack: str = "user1",
    preview: bool = False,
) -> Run:
    """Run a program that must end well; see attempt."""
    done = attempt(program, config, stack=stack, preview=preview)
    if done.error is not None:
        raise done.error
    return done


def main_program() -> None:
    """Run __main__.py as the engine's language host does."""
    runpy.run_path(str(PROJECT_FILE.with_name("__main__.py")), run_name="__main__")


def engine_text(value: object) -> str:
    """Return the text that the engine has for a value of a stack file."""
    return value if isinstance(value, str) else json.dumps(value)


def engine_config(values: Mapping[str, object]) -> dict[str, str]:
    """Return the engine's configuration that a stack file's keys and values lead to."""
    return {
        f"{PROJECT}:{key}": engine_text(value) for key, value in values.items() if value is not None
    }


def said_in(text: str, secret: str) -> bool:
    """Tell whether a text holds a secret, as it is or in base64, wherever that may begin."""
    raw = secret.encode()
    encoded = [base64.b64encode(b"-" * shift + raw).decode() for shift in range(3)]
    # The first and last signs depend on what stands around the secret.
    return secret in text or any(part[4:-4] in text for part in encoded)


def unknown() -> pulumi.Output[Any]:
    """Return an Output whose value a preview does not know."""
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    future.set_result(None)
    known: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    known.set_result(False)
    return pulumi.Output(set(), future, known)


def _opened(value: Any, instead: Callable[[Any], Any]) -> Any:
    """Return wire data without the marks of secrets: with `instead` of what they hold."""
    if isinstance(value, dict):
        if rpc.is_rpc_secret(value):
            return instead(_opened(value["value"], instead))
        return {key: _opened(member, instead) for key, member in value.items()}
    if isinstance(value, list):
        return [_opened(item, instead) for item in value]
    return value


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]
