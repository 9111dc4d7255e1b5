"""Whether clusters are as the stacks say, or somebody changed them by another way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from kubevirt_vm_pool.cluster.kubectl import SECONDS_TO_ANSWER, Kubectl, KubectlError

from . import lifecycle, target
from .console import UserError, say, tell
from .engine import interruption
from .lifecycle import Begun
from .stack import stack_files
from .stack.stack_files import Stack

# Tells of a stack that differs why it may, from its name and the commit of its last up; "" is that
# nobody knows.
Why = Callable[[str, str | None], str]


def nobody_knows(_: str, __: str | None) -> str:
    """Return no reason."""
    return ""


@interruption.in_order()
def check(names: Iterable[str], expected: Sequence[str] = (), why: Why = nobody_knows) -> None:
    """Compare stacks with their clusters, one by one, and say what differs.

    expected: names and patterns of those that must be up. why: asked of a stack that differs.
    Nothing is changed. Raises UserError if one differs, is not up and should be, has no file and
    should, or cannot be compared; the others are compared all the same.
    """
    absent = stack_files.without_file(expected)
    there = [one for one in expected if one not in absent]
    # Without any pattern all stacks would match.
    must_be_up = stack_files.matching(there) if there else []
    drifted, missing, failed = list[str](), list[str](), list[str]()
    for name in names:
        try:
            stack = stack_files.read(name)
            begun = _begun(stack)
            if begun is None:
                if name in must_be_up:
                    missing.append(name)
            elif begun.engine.finds_drift(stack):
                drifted.append(name)
                if reason := why(name, begun.revision):
                    tell(reason)
        except (UserError, KubectlError) as error:
            tell(f"error: {error}")
            failed.append(name)
    told = [
        f"{what}: {', '.join(named)}"
        for what, named in (
            ("not as their stacks say", drifted),
            ("not up, and expected to be", missing),
            ("expected to be up, and without a file here", absent),
            ("could not be compared", failed),
        )
        if named
    ]
    if told:
        raise UserError(f"{'; '.join(told)}. `vmpool preview` shows what an up would change back")
    say("no drift")


def _begun(stack: Stack) -> Begun | None:
    """Return a stack that is up, and whose cluster answers; None if it is not up.

    Raises UserError or KubectlError if nobody can tell.
    """
    place = target.existing(stack)
    begun = lifecycle.begin(stack, place, mends=False) if place else None
    if begun is None or begun.outputs is None:
        say(f"stack {stack.name} is not up")
        return None
    _require_answer(begun.kubectl)
    return begun


def _require_answer(kubectl: Kubectl) -> None:
    """Raise KubectlError if the cluster does not answer, before the engine waits for it.

    Whoever may log in at all may ask this.
    """
    kubectl.run("get", "--raw=/version", seconds=SECONDS_TO_ANSWER)
