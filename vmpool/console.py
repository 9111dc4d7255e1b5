"""What the person at the terminal sees: everything but results goes to standard error."""

from __future__ import annotations

import errno
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum

import click
from kubevirt_vm_pool.text.durations import seconds

# Without a terminal a long step says that it still runs: CI systems end jobs that print nothing.
SECONDS_BETWEEN_SIGNS_OF_LIFE = 30


class UserError(click.ClickException):
    """Something that the person can mend; its text says what, where and how. Exit code 1."""

    def show(self, file: object = None) -> None:
        click.echo(f"error: {self.message}", err=True)


# What the person can do about an error of the system.
HINTS = {
    errno.ENOSPC: "make room on that disk, and run it again",
    errno.EDQUOT: "your quota on that disk is used up: make room, and run it again",
    errno.EROFS: "that disk can only be read",
    **dict.fromkeys(
        (errno.EACCES, errno.EPERM),
        "this user may not do that there: see who owns it; what is built once goes into the folder "
        "that XDG_CACHE_HOME names, else into ~/.cache",
    ),
}


def of_the_system(error: OSError) -> str:
    """Return what the system says of a failure, of which file, and what can be done about it."""
    names = [os.fsdecode(name) for name in (error.filename, error.filename2) if _is_name(name)]
    said = ": ".join([error.strerror or str(error) or type(error).__name__, " and ".join(names)])
    hint = HINTS.get(error.errno or 0)
    return said.removesuffix(": ") + (f" ({hint})" if hint else "")


def _is_name(name: object) -> bool:
    """Tell whether it is a file's; it may also be nothing, or the number of an open file."""
    return isinstance(name, str | bytes | os.PathLike)


# Takes a line about what is going on: the person's terminal, or who works on many stacks at once.
Say = Callable[[str], object]


class Volume(IntEnum):
    """How much is told of what goes on; results, warnings and errors are told in any case."""

    QUIET = 0
    NORMAL = 1
    VERBOSE = 2


_volume = Volume.NORMAL


def set_volume(volume: Volume) -> None:
    """Set how much is told from now on."""
    global _volume
    _volume = volume


def verbose() -> bool:
    """Tell whether the person wants to know more (`vmpool --verbose`)."""
    return _volume == Volume.VERBOSE


def tell(text: str) -> None:
    """Print what the person must know: a warning, an error, what an update does."""
    click.echo(text, err=True)


def say(text: str) -> None:
    """Print one line about what is going on, unless the person wants it quiet."""
    if _volume > Volume.QUIET:
        tell(text)


@dataclass
class Step:
    """A step that is under way; how_far may be set at any time, as "12 of 700 packages"."""

    how_far: str = ""


@contextmanager
def step(doing: str) -> Iterator[Step]:
    """Show that a step is under way, for how long and how far, and in one line what it took.

    doing: what is being done, for instance "building kube-apiserver".
    """
    started, under_way = time.monotonic(), Step()
    if _volume == Volume.QUIET:
        yield under_way
        return
    with (
        _on_terminal(doing, under_way)
        if _terminal()
        else _without_terminal(doing, under_way, started)
    ):
        yield under_way
    say(f"{doing}: {seconds(time.monotonic() - started)}")


def _terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def _on_terminal(doing: str, under_way: Step) -> Iterator[None]:
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        # Read anew with every frame.
        TextColumn("{task.fields[under_way].how_far}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        progress.add_task(doing, total=None, under_way=under_way)
        yield


@contextmanager
def _without_terminal(doing: str, under_way: Step, started: float) -> Iterator[None]:
    over = threading.Event()

    def show_signs_of_life() -> None:
        while not over.wait(SECONDS_BETWEEN_SIGNS_OF_LIFE):
            how_far = under_way.how_far and f", {under_way.how_far}"
            say(f"{doing} ... {seconds(time.monotonic() - started)}{how_far}")

    thread = threading.Thread(target=show_signs_of_life, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
