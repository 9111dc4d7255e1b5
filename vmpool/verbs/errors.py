"""What a verb's errors look like, and their exit codes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click


@contextmanager
def told_to_the_person() -> Iterator[None]:
    """Let every exception be an error on standard error, without a traceback.

    What kubectl and the system say of a failure is told in a line; whatever nobody expected is a
    bug, and how to report it is told.
    """
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
        # The last: whoever reads the output has seen enough; click ends in silence.
        raise
    except OSError as error:
        from ..console import UserError, of_the_system

        raise UserError(of_the_system(error)) from None
    except Exception as error:
        # Imported here: most verbs run without kubectl.
        from kubevirt_vm_pool.cluster.kubectl import KubectlError

        from ..console import UserError

        raise UserError(str(error) if isinstance(error, KubectlError) else _bug(error)) from None


def _bug(error: Exception) -> str:
    from .. import bug_report
    from ..console import verbose

    context = click.get_current_context(silent=True)
    verb = context.find_root().invoked_subcommand if context else None
    return bug_report.report(error, f"vmpool {verb or ''}".strip(), verbose=verbose())


class FailingWith3(click.Command):
    """A command whose exit codes up to 2 have a meaning of their own: for every error it has 3."""

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        with _failing_with_3():
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> Any:
        with _failing_with_3(), told_to_the_person():
            return super().invoke(ctx)


@contextmanager
def _failing_with_3() -> Iterator[None]:
    try:
        yield
    except click.ClickException as error:
        error.exit_code = 3  # type: ignore[misc]
        raise
