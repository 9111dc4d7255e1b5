"""up, preview and down of one stack, with the engine or without it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubevirt_vm_pool.cluster import wait
from kubevirt_vm_pool.cluster.kubectl import POOLS, Kubectl
from kubevirt_vm_pool.outputs import exports
from kubevirt_vm_pool.spec.pool import PoolSpec
from kubevirt_vm_pool.validation.warnings import warnings

from . import target
from .abbreviate import abbreviate
from .apply import applyset, namespaces, replica_state, server_side_apply
from .apply.applyset import ApplySet
from .console import UserError, say
from .controlplane import plane
from .engine import install, interruption, pulumi_cli
from .stack.stack_files import Stack
from .summary import got
from .target import Target

if TYPE_CHECKING:
    from .engine.inline import Engine


@dataclass(frozen=True)
class Begun:
    """A stack, its cluster, and who brings it up there: the engine, or without one kubectl."""

    spec: PoolSpec
    place: Target
    kubectl: Kubectl
    own: ApplySet
    pulumi: Engine | None


@interruption.in_order()
def up(stack: Stack) -> None:
    """Bring a stack up, and say what is there then."""
    begun = _begin_change(stack)
    spec, place, kubectl = begun.spec, begun.place, begun.kubectl
    if place.embedded and not spec.create_namespace:
        # On a real cluster the namespace is there, or its administrator's to give.
        namespaces.ensure(kubectl, spec.namespace)
    if begun.pulumi:
        _require(begun.pulumi.up(stack))
    else:
        for line in warnings(spec):
            say(line)
        for line in abbreviate(
            server_side_apply.up(kubectl, begun.own, spec, replica_state.manifests(spec, begun.own))
        ):
            say(line)
        if spec.wait_for_ready:
            wait_until_ready(kubectl, spec)
    print(got(spec, exports(spec), place))


@interruption.in_order()
def preview(stack: Stack) -> None:
    """Show what an up would change."""
    begun = _begin_change(stack)
    if begun.pulumi:
        _require(begun.pulumi.preview(stack))
        return
    wanted = replica_state.manifests(begun.spec, begun.own)
    changes = server_side_apply.preview(begun.kubectl, begun.own, begun.spec, wanted)
    print(changes or "no changes\n", end="")


@interruption.in_order()
def down(stack: Stack) -> None:
    """Take a stack down, its namespace too if the stack made it and nothing else is in it."""
    spec = stack.specification()
    place = target.existing(stack)
    if place is None:
        say(f"stack {stack.name} is not up")
        return
    begun = begin(stack, spec, place)
    kubectl, pulumi = begun.kubectl, begun.pulumi
    if pulumi is None:
        lines = server_side_apply.down(kubectl, begun.own, spec)
        for line in abbreviate(lines or [f"stack {stack.name} is not up"]):
            say(line)
    elif pulumi.has(stack.name):
        _require(pulumi.destroy(stack, spec.name))
    else:
        say(f"stack {stack.name} is not up")
    if spec.create_namespace:
        namespaces.remove_if_empty(kubectl, spec.namespace, place.embedded)
    if place.embedded and not kubectl.run("get", POOLS, "-A", "-o", "name").stdout.strip():
        plane.stop(target.CLUSTER)


def _begin_change(stack: Stack) -> Begun:
    """Start the stack's cluster, and see to it that the stack can be brought up there."""
    spec = stack.specification()
    begun = begin(stack, spec, target.started(stack))
    if begun.pulumi is None:
        stack.require_decrypted()
    elif not begun.pulumi.has(stack.name):
        begun.pulumi.create(stack.name)
    return begun


def begin(stack: Stack, spec: PoolSpec, place: Target) -> Begun:
    """Say where a stack's cluster is, and find out who brings it up there."""
    kubectl = place.kubectl()
    say(f"stack {stack.name}: {place}")
    own = applyset.read(kubectl, stack.name, spec.namespace)
    return Begun(spec, place, kubectl, own, _engine(spec, place, kubectl, own))


def _engine(spec: PoolSpec, place: Target, kubectl: Kubectl, own: ApplySet) -> Engine | None:
    """Return the engine, or None (and say so) where the stack goes without it."""
    if own.exists:
        say("brought up by kubectl before, and so it goes on")
        return None
    try:
        return pulumi_cli.find(place)
    except install.NoEngineError as reason:
        server_side_apply.require_not_pulumis(kubectl, spec)
        say(f"no Pulumi engine: {reason}; kubectl applies the same objects")
        return None


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
