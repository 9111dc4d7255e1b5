"""A Pulumi engine that does nothing but write down what a program asks of it.

Every run has an event loop of its own and so, since the SDK keeps its state in context variables,
a state of its own. The SDK's own mocks show inputs; the requests show names, parents and options.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import json
import logging
import runpy
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict, Unpack

import pulumi
from google.protobuf import empty_pb2, json_format, message  # type: ignore[import-untyped]
from kubevirt_vm_pool.stack_config import PROJECT
from pulumi.runtime import mocks, rpc, settings
from pulumi.runtime._callbacks import _CallbackServicer
from pulumi.runtime.config import set_all_config
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.stack import run_in_stack

STACK_TYPE = "pulumi:pulumi:Stack"
STATE_TOKEN = "pulumi:pulumi:readStackResourceOutputs"
RANDOM_PASSWORD_TYPE = "random:index/randomPassword:RandomPassword"
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
    def hooks(self) -> dict[str, list[str]]:
        """Names of the hooks by when they are run."""
        bound: dict[str, list[str]] = json_format.MessageToDict(self.raw.hooks)
        return bound

    @property
    def options(self) -> dict[str, Any]:
        """All of the request but its properties, and where in the program it was made."""
        message: dict[str, Any] = json_format.MessageToDict(self.raw)
        # Of transforms there are only the tokens of functions, which have done their work.
        for key in ("object", "sourcePosition", "stackTrace", "transforms"):
            message.pop(key, None)
        message.get("dependencies", []).sort()
        return message


@dataclass
class Run:
    """What a program asked of the engine, and how it ended.

    requests: as their transforms left them. hooks: whether they run in previews, by name.
    reads: ids of what was read, by name. told: what of the log a person gets to see, by severity.
    """

    requests: list[Request] = field(default_factory=list)
    hooks: dict[str, bool] = field(default_factory=dict)
    reads: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
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


@dataclass(frozen=True)
class Before:
    """What the stack's last update has left.

    outputs: of the stack, None for a stack without any update. objects: what it registered, by
    name; what is new or registered otherwise now is made or updated, and its hooks are called.
    """

    outputs: Mapping[str, Any] | None = None
    objects: Mapping[str, Request] = field(default_factory=dict)

    @property
    def state(self) -> dict[str, Any]:
        """What the engine hands out of every resource, by URN."""
        component = "kubevirt-vm-pool:index:VmPool"
        urn = f"urn:pulumi:user1::{PROJECT}::{component}::"
        found = self.outputs or {}
        # A program may export several pools, each below a name of its own.
        told = [found] if "pool" in found else [one for one in found.values() if "pool" in one]
        return {
            f"{urn}{number}": {"type": component, "outputs": one} for number, one in enumerate(told)
        } | {
            f"urn:pulumi:user1::{PROJECT}::{request.type}::{name}": {
                "type": request.type,
                "outputs": request.properties,
            }
            for name, request in self.objects.items()
        }


class _Echo(mocks.Mocks):
    """Answers with what was asked, as a cluster does; functions are nobody's business here."""

    def __init__(self, preview: bool, before: Before) -> None:
        self._preview = preview
        self._before = before

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        if args.token == STATE_TOKEN:
            return {"outputs": self._before.state}, []
        raise AssertionError(f"the program calls {args.token}, which needs a provider")

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if args.typ == RANDOM_PASSWORD_TYPE and not self._preview:
            return f"{args.name}-id", {**args.inputs, "result": f"made-for-{args.name}"}
        # An id is not known before a resource is there.
        return ("" if self._preview else f"{args.name}-id"), args.inputs


