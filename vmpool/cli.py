"""The verbs of `vmpool`. Imports are inside the verbs, so that each starts quickly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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


@contextmanager
def _told_to_the_person() -> Iterator[None]:
    """Let what kubectl and the system say of a failure be an error of one line, no traceback."""
    try:
        yield
    except BrokenPipeError:
        # Whoever reads the output has seen enough; click ends in silence.
        raise
    except OSError as error:
        from .console import UserError, of_the_system

        raise UserError(of_the_system(error)) from None
    except Exception as error:
        # Imported here: most verbs run without kubectl.
        from kubevirt_vm_pool.cluster.kubectl import KubectlError

        if not isinstance(error, KubectlError):
            raise
        from .console import UserError

        raise UserError(str(error)) from None


class _Verbs(click.Group):
    """The verbs."""

    def invoke(self, ctx: click.Context) -> Any:
        with _told_to_the_person():
            return super().invoke(ctx)


@click.group(
    cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
def main() -> None:
    """Pools of KubeVirt virtual machines, one per namespace."""


@main.command()
@STACK
def up(name: str) -> None:
    """Bring a stack up, on the embedded control plane if no cluster is named."""
    from . import lifecycle
    from .stack import stack_files

    lifecycle.up(stack_files.read(name))


@main.command()
@STACK
def preview(name: str) -> None:
    """Show what an up would change."""
    from . import lifecycle
    from .stack import stack_files

    lifecycle.preview(stack_files.read(name))


@main.command()
@STACK
def down(name: str) -> None:
    """Delete what an up made; the VMs' disks go with them."""
    from . import lifecycle
    from .stack import stack_files

    lifecycle.down(stack_files.read(name))


@main.command()
@STACK
@click.option("--show-secrets", is_flag=True, help="Print secret values too.")
@click.option("--policies", is_flag=True, help="Fail if they break a mandatory rule.")
def render(name: str, *, show_secrets: bool, policies: bool) -> None:
    """Print a stack's objects as YAML, without engine, cluster or network."""
    from . import manifest_yaml, render
    from .stack import stack_files

    stack = stack_files.read(name)
    manifests = render.objects_of(stack, show_secrets=show_secrets).values()
    click.echo(manifest_yaml.as_yaml(manifests, show_secrets=show_secrets), nl=False)
    if policies:
        from . import policy_check

        policy_check.require(stack, manifests)


@main.command("import")
@click.argument("files", nargs=-1, type=click.Path(allow_dash=True), metavar="FILE...")
@click.option("--stack", "-s", "stack", required=True, help="Stack to write: Pulumi.<stack>.yaml.")
@click.option("--name", help="The VM or pool, where the files have several.")
@click.option("--live", metavar="NAME", help="A VM or pool of a cluster in place of files.")
@click.option("--namespace", "-n", help="Namespace of --live.")
@click.option("--context", help="Context of the kubeconfig for --live; else the current one.")
@click.option("--stdout", "to_stdout", is_flag=True, help="Print the stack file, write none.")
@click.option("--show-secrets", is_flag=True, help="Print secret values too, with --stdout.")
@click.option("--force", is_flag=True, help="Replace a stack file that is there.")
def import_(
    files: tuple[str, ...],
    stack: str,
    name: str | None,
    live: str | None,
    namespace: str | None,
    context: str | None,
    to_stdout: bool,
    show_secrets: bool,
    force: bool,
) -> None:
    """Write a stack file from the manifests of a VM or pool.

    FILE... have a VirtualMachine or VirtualMachinePool with its Secret, Service and
    HorizontalPodAutoscaler, in one file or in several; - is standard input. What keys have no word
    for stands below template. What the stack's objects have otherwise is said line by line, and so
    is what a stack file cannot say. Secrets are encrypted where a passphrase is at hand; no line
    shows one.

    Exit code 0; 1 if the stack file is written and is refused as it is, with the reasons.
    """
    from .imports import command

    if bool(files) == bool(live):
        raise click.UsageError("give files, or --live with the name of a VM or pool")
    if live and not namespace:
        raise click.UsageError("--live needs --namespace")
    found = command.live(live, str(namespace), context) if live else command.of_files(files, name)
    done = command.written(
        found,
        stack,
        live=bool(live),
        to_stdout=to_stdout,
        force=force,
        show_secrets=show_secrets,
    )
    raise SystemExit(done)


