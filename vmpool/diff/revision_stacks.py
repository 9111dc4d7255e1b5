"""The stacks of several revisions, from a process for each; what comes back holds no secret.

A revision's own code may do anything with a stack, and go on for ever. What a stack is allowed is
measured from outside, therefore.
"""

from __future__ import annotations

import json
import math
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import IO, Any

from kubevirt_vm_pool.manifests.metadata import Object

from ..stack import stack_files
from .rendering import FORMAT

ENTRY = "vmpool.diff.rendering"
KEY_BYTES = 32
# A stack takes hundredths of a second, one of a thousand replicas some seconds, and a busy machine
# of a CI system several times that. What takes longer, being so much, is done in parts.
SECONDS_FOR_A_STACK = 30
SECONDS_FOR_ONE_MORE = 0.2
FEW = 30  # that many are done one by one, of more the parts that are good at once
# What Python and a loader of libraries need; no credentials, no settings of the person.
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT")


@dataclass(frozen=True)
class RenderedStack:
    """A stack of one revision; see vmpool.diff.rendering.

    findings: None where the revision's code has no policies. problems: "" if it could be
    rendered. unknown: why its file does not tell what it is, "" if it does.
    """

    objects: Mapping[str, Object] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    sealed: Mapping[str, str] = field(default_factory=dict)
    findings: Sequence[str] | None = None
    problems: str = ""
    unknown: str = ""


@dataclass(frozen=True)
class Rendered:
    """The stacks of one revision by name. failure: why there are none, "" else."""

    stacks: Mapping[str, RenderedStack] = field(default_factory=dict)
    failure: str = ""


def rendered(folders: Sequence[Path]) -> list[Rendered]:
    """Return what the code in each of several project folders makes of all stacks there.

    They are rendered at the same time. Secret values of one call can be compared with each other.
    """
    key = secrets.token_bytes(KEY_BYTES)
    with ExitStack() as running:
        # Before anything is waited for: all of them are to work at once.
        runs = [_started(folder, key, running) for folder in folders]
        troubles = [run.trouble(len(stack_files.names(run.folder))) if run else "" for run in runs]
        return [
            Rendered(_in_parts(stack_files.names(folder), folder, key))
            if trouble
            else (run.read() if run else _too_old())
            for folder, run, trouble in zip(folders, runs, troubles, strict=True)
        ]


def _in_parts(names: Sequence[str], folder: Path, key: bytes) -> dict[str, RenderedStack]:
    """Return stacks of which one or more keep the others from being rendered."""
    few = 1 if len(names) <= FEW else math.isqrt(len(names))
    found: dict[str, RenderedStack] = {}
    for part in (names[at : at + few] for at in range(0, len(names), few)):
        found |= _part(part, folder, key)
    return found


def _part(names: Sequence[str], folder: Path, key: bytes) -> dict[str, RenderedStack]:
    """Return some stacks of a revision.

    All that a revision's code can do is to render whatever stacks are beside it. So it runs from a
    folder that shows the project as it is, but without the other stacks.
    """
    with tempfile.TemporaryDirectory(prefix="vmpool-diff-") as made, ExitStack() as running:
        shown = Path(made)
        for entry in folder.absolute().iterdir():
            if stack_files.name_of(entry) in {None, *names}:
                (shown / entry.name).symlink_to(entry)
        run = _started(shown, key, running)
        if run is None:
            return dict.fromkeys(names, RenderedStack(problems=_too_old().failure))
        if not (trouble := run.trouble(len(names))):
            done = run.read()
            missing = RenderedStack(problems=done.failure or "its code does not know this stack")
            return {name: done.stacks.get(name, missing) for name in names}
    if len(names) > 1:
        return _in_parts(names, folder, key)
    (name,) = names
    return {name: RenderedStack(problems=f"Pulumi.{name}.yaml cannot be rendered: {trouble}")}


@dataclass(frozen=True)
class _Run:
    """A process that renders the stacks of a folder, and the files that it writes into.

    Files, since a pipe that is not read stops a process that would have come to its end.
    """

    folder: Path
    process: subprocess.Popen[bytes]
    out: IO[bytes]
    err: IO[bytes]

    def trouble(self, stacks: int) -> str:
        """Wait until it ends; return why it came to no end of its own, "" if it did.

        stacks: how many there are for it.
        """
        seconds = SECONDS_FOR_A_STACK + SECONDS_FOR_ONE_MORE * (stacks - 1)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return (
                f"it did not end within {seconds:g} seconds; look for what repeats itself, in the "
                "stack's file or in the code that reads it"
            )
        # A process that takes all memory is ended by the kernel.
        return f"its process was ended by {signal.Signals(-code).name}" if code < 0 else ""

    def read(self) -> Rendered:
        """Return what it wrote."""
        self.out.seek(0)
        self.err.seek(0)
        if self.process.returncode:
            told = self.err.read().decode(errors="replace")
            return Rendered(failure=f"its code fails: {_failure(told, self.folder)}")
        document = json.loads(self.out.read())
        if document["format"] != FORMAT:
            return Rendered(failure=f"its code renders for another version ({document['format']})")
        return Rendered({name: _stack(stack) for name, stack in document["stacks"].items()})


def _started(folder: Path, key: bytes, running: ExitStack) -> _Run | None:
    """Start the process of a folder's own code; None where that code has no such entry.

    It ends with running, at the latest.
    """
    if not (folder / f"{ENTRY.replace('.', '/')}.py").is_file():
        # Python would go on to look for it, and find the code that runs now.
        return None
    own = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    out = running.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  running closes them
    err = running.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
    process = subprocess.Popen(
        # -P: PYTHONPATH alone says whose code it is; an installed project comes after it.
        [sys.executable, "-P", "-m", ENTRY],
        cwd=folder,
        env={
            **own,
            "PYTHONPATH": os.pathsep.join(map(str, _code(folder))),
            "PYTHONUTF8": "1",
            # One side may have a passphrase beside it: encrypted values are compared as they are.
            "PULUMI_CONFIG_PASSPHRASE_FILE": os.devnull,
        },
        stdin=subprocess.PIPE,
        stdout=out,
        stderr=err,
    )
    running.enter_context(process)
    running.callback(process.kill)
    _hand_over(process, key)
    return _Run(folder, process, out, err)


def _code(folder: Path) -> list[Path]:
    """Return where the code of a revision is: the library has a root of its own, but not always."""
    library = folder / "components"
    return [folder, library] if (library / "kubevirt_vm_pool").is_dir() else [folder]


def _hand_over(process: subprocess.Popen[bytes], key: bytes) -> None:
    stdin, process.stdin = process.stdin, None
    if stdin is not None:
        try:
            with stdin:
                stdin.write(key)
        except BrokenPipeError:
            # It has ended already, and what it wrote tells why.
            pass


def _stack(told: Mapping[str, Any]) -> RenderedStack:
    """Return a stack as it was told; what is not known here was added by newer code."""
    known = {member.name for member in fields(RenderedStack)}
    return RenderedStack(**{key: value for key, value in told.items() if key in known})


def _failure(trace: str, folder: Path) -> str:
    """Return the end of a trace, with the last place in the project."""
    lines = trace.strip().splitlines() or ["no reason given"]
    places = re.findall(rf'File "{re.escape(str(folder))}/([^"]+)", line ([0-9]+)', trace)
    return lines[-1] + "".join(f" ({file}, line {number})" for file, number in places[-1:])


def _too_old() -> Rendered:
    return Rendered(failure="its code is from before vmpool diff, or this project is not there")
