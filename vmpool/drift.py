"""Whether clusters are as the stacks say, or somebody changed them by another way."""

from __future__ import annotations

from collections.abc import Iterable

from kubevirt_vm_pool.cluster.kubectl import KubectlError

from . import lifecycle, target
from .console import UserError, say, tell
from .engine import interruption
from .stack import stack_files
from .stack.stack_files import Stack


@interruption.in_order()
def check(names: Iterable[str]) -> None:
    """Compare stacks with their clusters, one by one, and say what differs.

    Nothing is changed. Raises UserError if one differs or cannot be compared; the others are
    compared all the same.
    """
    drifted, failed = [], []
    for name in names:
        try:
            if found(stack_files.read(name)):
                drifted.append(name)
        except (UserError, KubectlError) as error:
            tell(f"error: {error}")
            failed.append(name)
    told = [
        f"{what}: {', '.join(named)}"
        for what, named in (
            ("not as their stacks say", drifted),
            ("could not be compared", failed),
        )
        if named
    ]
    if told:
        raise UserError(f"{'; '.join(told)}. `vmpool preview` shows what an up would change back")
    say("no drift")


def found(stack: Stack) -> bool:
    """Tell whether a stack's cluster differs from it, and say how.

    The number of replicas is no difference where an autoscaler owns it.
    """
    place = target.existing(stack)
    begun = lifecycle.begin(stack, place) if place else None
    if begun is None or begun.outputs is None:
        say(f"stack {stack.name} is not up")
        return False
    return begun.engine.finds_drift(stack)