class _DiffCommand(click.Command):
    """A command whose exit codes up to 2 have a meaning of their own."""

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        with _failing_with_3():
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> Any:
        with _failing_with_3(), _told_to_the_person():
            return super().invoke(ctx)


@contextmanager
def _failing_with_3() -> Iterator[None]:
    try:
        yield
    except click.ClickException as error:
        error.exit_code = 3  # type: ignore[misc]
        raise


@main.command(cls=_DiffCommand)
@click.option("--base", required=True, metavar="REF", help="Revision to compare with.")
@click.option("--head", metavar="REF", help="Revision that is compared; else the working tree.")
@click.option("--stack", "-s", "names", multiple=True, help="Only this stack; can be repeated.")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text")
@click.option("--live", is_flag=True, help="Add previews by the engine, on the stacks' clusters.")
@click.option("--exit-code", "by_change", is_flag=True, help="Let the exit code tell of changes.")
def diff(
    base: str, head: str | None, names: tuple[str, ...], form: str, live: bool, by_change: bool
) -> None:
    """Say what a change does to the VMs of every stack, without engine, cluster or secrets.

    Every stack is rendered at both revisions, by the code of each. Exit code 0; with --exit-code 1
    if a stack changes, 2 if disks are lost or a pool is replaced, or if that cannot be ruled out.
    In any case 3 if a stack broke, and for every other error.

    With --live the stacks that change, or those that are named, are also previewed by Pulumi, each
    on its cluster, so that live numbers count and drift is seen.
    """
    from .diff import command
    from .diff.report import exit_status

    if live and head is not None:
        raise click.UsageError("--live previews the working tree: leave out --head")
    report = command.compared(base, head, names)
    if live:
        report = command.with_previews(report, unchanged=bool(names))
    click.echo(command.FORMS[form](report), nl=False)
    raise SystemExit(exit_status(report, by_change=by_change))


@main.command()
def schema() -> None:
    """Print the JSON Schema of a stack's file."""
    from .generate import json_schema

    click.echo(json_schema.as_json(), nl=False)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def version(*, as_json: bool) -> None:
    """Print what is here and where: program, SDK, engine, provider, control plane."""
    import json

    from . import versions

    found = versions.versions()
    click.echo(f"{json.dumps(found, indent=2)}\n" if as_json else versions.as_text(found), nl=False)


@main.group()
def engine() -> None:
    """The engine, Pulumi, where it cannot be downloaded."""


@engine.command()
def build() -> None:
    """Build Pulumi's CLI and its Kubernetes provider, unless they are built already."""
    from .console import say
    from .engine import build

    built = build.build()
    say(
        f"the engine is there: pulumi {build.cli_version()} ({built.cli}), "
        f"with the Kubernetes provider {build.PROVIDER_VERSION}"
    )


@main.group()
def cluster() -> None:
    """The embedded control plane: a real API server without nodes."""


@cluster.command()
def start() -> None:
    """Start it, and build it first if need be."""
    from .console import say
    from .controlplane import plane
    from .target import CLUSTER

    say(f"the embedded control plane runs at {plane.start(CLUSTER).server}")


@cluster.command()
def stop() -> None:
    """Stop it; what it holds stays."""
    from .controlplane import plane
    from .target import CLUSTER

    plane.stop(CLUSTER)


@cluster.command()
def env() -> None:
    """Print the shell variables with which kubectl and pulumi reach it."""
    import shlex

    from .console import UserError
    from .controlplane import plane
    from .engine import pulumi_cli
    from .target import CLUSTER, Target

    running = plane.running(CLUSTER)
    if running is None:
        raise UserError("the embedded control plane does not run; start it: vmpool cluster start")
    place = Target(running, None)
    for key, value in {**place.environment, **pulumi_cli.state_environment(place)}.items():
        click.echo(f"export {key}={shlex.quote(value)}")


@main.command()
@STACKS
def policies(names: tuple[str, ...]) -> None:
    """Check stacks by the rules of policies.yaml, without engine, cluster or network."""
    from . import policy_check
    from .stack import stack_files

    policy_check.check(names or stack_files.names())


@main.command()
@STACKS
def drift(names: tuple[str, ...]) -> None:
    """Say whether the clusters still are as the stacks say; fail if one is not."""
    from . import drift
    from .stack import stack_files

    drift.check(names or stack_files.names())


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
    from . import ci
    from .stack import stack_files

    click.echo(ci.output("pages", ci.pages(stack_files.names(), size)), nl=False)
