"""Environment variables that name what is allowed for one command."""

from __future__ import annotations

from collections.abc import Mapping

# Of every variable that allows something; what they name are pools, or stacks.
ALLOW = "VMPOOL_ALLOW_"
# Between a stack and its pool; neither may have it in its name.
OF_STACK = "/"


def names_in(variable: str, environment: Mapping[str, str]) -> set[str]:
    """Return the names that a variable lists, separated by commas."""
    return {name.strip() for name in environment.get(variable, "").split(",")} - {""}


def for_stack(stack: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment that allows what it allows for one stack.

    There a pool of this stack that is named with it, as stack/pool, stands by its own name, those
    of other stacks do not stand at all, and names without a stack stay.
    """
    return {
        key: _for_stack(stack, value) if key.startswith(ALLOW) else value
        for key, value in environment.items()
    }


def _for_stack(stack: str, names: str) -> str:
    told = (name.strip().rpartition(OF_STACK) for name in names.split(","))
    return ",".join(name for of, _, name in told if of in {"", stack})
