"""Where stacks have their objects: no two of them may have the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kubevirt_vm_pool.spec.defaults import completed

from ..console import UserError
from ..stack import stack_files
from ..stack.stack_files import Stack
from ..target import KUBECONFIG


@dataclass(frozen=True)
class Place:
    """cluster: what the stack says of it, which is nothing where KUBECONFIG has the word."""

    namespace: str
    pool: str
    cluster: tuple[str, str] = field(repr=False)


def of(stack: Stack) -> Place | None:
    """Return the place of a stack, None if its file does not tell; nothing of it is checked."""
    if stack.elsewhere:
        return None
    values = completed(stack.given, stack=stack.name).values
    provider = stack.kubernetes
    kubeconfig = stack.ciphertexts.get(KUBECONFIG) or provider.get("kubeconfig", "")
    cluster = (str(provider.get("context", "")), str(kubeconfig))
    return Place(str(values["namespace"]), str(values["name"]), cluster)


@dataclass(frozen=True)
class Known:
    """The places of the stacks that have a file. unknown: those whose file does not tell it."""

    holders: dict[Place, str]
    unknown: list[str]


def known(root: Path) -> Known:
    """Return what is known of all stacks of a folder."""
    found = Known({}, [])
    for name in stack_files.names(root):
        try:
            place = of(stack_files.read(name, root, sealed=True))
        except UserError:
            place = None
        if place:
            found.holders.setdefault(place, name)
        else:
            found.unknown.append(name)
    return found


def clashes(
    stacks: Iterable[Stack], holders: Mapping[Place, str]
) -> Iterator[tuple[Stack, Place, str]]:
    """Yield the stacks that would have the objects of another one: where, and which one that is."""
    taken = dict(holders)
    for stack in stacks:
        place = of(stack)
        if place and (other := taken.setdefault(place, stack.name)) != stack.name:
            yield stack, place, other
