"""The stacks of several revisions, from a process for each; what comes back holds no secret."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from kubevirt_vm_pool.manifests.metadata import Object

from .rendering import FORMAT

ENTRY = "vmpool.diff.rendering"
KEY_BYTES = 32
# What Python and a loader of libraries need; no credentials, no settings of the person.
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT")


@dataclass(frozen=True)
class RenderedStack:
    """A stack of one revision; see vmpool.diff.rendering.

    findings: None where the revision's code has no policies. problems: "" if it could be
    rendered.
    """

    objects: Mapping[str, Object] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    sealed: Mapping[str, str] = field(default_factory=dict)
    findings: Sequence[str] | None = None
    problems: str = ""


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
        processes = []
        for folder in folders:
            process = _started(folder)
            if process is not None:
                running.enter_context(process)
                running.callback(process.kill)
            processes.append(process)
        for process in filter(None, processes):
            # Before anything is read: all of them are to work at once.
            _hand_over(process, key)
        return [
            _read(process, folder) if process else _too_old()
            for process, folder in zip(processes, folders, strict=True)
        ]


def _started(folder: Path) -> subprocess.Popen[bytes] | None:
    """Start the process of a folder's own code; None where that code has no such entry."""
    if not (folder / f"{ENTRY.replace('.', '/')}.py").is_file():
        # Python would go on to look for it, and find the code that runs now.
        return None
    own = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return subprocess.Popen(
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
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


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
            # It has ended already, and _read tells why.
            pass


def _read(process: subprocess.Popen[bytes], folder: Path) -> Rendered:
    out, err = process.communicate()
    if process.returncode:
        return Rendered(failure=f"its code fails: {_failure(err.decode(errors='replace'), folder)}")
    document = json.loads(out)
    if document["format"] != FORMAT:
        return Rendered(failure=f"its code renders for another version ({document['format']})")
    return Rendered({name: _stack(stack) for name, stack in document["stacks"].items()})


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
