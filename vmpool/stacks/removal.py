"""`vmpool stack rm`: a stack that is not up, out of the project and out of the backend."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .. import demonstration, target
from ..console import UserError, of_the_system, say
from ..engine import file_backend, install, interruption, pulumi_cli
from ..engine.known_stacks import Backends
from ..stack import stack_files
from ..stack.stack_files import Stack
from ..target import Target
from .listing import cluster_of

if TYPE_CHECKING:
    from ..engine.inline import Engine


@interruption.in_order()
def remove(names: Sequence[str]) -> None:
    """Let the backend forget stacks, then remove their files, all or none.

    Raises UserError if one is up, or if nobody can say that it is not; and where one of them fails,
    with what is done and what is left: the files are there until the backend has forgotten all, so
    that running it again does the rest.
    """
    stacks = _read(dict.fromkeys(names))
    backends = Backends()
    engines = {
        stack.name: engine for stack in stacks if (engine := _engine(stack, backends)) is not None
    }
    _require_down(stacks, engines, backends)
    forgotten: list[str] = []
    left = {stack.name: stack.file for stack in stacks}
    try:
        for name, engine in engines.items():
            engine.forget(name)
            forgotten.append(name)
        for name, file in list(left.items()):
            file.unlink(missing_ok=True)
            del left[name]
            say(f"removed {file.name}")
    except UserError as error:
        raise UserError(f"{error.message}\n{_what_is_left(forgotten, left)}") from None
    except OSError as error:
        told = of_the_system(error)
        raise UserError(f"{told}\n{_what_is_left(forgotten, left)}") from None


def _require_down(
    stacks: Sequence[Stack], engines: Mapping[str, Engine], backends: Backends
) -> None:
    """Raise UserError if a stack is up, on its cluster or on another one that is known here."""
    up = [name for name, engine in engines.items() if _is_up(name, engine)]
    wrong = []
    if up:
        ways = "\n".join(f"  vmpool down --stack {name}" for name in up)
        wrong.append(
            f"{', '.join(up)} {'is' if len(up) == 1 else 'are'} up, and without its file nobody "
            f"could take it down; first, which deletes the VMs' disks:\n{ways}"
        )
    for stack in stacks:
        _, folder = cluster_of(stack, os.environ)
        if where := backends.elsewhere(stack.name, folder):
            wrong.append(
                f"{stack.name} is up on another cluster than this shell's ({where}), and without "
                "its file nobody could take it down; first, with KUBECONFIG as it was then, which "
                f"deletes the VMs' disks:\n  vmpool down --stack {stack.name}"
            )
    if wrong:
        nothing = "\nno file is removed" * (len(stacks) > 1)
        raise UserError("\n".join(wrong) + nothing)


def _is_up(name: str, engine: Engine) -> bool:
    """Tell whether a stack is up; what can be read is not asked of the engine, which takes long."""
    latest = file_backend.latest(engine.environment, name)
    return engine.has_objects(name) if latest is None else file_backend.has_objects(latest)


def _read(names: Collection[str]) -> list[Stack]:
    """Return the stacks of names; raises UserError with all that cannot be read."""
    stacks = []
    wrong = []
    for name in names:
        try:
            stacks.append(stack_files.read(name))
        except UserError as error:
            wrong.append(error.message)
    if wrong:
        raise UserError("\n".join(wrong) + "\nno file is removed" * (len(names) > 1))
    return stacks


def _what_is_left(forgotten: Sequence[str], left: Collection[str]) -> str:
    done = f"forgotten by the backend: {', '.join(forgotten)}\n" if forgotten else ""
    files = ", ".join(f"Pulumi.{name}.yaml" for name in left)
    return f"{done}still there: {files}; once that is mended: vmpool stack rm {' '.join(left)}"


def _engine(stack: Stack, backends: Backends) -> Engine | None:
    """Return the engine that may know a stack; None where the backend has no state of it."""
    place = target.existing(stack)
    if place and place.embedded and demonstration.there(place.kubectl(), stack):
        raise UserError(
            f"{stack.name} is shown on the embedded control plane; first: "
            f"vmpool down --stack {stack.name}"
        )
    if backends.knows(stack.name, _folder(place)) is False:
        return None
    try:
        # A backend of the person's own is there without a cluster.
        return pulumi_cli.find(place or Target(None))
    except install.NoEngineError as reason:
        raise UserError(
            f"nobody can tell whether {stack.name} is up: no Pulumi engine ({reason}); "
            f"{install.HOW_TO_GET_ONE}"
        ) from None


def _folder(place: Target | None) -> Path:
    return place.folder if place else target.CLUSTER
