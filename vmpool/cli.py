"""The command line: `vmpool`, and where its verbs are."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any

import click

from . import verbs
from .verbs.errors import told_to_the_person


class _Verbs(click.Group):
    """The verbs, each loaded when it is asked for: those of `vmpool.verbs` that are a command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all verbs."""
        names = (module.name.rstrip("_") for module in pkgutil.iter_modules(verbs.__path__))
        return [name for name in names if self.get_command(ctx, name)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a verb, or None if there is none of that name."""
        own = {module.name for module in pkgutil.iter_modules(verbs.__path__)}
        # import is a word of Python's.
        for name in own & {cmd_name, f"{cmd_name}_"}:
            verb = getattr(import_module(f"{verbs.__name__}.{name}"), name, None)
            return verb if isinstance(verb, click.Command) else None
        return None

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        # Which loads every verb for --help.
        with told_to_the_person():
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> Any:
        with told_to_the_person():
            return super().invoke(ctx)


@click.group(
    cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="vmpool", message="vmpool %(version)s")
@click.option("--quiet", "-q", is_flag=True, help="Tell results, warnings and errors only.")
@click.option("--verbose", "-v", is_flag=True, help="Tell more: of a bug, the traceback.")
@click.option("--offline", is_flag=True, help="Download no releases; also VMPOOL_OFFLINE=1.")
def main(*, quiet: bool, verbose: bool, offline: bool) -> None:
    """Pools of KubeVirt virtual machines, one per namespace."""
    from .console import Volume, set_volume

    if quiet and verbose:
        raise click.UsageError("--quiet and --verbose contradict each other: give one of them")
    set_volume(Volume.QUIET if quiet else Volume.VERBOSE if verbose else Volume.NORMAL)
    if offline:
        import os

        from .network import OFFLINE

        os.environ[OFFLINE] = "1"
