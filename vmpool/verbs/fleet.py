"""The verb fleet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from .options import STACKS, example


def _processors() -> int:
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _options(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb the options that all of fleet's have."""
    for option in reversed(
        (
            STACKS,
            click.option(
                "--parallel",
                "-p",
                type=click.IntRange(min=1),
                default=_processors,
                show_default="one for each processor",
                help="How many stacks at once.",
            ),
            click.option("--fail-fast", is_flag=True, help="After a failure begin no more stacks."),
            click.option(
                "--report",
                type=click.Path(dir_okay=False, writable=True, path_type=Path),
                metavar="FILE",
                help="Write a report: JSON or Markdown, by its ending.",
            ),
        )
    ):
        verb = option(verb)
    return verb


def _run(
    verb: str, patterns: tuple[str, ...], parallel: int, fail_fast: bool, report: Path | None
) -> None:
    from ..fleet import command
    from ..stack import stack_files

    names = stack_files.matching(patterns)
    raise SystemExit(command.run(verb, names, parallel, fail_fast=fail_fast, report=report))


@click.group(epilog=example("vmpool fleet preview --stacks 'class-*'"))
def fleet() -> None:
    """Many stacks by one command, several at once.

    A stack that fails stops no other. Exit code 0; 1 if something is left to do: running it again
    does that. Ctrl-C begins no more stacks and lets those that run finish, a second one cancels
    them.
    """


@fleet.command(epilog=example("vmpool fleet preview --report preview.md"))
@_options
def preview(**options: Any) -> None:
    """Show what an up would change in every stack, the worst first."""
    _run("preview", **options)


@fleet.command(epilog=example("vmpool fleet up --stacks 'class-*' --parallel 4"))
@_options
def up(**options: Any) -> None:
    """Preview all stacks, then bring up those that are not as they should be.

    Disks that would be lost are asked for once, by name, before anything is touched. Without a
    terminal that is refused unless VMPOOL_ALLOW_DISK_LOSS names the pools, as stack/pool.
    """
    _run("up", **options)


@fleet.command(epilog=example("vmpool fleet refresh --report refresh.json"))
@_options
def refresh(**options: Any) -> None:
    """Take the live objects of every stack into its state; nothing in a cluster is changed."""
    _run("refresh", **options)


@fleet.command(epilog=example("vmpool fleet down --stacks 'class-*'"))
@_options
def down(**options: Any) -> None:
    """Delete what ups made, with the VMs' disks, which is asked for once, by name."""
    _run("down", **options)
