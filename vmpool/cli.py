"""The verbs of `vmpool`. Imports are inside the verbs, so that each starts quickly."""

from __future__ import annotations

import click

STACK = click.option(
    "--stack", "-s", "name", default="dev", show_default=True, help="Stack: Pulumi.<stack>.yaml."
)
STACKS_VARIABLE = "VMPOOL_STACKS"
STACKS = click.option(
    "--stack",
    "-s",
    "names",
    multiple=True,
    envvar=STACKS_VARIABLE,
    help="Some stacks; can be repeated. Not given, all of them.",
)
REPORT = click.argument("report", type=click.Path())


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Pools of KubeVirt virtual machines, one per namespace."""


@main.command()
@STACK
def up(name: str) -> None:
    """Bring a stack up, on the embedded control plane if no cluster is named."""
    from . import lifecycle, stacks

    lifecycle.up(stacks.read(name))


@main.command()
@STACK
def preview(name: str) -> None:
    """Show what an up would change."""
    from . import lifecycle, stacks

    lifecycle.preview(stacks.read(name))


@main.command()
@STACK
def down(name: str) -> None:
    """Delete what an up made; the VMs' disks go with them."""
    from . import lifecycle, stacks

    lifecycle.down(stacks.read(name))


@main.command()
@STACK
@click.option("--show-secrets", is_flag=True, help="Print secret values too.")
@click.option("--policies", is_flag=True, help="Fail if they break a mandatory rule.")
def render(name: str, *, show_secrets: bool, policies: bool) -> None:
    """Print a stack's objects as YAML, without engine, cluster or network."""
    from . import render, stacks

    stack = stacks.read(name)
    manifests = render.objects_of(stack, show_secrets=show_secrets).values()
    click.echo(render.as_yaml(manifests, show_secrets=show_secrets), nl=False)
    if policies:
        from . import guard_rails

        guard_rails.demand(stack, manifests)


@main.command()
def schema() -> None:
    """Print the JSON Schema of a stack's file."""
    from . import schema

    click.echo(schema.as_json(), nl=False)


@main.group()
def cluster() -> None:
    """The embedded control plane: a real API server without nodes."""


@cluster.command()
def start() -> None:
    """Start it, and build it first if need be."""
    from . import cluster
    from .console import say
    from .target import CLUSTER

    say(f"the embedded control plane runs at {cluster.start(CLUSTER).server}")


@cluster.command()
def stop() -> None:
    """Stop it; what it holds stays."""
    from . import cluster
    from .target import CLUSTER

    cluster.stop(CLUSTER)


@cluster.command()
def env() -> None:
    """Print the shell variables with which kubectl and pulumi reach it."""
    import shlex

    from . import cluster, engine
    from .console import Trouble
    from .target import CLUSTER, Target

    running = cluster.running(CLUSTER)
    if running is None:
        raise Trouble("the embedded control plane does not run; start it: vmpool cluster start")
    place = Target(running, None)
    for key, value in {**place.environment, **engine.state_environment(place)}.items():
        click.echo(f"export {key}={shlex.quote(value)}")


@main.command()
@STACKS
def policies(names: tuple[str, ...]) -> None:
    """Check stacks by the rules of policies.yaml, without engine, cluster or network."""
    from . import guard_rails, stacks

    guard_rails.check(names or stacks.names())


@main.command()
@STACKS
def drift(names: tuple[str, ...]) -> None:
    """Say whether the clusters still are as the stacks say; fail if one is not."""
    from . import drift, stacks

    drift.check(names or stacks.names())


@main.group()
def ci() -> None:
    """What pipelines ask: .github/workflows and docs/gitlab.md."""


@ci.command()
@click.argument("commit")
def base(commit: str) -> None:
    """Print the commit to compare with: this one, if it is here."""
    from . import ci

    click.echo(ci.base(commit))


@ci.command()
@REPORT
def plan(report: str) -> None:
    """Print which stacks to bring up, from a report of `vmpool diff --format json`."""
    from . import ci

    click.echo(ci.planned(report).outputs(), nl=False)


@ci.command()
@REPORT
def gitlab(report: str) -> None:
    """Print the same as a child pipeline of GitLab."""
    from . import ci

    click.echo(ci.planned(report).gitlab_jobs(), nl=False)


@ci.command()
@click.option("--size", default=10, show_default=True, help="Stacks of one job.")
def pages(size: int) -> None:
    """Print all stacks, by the jobs that look at them."""
    from . import ci, stacks

    click.echo(ci.output("pages", ci.pages(stacks.names(), size)), nl=False)