class Monitor(mocks.MockMonitor):
    """Writes down what it is asked for, and answers as an engine does that has a cluster."""

    def __init__(self, run: Run, preview: bool, before: Before) -> None:
        super().__init__(_Echo(preview, before))
        self._run = run
        self._preview = preview
        self._before = before
        self._hooks: dict[str, Any] = {}
        self._urns: set[str] = set()
        self._lock = threading.Lock()  # requests come from a pool of threads

    @functools.cached_property
    def callbacks(self) -> _Callbacks:
        """The program's functions; first asked for by the program's own thread."""
        return _Callbacks(self)

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the SDK's name
        self._require_new(request)
        for transform in request.transforms:
            request = self._transformed(request, transform)
        asked = Request(request)
        with self._lock:
            self._run.requests.append(asked)
        before = self._before.objects.get(asked.name)
        if before is not None and before.marked != asked.marked:
            for hook in request.hooks.before_update:
                self._call(hook, before, asked)
        if self._before.objects and asked.name not in self._before.objects:
            for hook in request.hooks.before_create:
                self._call(hook, None, asked)
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 - the SDK's name
        self._require_new(request)
        with self._lock:
            self._run.reads[request.name] = request.id
        return super().ReadResource(request)  # type: ignore[no-untyped-call]

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the SDK's name
        with self._lock:
            self._run.outputs[request.urn] = json_format.MessageToDict(request.outputs)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]

    def RegisterResourceHook(self, request: Any) -> Any:  # noqa: N802 - the SDK's name
        with self._lock:
            assert request.name not in self._run.hooks, f"two hooks are called {request.name}"
            self._run.hooks[request.name] = request.on_dry_run
            self._hooks[request.name] = request.callback
        return super().RegisterResourceHook(request)  # type: ignore[no-untyped-call]

    def invoked(self, callback: Any, request: Any, answer: type[message.Message]) -> Any:
        """Call a function of the program's. answer: the type of what it answers."""
        del answer  # The function's own; over a wire it would be needed.
        return self.callbacks.invoked(callback.token, request)

    def _require_new(self, request: Any) -> None:
        """Refuse what the engine refuses: two resources of the same URN, read or registered."""
        urn = self.make_urn(request.parent, request.type, request.name)
        with self._lock:
            assert urn not in self._urns, f"Duplicate resource URN '{urn}'"
            self._urns.add(urn)

    def _call(self, hook: str, before: Request | None, asked: Request) -> None:
        if self._preview and not self._run.hooks[hook]:
            return
        call = resource_pb2.ResourceHookRequest(
            name=asked.name,
            type=asked.type,
            new_inputs=asked.raw.object,
            old_inputs=before and before.raw.object,
            old_outputs=before and before.raw.object,
        )
        done = self.invoked(self._hooks[hook], call, resource_pb2.ResourceHookResponse)
        if done.error:
            raise HookError(f'before hook "{hook}" failed: {done.error}')

    def _transformed(self, request: Any, transform: Any) -> Any:
        """Return a request as a transform leaves it."""
        options = resource_pb2.TransformResourceOptions()
        for own, other in TRANSFORMED.items():
            _copy(request, own, options, other)
        call = resource_pb2.TransformRequest(
            type=request.type,
            name=request.name,
            custom=request.custom,
            parent=request.parent,
            properties=request.object,
            options=options,
        )
        done = self.invoked(transform, call, resource_pb2.TransformResponse)
        changed = resource_pb2.RegisterResourceRequest()
        changed.CopyFrom(request)
        changed.object.CopyFrom(done.properties)
        for own, other in TRANSFORMED.items():
            changed.ClearField(own)  # type: ignore[arg-type]
            _copy(done.options, other, changed, own)
        return changed


class _Callbacks(_CallbackServicer):
    """The program's functions that the engine calls, without the server that it calls them by.

    A server for each of hundreds of runs makes the interpreter crash when it cleans up.
    """

    def __init__(self, monitor: Any) -> None:
        self._callbacks = {}
        self._transforms = {}
        self._state_migrations = {}
        self._monitor = monitor
        self._loop = asyncio.get_running_loop()
        self._target = "nowhere"

    def invoked(self, token: str, request: Any) -> Any:
        """Call a function from another thread than the program's, and return its answer."""
        call = self._callbacks[token](request.SerializeToString())
        return asyncio.run_coroutine_threadsafe(call, self._loop).result(timeout=10)  # type: ignore[arg-type]


