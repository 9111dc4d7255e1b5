"""Whether clusters are as the stacks say, or somebody changed them by another way."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kubevirt_vm_pool.cluster.kubectl import SECONDS_TO_ANSWER, Kubectl, KubectlError

from . import lifecycle, target
from .console import UserError, say, tell
from .engine import interruption
from .stack import stack_files
from .stack.stack_files import Stack


@interruption.in_order()
def check(names: Iterable[str], expected: Collection[str] = ()) -> None:
    """Compare stacks with their clusters, one by one, and say what differs.

    expected: those that must be up. Nothing is changed. Raises UserError if one differs, is not up
    and should be, or cannot be compared; the others are compared all the same.
    """
    drifted, missing, failed = [], [], []
    for name in names:
        try:
            differs = found(stack_files.read(name))
            if differs:
                drifted.append(name)
            elif differs is None and name in expected:
                missing.append(name)
        except (UserError, KubectlError) as error:
            tell(f"error: {error}")
            failed.append(name)
    told = [
        f"{what}: {', '.join(named)}"
        for what, named in (
            ("not as their stacks say", drifted),
            ("not up, and expected to be", missing),
            ("could not be compared", failed),
        )
        if named
    ]
    if told:
        raise UserError(f"{'; '.join(told)}. `vmpool preview` shows what an up would change back")
    say("no drift")


def found(stack: Stack) -> bool | None:
    """Tell whether a stack's cluster differs from it, and say how; None if it is not up.

    The number of replicas is no difference where an autoscaler owns it. Raises UserError or
    KubectlError if nobody can tell.
    """
    place = target.existing(stack)
    begun = lifecycle.begin(stack, place) if place else None
    if begun is None or begun.outputs is None:
        say(f"stack {stack.name} is not up")
        return None
    _require_answer(begun.kubectl)
    return begun.engine.finds_drift(stack)


def _require_answer(kubectl: Kubectl) -> None:
    """Raise KubectlError if the cluster does not answer, before the engine waits for it.

    Whoever may log in at all may ask this.
    """
    kubectl.run("get", "--raw=/version", seconds=SECONDS_TO_ANSWER)
