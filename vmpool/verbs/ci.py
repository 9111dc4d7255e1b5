"""The verb ci."""

from __future__ import annotations

import click

from .options import REPORT, example


@click.group(epilog=example("vmpool ci pages --size 5"))
def ci() -> None:
    """What pipelines ask: .github/workflows and docs/gitlab.md."""


@ci.command(epilog=example("vmpool ci base HEAD~1"))
@click.argument("commit")
def base(commit: str) -> None:
    """Print the commit to compare with: this one, if it is here."""
    from .. import ci

    click.echo(ci.base(commit))


@ci.command(epilog=example("vmpool ci plan report.json"))
@REPORT
def plan(report: str) -> None:
    """Print which stacks to bring up, from a report of `vmpool diff --format json`."""
    from .. import ci

    click.echo(ci.planned(report).outputs(), nl=False)


@ci.command(epilog=example("vmpool ci gitlab report.json"))
@REPORT
def gitlab(report: str) -> None:
    """Print the same as a child pipeline of GitLab."""
    from .. import ci

    click.echo(ci.planned(report).gitlab_jobs(), nl=False)


@ci.command(epilog=example("vmpool ci pages --size 5"))
@click.option("--size", default=10, show_default=True, help="Stacks of one job.")
def pages(size: int) -> None:
    """Print all stacks, by the jobs that look at them."""
    from .. import ci
    from ..stack import stack_files

    click.echo(ci.output("pages", ci.pages(stack_files.names(), size)), nl=False)
