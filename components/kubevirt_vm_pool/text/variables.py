"""Environment variables that name what is allowed for one command."""

from __future__ import annotations

from collections.abc import Mapping

# Those that name pools (effects/disk_guard.py has what each allows).
OF_POOLS = ("VMPOOL_ALLOW_DISK_LOSS", "VMPOOL_ALLOW_RESTART")
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
        key: _for_stack(stack, value) if key in OF_POOLS else value
        for key, value in environment.items()
    }


def _for_stack(stack: str, names: str) -> str:
    own = f"{stack}{OF_STACK}"
    told = (name.strip().removeprefix(own) for name in names.split(","))
    return ",".join(name for name in told if OF_STACK not in name)
