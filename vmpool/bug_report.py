"""What is told of an error that nobody expected: where, and which versions; no value of anything.

An exception's own text may have a secret in it, and so may the values of a function: neither is
told.
"""

from __future__ import annotations

import platform
import traceback
from importlib import metadata
from types import TracebackType

OURS = ("vmpool", "kubevirt_vm_pool")
PACKAGES = ("vmpool", "kubevirt-vm-pool", "pulumi", "click")
MOST_PLACES = 4


def report(error: BaseException, command: str, *, verbose: bool) -> str:
    """Return the lines to report, with the traceback if the person wants to know more.

    command: the verb without its arguments, for instance "vmpool render".
    """
    lines = [
        f"this is a bug in vmpool: {type(error).__name__}, in {command}",
        *(f"  {place}" for place in _places(error.__traceback__)),
        "Please report it to those who maintain this project, with these lines:",
        f"  {_versions()}",
    ]
    if verbose:
        return "\n".join([*lines, "", *traceback.format_exception(error)]).rstrip()
    return "\n".join(
        [
            *lines,
            "`vmpool --verbose ...` adds the traceback, in which values of a stack may stand.",
        ]
    )


def _places(trace: TracebackType | None) -> list[str]:
    """Return where the error came up: the last functions of ours, and the one that raised it."""
    places = [
        (str(frame.f_globals.get("__name__", "?")), frame.f_code.co_name, line)
        for frame, line in traceback.walk_tb(trace)
    ]
    ours = [place for place in places if place[0].partition(".")[0] in OURS]
    shown = list(dict.fromkeys([*ours[-MOST_PLACES:], *places[-1:]]))
    return [f"{module}.{function}, line {line}" for module, function, line in shown]


def _versions() -> str:
    packages = [f"{name} {metadata.version(name)}" for name in PACKAGES]
    machine = f"{platform.system()} {platform.machine()}"
    return ", ".join([*packages, f"Python {platform.python_version()}", machine])
