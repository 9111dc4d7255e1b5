"""A stack's configuration as the engine gives it to a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ..stack_config import PROJECT, StackConfig, decoded, unwrapped

if TYPE_CHECKING:
    from ..args import VmPoolArgs


def from_engine() -> VmPoolArgs:
    """Return what the engine gives of this project's configuration: the arguments of a VmPool."""
    # pulumi.Config reads single keys that one must know; only the runtime knows all there are.
    from pulumi.runtime import config

    given = {**config.get_config_env(), **config.CONFIG.get()}
    prefix = f"{PROJECT}:"
    args = StackConfig(
        (key.removeprefix(prefix), unwrapped(decoded(key.removeprefix(prefix), value)))
        for key, value in given.items()
        if key.startswith(prefix)
    )
    return cast("VmPoolArgs", args)
