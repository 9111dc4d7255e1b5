"""Programs with a VmPool, for tests with mocks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pulumi
from configurations import given
from kubevirt_vm_pool import VmPool, VmPoolArgs

SECRET_TYPE = "kubernetes:core/v1:Secret"

# What an argument's key may hold: a value, or a function that makes an Output inside of a program.
Changes = dict[str, Any]


def arguments(changes: Changes | str = "") -> VmPoolArgs:
    """Return the arguments of the dev stack with some keys changed; functions are called."""
    if isinstance(changes, str):
        return cast("VmPoolArgs", given(changes))
    later = {key: value for key, value in changes.items() if _has_function(value)}
    plain = {key: value for key, value in changes.items() if key not in later}
    return cast("VmPoolArgs", {**given(plain), **_called(later)})


def _has_function(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_function, value.values()))
    if isinstance(value, list):
        return any(map(_has_function, value))
    return callable(value)


def _called(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _called(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_called(item) for item in value]
    return value() if callable(value) else value


def one_pool(changes: Changes | str = "", name: str = "vms") -> Callable[[], None]:
    """Return a program with one pool."""

    def program() -> None:
        VmPool(name, arguments(changes))

    return program


def output(value: Any) -> Callable[[], pulumi.Output[Any]]:
    """Return what makes an Output with a value that is known later."""

    async def soon() -> Any:
        await asyncio.sleep(0)
        return value

    return lambda: pulumi.Output.from_input(soon())


def secret(value: Any) -> Callable[[], pulumi.Output[Any]]:
    """Return what makes a secret Output."""
    return lambda: pulumi.Output.secret(value)


EVERYTHING = """
createNamespace: true
cloneAccess: true
disk: {source: {pvc: {name: golden, namespace: images}}}
networkPolicy: {from: []}
disruptionBudget: {minAvailable: 1}
scaleRole: {subjects: [{kind: User, name: ann}]}
"""
