"""`vmpool stack rm`: a stack that is not up, out of the project and out of the backend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .. import demonstration, target
from ..console import UserError, say
from ..engine import install, interruption, pulumi_cli
from ..stack import stack_files
from ..stack.stack_files import Stack

if TYPE_CHECKING:
    from ..engine.inline import Engine


@interruption.in_order()
def remove(names: Sequence[str]) -> None:
    """Remove stacks' files, and let the backend forget them, all or none.

    Raises UserError if one is up, or if nobody can say that it is not.
    """
    stacks = [stack_files.read(name) for name in dict.fromkeys(names)]
    engines = {stack.name: _engine(stack) for stack in stacks}
    up = [stack.name for stack in stacks if _is_up(stack, engines[stack.name])]
    if up:
        ways = "\n".join(f"  vmpool down --stack {name}" for name in up)
        nothing = "\nno file is removed" * (len(stacks) > 1)
        raise UserError(
            f"{', '.join(up)} {'is' if len(up) == 1 else 'are'} up, and without its file nobody "
            f"could take it down; first, which deletes the VMs' disks:\n{ways}{nothing}"
        )
    for stack in stacks:
        if engine := engines[stack.name]:
            engine.forget(stack.name)
        stack.file.unlink(missing_ok=True)
        say(f"removed {stack.file.name}")


def _engine(stack: Stack) -> Engine | None:
    """Return the engine that may know a stack; None where nothing was ever brought up."""
    place = target.existing(stack)
    if place is None:
        return None
    if place.embedded and demonstration.there(place.kubectl(), stack):
        raise UserError(
            f"{stack.name} is shown on the embedded control plane; first: "
            f"vmpool down --stack {stack.name}"
        )
    try:
        return pulumi_cli.find(place)
    except install.NoEngineError as reason:
        if pulumi_cli.may_be_without(place, stack.name):
            return None
        raise UserError(
            f"nobody can tell whether {stack.name} is up: no Pulumi engine ({reason}); "
            f"{install.HOW_TO_GET_ONE}"
        ) from None


def _is_up(stack: Stack, engine: Engine | None) -> bool:
    return engine is not None and engine.resources(stack.name) > 0
