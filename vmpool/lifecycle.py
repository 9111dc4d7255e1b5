"""up, preview and down of one stack, by the engine."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection, Container, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kubevirt_vm_pool.cluster import wait
from kubevirt_vm_pool.cluster.identity import (
    Identity,
    OtherClusterError,
    identity,
    may_move,
    require_same,
)
from kubevirt_vm_pool.cluster.kubectl import POOLS, Kubectl
from kubevirt_vm_pool.outputs import REVISION, exports
from kubevirt_vm_pool.spec.pool import PoolSpec
from kubevirt_vm_pool.validation.warnings import warnings

from . import demonstration, namespaces, target
from .abbreviate import abbreviate
from .console import Say, UserError, say, tell
from .controlplane import plane
from .engine import file_backend, install, interrupted_update, interruption, pulumi_cli
from .engine.known_stacks import Backends
from .stack.stack_files import Stack
from .summary import got
from .target import Target

if TYPE_CHECKING:
    from .engine.inline import Engine

NO_ENGINE = """\
no Pulumi engine: {reason}. Three ways out:
  install Pulumi             https://www.pulumi.com/docs/install
  make engine                builds it here, once, in a quarter of an hour
  vmpool render --stack {stack} --show-secrets | kubectl apply --server-side -f -
                             the same objects, without state, guard and drift"""


@dataclass(frozen=True)
class Begun:
    """A stack, its cluster and the engine.

    outputs: what the stack told when it was last up; None if the backend knows no such stack.
    known: the names of its pools by its state; None if that cannot be read here.
    """

    spec: PoolSpec
    place: Target
    kubectl: Kubectl
    engine: Engine
    outputs: Mapping[str, Any] | None
    known: frozenset[str] | None = None

    @property
    def pools(self) -> Collection[str]:
        """The names of the stack's pools; where no state tells, one may not be there yet."""
        if self.known is not None:
            return self.known
        return {self.spec.name, (self.outputs or {}).get("pool", self.spec.name)}

    @property
    def revision(self) -> str | None:
        """The commit that the stack was last brought up with; None if nobody said."""
        return revision(self.outputs)


def revision(outputs: Mapping[str, Any] | None) -> str | None:
    """Return the commit that a stack which told this was brought up with; None if nobody said."""
    return (outputs or {}).get("revision")


@interruption.in_order()
def up(stack: Stack, engine_for: Callable[[Begun], Engine] | None = None) -> None:
    """Bring a stack up, and say what is there then.

    engine_for: looks at what has begun and returns the engine for it, or raises UserError.
    """
    spec = stack.specification()
    place = target.started(stack)
    say(f"stack {stack.name}: {place}")
    kubectl = place.kubectl()
    _see_to_namespace(spec, place, kubectl)
    if not place.embedded:
        # Loaded where it is needed only.
        from .check import command

        command.require(stack, place, kubectl)
    try:
        engine = pulumi_cli.find(place)
    except install.NoEngineError as reason:
        if not pulumi_cli.may_be_without(place, stack.name):
            raise _no_engine(stack, reason) from None
        _show(stack, spec, kubectl, reason)
    else:
        begun = _begun(stack, spec, place, engine)
        _bring_up(replace(begun, engine=engine_for(begun)) if engine_for else begun, stack)
    print(got(spec, exports(spec), place))


def _see_to_namespace(spec: PoolSpec, place: Target, kubectl: Kubectl) -> None:
    if not place.embedded:
        # There it is its administrator's to give, and the engine tries for a minute.
        namespaces.require(kubectl, spec.namespace, is_made=spec.create_namespace)
    elif not spec.create_namespace:
        namespaces.ensure(kubectl, spec.namespace)


def _bring_up(begun: Begun, stack: Stack) -> None:
    _make_known(begun, stack)
    # What the engine has brought up once, kubectl shows no more.
    if begun.place.embedded and not begun.outputs and demonstration.down(begun.kubectl, stack):
        say("what kubectl has shown of the stack is taken away: from now on the engine keeps it")
    _require(begun.engine.up(stack))


def _show(stack: Stack, spec: PoolSpec, kubectl: Kubectl, reason: install.NoEngineError) -> None:
    """Let kubectl apply the objects, as a demonstration."""
    for line in warnings(spec):
        tell(line)
    for line in abbreviate(demonstration.up(kubectl, stack)):
        say(line)
    tell(
        f"a demonstration, by kubectl ({reason}): no state, no guard. "
        "make engine brings the real thing"
    )
    if spec.wait_for_ready:
        wait_until_ready(kubectl, spec)


@interruption.in_order()
def preview(stack: Stack, *, diff: bool = False) -> None:
    """Say what an up would change; diff: by the engine's own diff, with all values."""
    engine = prepared(stack, target.started(stack)).engine
    _require((engine.preview_diff if diff else engine.preview)(stack))


def prepared(
    stack: Stack,
    place: Target,
    told: Say | None = None,
    there: Container[str] = frozenset(),
    *,
    mends: bool = True,
) -> Begun:
    """Begin, and see to what a preview needs: a namespace, and a backend that knows the stack.

    there: namespaces that are known to be there. mends: as of begin.
    """
    begun = begin(stack, place, told, mends=mends)
    if begun.spec.namespace not in there:
        _see_to_namespace(begun.spec, begun.place, begun.kubectl)
    _make_known(begun, stack)
    return begun