class HookError(Exception):
    """What the engine says when a hook has raised."""


# Options of a resource that transforms see, as a request and as a transform spell them.
TRANSFORMED = {
    "protect": "protect",
    "ignoreChanges": "ignore_changes",
    "replaceOnChanges": "replace_on_changes",
    "deleteBeforeReplace": "delete_before_replace",
    "version": "version",
    "aliases": "aliases",
    "provider": "provider",
    "dependencies": "depends_on",
    "additionalSecretOutputs": "additional_secret_outputs",
    "hooks": "hooks",
    "importId": "import",
}


def _copy(source: Any, name: str, target: Any, as_: str) -> None:
    """Copy a member of a message, where it is set, to that of another."""
    for descriptor, value in source.ListFields():
        if descriptor.name != name:
            continue
        if isinstance(value, message.Message):
            getattr(target, as_).CopyFrom(value)
        elif isinstance(value, bool | str):
            setattr(target, as_, value)
        else:
            getattr(target, as_).extend(value)


class _Log(logging.Handler):
    def __init__(self, run: Run) -> None:
        super().__init__()
        self._run = run

    def emit(self, record: logging.LogRecord) -> None:
        self._run.log.append(record.getMessage())
        if record.levelno > logging.DEBUG:
            self._run.told.append((record.levelname.lower(), record.getMessage()))


class Circumstances(TypedDict, total=False):
    """What a program runs in: by default an update of the new stack user1."""

    stack: str
    preview: bool
    before: Before


def attempt(
    program: Callable[[], object],
    config: Mapping[str, str] | None = None,
    **circumstances: Unpack[Circumstances],
) -> Run:
    """Run a program as a stack's; an error of it is in the result.

    config: the engine's text by full key ("kubevirt-vm-pool:replicas").
    """
    run, preview = Run(), circumstances.get("preview", False)
    logger = logging.Logger("engine")
    logger.addHandler(_Log(run))

    async def go() -> None:
        # An error reaches every Output behind it; one of them is enough.
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        monitor = Monitor(run, preview, circumstances.get("before", Before()))
        features = monitor.GetDeploymentInfo(empty_pb2.Empty())  # type: ignore[no-untyped-call]
        # mocks.set_mocks would make a root stack of its own, which no outputs of the program reach.
        settings.configure(
            mocks.MockSettings(  # type: ignore[no-untyped-call]
                monitor=monitor,
                monitor_features=set(features.supportedFeatures),
                engine=mocks.MockEngine(logger),
                project=PROJECT,
                stack=circumstances.get("stack", "user1"),
                dry_run=preview,
                organization="organization",
                callbacks=monitor.callbacks,
            )
        )
        # What a run before this one left unfinished belongs to a loop that is closed.
        settings.SETTINGS.outputs.clear()
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
    **circumstances: Unpack[Circumstances],
) -> Run:
    """Run a program that must end well; see attempt."""
    done = attempt(program, config, **circumstances)
    if done.error is not None:
        raise done.error
    return done


def main_program() -> None:
    """Run __main__.py as the engine's language host does; the garbage collector is as before."""
    try:
        runpy.run_path(str(Path(__file__).parents[2] / "__main__.py"), run_name="__main__")
    finally:
        gc.unfreeze()
        gc.enable()


def engine_text(value: object) -> str:
    """Return the text that the engine has for a value of a stack file."""
    return value if isinstance(value, str) else json.dumps(value)


def engine_config(values: Mapping[str, object]) -> dict[str, str]:
    """Return the engine's configuration that a stack file's keys and values lead to."""
    return {
        f"{PROJECT}:{key}": engine_text(value) for key, value in values.items() if value is not None
    }


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
