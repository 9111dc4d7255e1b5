"""What a program in another language says of a pool, as the arguments that VmPool takes in Python.

SDKs wrap more than their user did: a whole object counts as an Output as soon as one value in it
is secret or comes from a resource, and every number is a float. VmPool needs plain values for all
that the shape of its objects depends on, so what is known is unwrapped, and only the values that
may be secret stay Outputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.output import Unknown

from ..spec.placeholders import placeholder
from ..text.paths import Path


async def arguments(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a VmPool. inputs: as the engine gives them, by name."""
    return {key: await _plain(value, (key,)) for key, value in inputs.items()}


async def _plain(value: Any, path: Path) -> Any:
    """Return a value with Outputs only where a secret or something not known yet stands."""
    if isinstance(value, Unknown):
        return pulumi.Output.from_input(value)
    if isinstance(value, pulumi.Output):
        return await _opened(value, path)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: await _plain(member, (*path, key)) for key, member in value.items()}
    if isinstance(value, list):
        return [await _plain(item, (*path, index)) for index, item in enumerate(value)]
    return value


async def _opened(value: pulumi.Output[Any], path: Path) -> Any:
    """Return what an Output holds, as far as it need not stay one."""
    secret = await value.is_secret()
    if secret and _may_be_output(path):
        return value
    if not await value.is_known():
        return value
    known = await _plain(await value.future(), path)
    return _secret_inside(known, path) if secret else known


def _secret_inside(value: Any, path: Path) -> Any:
    """Return a secret with the places in it that may be secret as such: nobody knows which it is.

    Where there is no such place the whole stays one, for VmPool to refuse.
    """
    if _may_be_output(path):
        return pulumi.Output.secret(value)
    if isinstance(value, dict):
        return {key: _inside(member, (*path, key)) for key, member in value.items()}
    if isinstance(value, list):
        return [_inside(item, (*path, index)) for index, item in enumerate(value)]
    return pulumi.Output.secret(value)


def _inside(value: Any, path: Path) -> Any:
    """Return a part of a secret value; a part that never is one is plain."""
    if isinstance(value, dict | list) or _may_be_output(path):
        return _secret_inside(value, path)
    return value


def _may_be_output(path: Path) -> bool:
    """Tell whether VmPool takes an Output here."""
    try:
        placeholder(path)
    except KeyError:
        return False
    return True
