"""Sentences that say the same of several stacks, but for each one's own name in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kubevirt_vm_pool.text.variables import OF_POOLS, OF_STACK

# Stands for the name of each.
EACH = "STACK"
# What is set to allow something, as errors say it.
VARIABLE = re.compile(r"\b(VMPOOL_\w+)=([\w.,-]+)(?<![.,])")


def of_each(text: str, stack: str) -> str:
    """Return what a text says of a stack, for any other one: its name as a word is left open."""
    return re.sub(rf"(?<![\w.-]){re.escape(stack)}(?![\w-])", EACH, text)


def of_all(text: str, stacks: Sequence[str]) -> str:
    """Return what a text says of the first of some stacks for all of them.

    Each word that is its name is left open, and a variable is set to what it is for all.
    """
    told, end = "", 0
    for found in VARIABLE.finditer(text):
        told += of_each(text[end : found.start()], stacks[0]) + _set(found, stacks)
        end = found.end()
    return told + of_each(text[end:], stacks[0])


def _set(found: re.Match[str], stacks: Sequence[str]) -> str:
    variable, values = found[1], found[2].split(",")
    of_pools = variable in OF_POOLS
    own = [
        f"{stack}{OF_STACK}" * of_pools + (stack if value == stacks[0] else value)
        for stack in stacks
        for value in values
    ]
    return f"{variable}={','.join(dict.fromkeys(own))}"
