"""up, preview and down of one stack, with the engine or without it."""

from __future__ import annotations

import asyncio

from components import waiting
from components.exports import exports
from components.kubectl import POOLS
from components.notes import notes
from components.objects import objects
from components.specification import Specification

from . import apply, cluster, engine, namespaces, target
from .console import Trouble, say
from .kubectl import Kubectl
from .report import got
from .stacks import Stack
from .target import Target


def up(stack: Stack) -> None:
    """Bring a stack up, and say what is there then."""
    spec = stack.specification()
    place = target.started(stack)
    kubectl = place.kubectl()
    say(f"stack {stack.name}: {place}")
    pulumi = _engine(stack, spec, place, kubectl)
    if pulumi is None:
        stack.demand_unsealed()
    if place.embedded and not spec.create_namespace:
        # On a real cluster the namespace is there, or its administrator's to give.
        namespaces.ensure(kubectl, spec.namespace)
    if pulumi:
        if not pulumi.has(stack.name):
            pulumi.create(stack.name)
        _demand(pulumi.up(stack))
    else:
        for line in notes(spec):
            say(line)
        for line in apply.up(kubectl, stack.name, spec, objects(spec)):
            say(line)
        if spec.wait_for_ready:
            wait_until_ready(kubectl, spec)
    print(got(spec, exports(spec), place))


def preview(stack: Stack) -> None:
    """Show what an up would change."""
    spec = stack.specification()
    place = target.started(stack)
    kubectl = place.kubectl()
    say(f"stack {stack.name}: {place}")
    pulumi = _engine(stack, spec, place, kubectl)
    if pulumi:
        if not pulumi.has(stack.name):
            pulumi.create(stack.name)
        _demand(pulumi.preview(stack))
        return
    stack.demand_unsealed()
    print(apply.preview(kubectl, stack.name, spec, objects(spec)) or "no changes\n", end="")


def down(stack: Stack) -> None:
    """Take a stack down, its namespace too if the stack made it and nothing else is in it."""
    spec = stack.specification()
    place = target.existing(stack)
    if place is None:
        say(f"stack {stack.name} is not up")
        return
    kubectl = place.kubectl()
    say(f"stack {stack.name}: {place}")
    pulumi = _engine(stack, spec, place, kubectl)
    if pulumi is None:
        for line in apply.down(kubectl, stack.name, spec) or [f"stack {stack.name} is not up"]:
            say(line)
    elif pulumi.has(stack.name):
        _demand(pulumi.destroy(stack, spec.name))
    else:
        say(f"stack {stack.name} is not up")
    if spec.create_namespace:
        namespaces.remove_if_empty(kubectl, spec.namespace, place.embedded)
    if place.embedded and not kubectl.run("get", POOLS, "-A", "-o", "name").stdout.strip():
        cluster.stop(target.CLUSTER)


def _engine(
    stack: Stack, spec: Specification, place: Target, kubectl: Kubectl
) -> engine.Engine | None:
    """Return the engine, or None (and say so) where the stack goes without it."""
    if apply.brought_up(kubectl, stack.name, spec.namespace):
        say("brought up by kubectl before, and so it goes on")
        return None
    try:
        return engine.find(place)
    except engine.NoEngineError as reason:
        apply.demand_not_pulumis(kubectl, spec)
        say(f"no Pulumi engine: {reason}; kubectl applies the same objects")
        return None


def wait_until_ready(kubectl: Kubectl, spec: Specification) -> None:
    """Wait for the VMs, as the program does under the engine; raises Trouble with the reasons."""
    try:
        asyncio.run(waiting.wait(kubectl, spec, spec.wait_for_ready_minutes * 60, say))
    except waiting.NotReadyError as error:
        raise Trouble(str(error)) from None


def _demand(code: int) -> None:
    """The engine has said what went wrong: leave with its exit code."""
    if code:
        raise SystemExit(code)