@interruption.in_order()
def down(stack: Stack) -> None:
    """Take a stack down, its namespace too if the stack made it and nothing else is in it."""
    spec = stack.specification()
    place = target.existing(stack)
    if place is None:
        say(f"stack {stack.name} {not_up(stack, None)}")
        return
    say(f"stack {stack.name}: {place}")
    kubectl = place.kubectl()
    if not _taken_down(stack, spec, place, kubectl):
        say(f"stack {stack.name} {not_up(stack, place)}")
    if spec.create_namespace:
        namespaces.remove_if_empty(kubectl, spec.namespace, place.embedded)
    stop_if_empty(place)


def not_up(stack: Stack, place: Target | None) -> str:
    """Return in words that a stack is not up on a cluster, and where else it is, if it is known."""
    folder = place.folder if place else target.CLUSTER
    where = Backends().elsewhere(stack.name, folder)
    return f"is not up here; it is up on another cluster: {where}" if where else "is not up"


def remove_namespace(begun: Begun, say: Say) -> bool:
    """Delete the namespace that a stack has made, if nothing else is in it; return whether."""
    return namespaces.remove_if_empty(
        begun.kubectl, begun.spec.namespace, begun.place.embedded, say
    )


def stop_embedded_if_empty() -> None:
    """Stop the embedded control plane if it runs and has no pool any more."""
    if running := plane.running(target.CLUSTER):
        stop_if_empty(Target(running))


def stop_if_empty(place: Target) -> None:
    """Stop the embedded control plane if it has no pool any more."""
    if place.embedded and not place.kubectl().run("get", POOLS, "-A", "-o", "name").stdout.strip():
        plane.stop(target.CLUSTER)


def _taken_down(stack: Stack, spec: PoolSpec, place: Target, kubectl: Kubectl) -> bool:
    """Take down what there is; return whether there was anything."""
    shown = demonstration.down(kubectl, stack) if place.embedded else []
    for line in abbreviate(shown):
        say(line)
    try:
        engine = pulumi_cli.find(place)
    except install.NoEngineError as reason:
        if shown or pulumi_cli.may_be_without(place, stack.name):
            return bool(shown)
        raise _no_engine(stack, reason) from None
    begun = _begun(stack, spec, place, engine)
    if begun.outputs is None:
        return bool(shown)
    _require(engine.destroy(stack, begun.pools))
    return True


def require_engine() -> None:
    """Raise UserError if there is no engine, and none can be had."""
    try:
        install.engine()
    except install.NoEngineError as reason:
        raise UserError(NO_ENGINE.format(reason=reason, stack="NAME")) from None


def begin(stack: Stack, place: Target, told: Say | None = None, *, mends: bool = True) -> Begun:
    """Say where a stack's cluster is, and find the engine and what it knows of the stack.

    told: takes what there is to say, also by the engine, in place of the person. mends: whether
    what an update that was killed has left is done away with; else it is said, and no more. Raises
    UserError without an engine, and on another cluster than that of the last update.
    """
    spec = stack.specification()
    (told or say)(f"stack {stack.name}: {place}")
    try:
        engine = pulumi_cli.find(place, told or tell)
    except install.NoEngineError as reason:
        raise _no_engine(stack, reason) from None
    return _begun(stack, spec, place, engine, mends=mends)


def _begun(
    stack: Stack, spec: PoolSpec, place: Target, engine: Engine, *, mends: bool = True
) -> Begun:
    kubectl = place.kubectl()
    if mends:
        interrupted_update.unlock(engine, stack.name)
    outputs = engine.outputs(stack.name)
    if outputs is not None:
        see_to = interrupted_update.settle if mends else interrupted_update.told
        engine = see_to(engine, stack.name)
    before = Identity.of((outputs or {}).get("cluster"))
    if before and not may_move(stack.name, os.environ):
        # Before the engine looks: in another cluster it would take all objects for gone.
        try:
            require_same(stack.name, before, identity(kubectl))
        except OtherClusterError as refusal:
            raise UserError(str(refusal)) from None
    known = file_backend.pools(engine.environment, stack.name)
    begun = Begun(spec, place, kubectl, engine, outputs, known)
    if begun.revision and not os.environ.get(REVISION):
        # Who brings it up by hand, of whatever commit, leaves a newer one no easier to pass by.
        return replace(begun, engine=engine.with_revision(begun.revision))
    return begun


def _no_engine(stack: Stack, reason: install.NoEngineError) -> UserError:
    return UserError(NO_ENGINE.format(reason=reason, stack=stack.name))


def _make_known(begun: Begun, stack: Stack) -> None:
    if begun.outputs is None:
        begun.engine.create(stack.name)


def wait_until_ready(kubectl: Kubectl, spec: PoolSpec) -> None:
    """Wait for the VMs, as the program does under the engine; raises UserError with the reasons."""
    try:
        asyncio.run(wait.wait(kubectl, spec, spec.wait_for_ready_minutes * 60, say))
    except wait.NotReadyError as error:
        raise UserError(str(error)) from None


def _require(code: int) -> None:
    """The engine has said what went wrong: leave with its exit code."""
    if code:
        raise SystemExit(code)
