"""The verb import."""

from __future__ import annotations

import click

from .options import example


@click.command("import", epilog=example("vmpool import pool.yaml service.yaml --stack alice"))
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
    from ..imports import command, from_cluster

    if bool(files) == bool(live):
        raise click.UsageError("give files, or --live with the name of a VM or pool")
    if live and not namespace:
        raise click.UsageError("--live needs --namespace")
    if live:
        found = from_cluster.live(live, str(namespace), context)
    else:
        found = command.of_files(files, name)
    done = command.written(
        found,
        stack,
        live=bool(live),
        to_stdout=to_stdout,
        force=force,
        show_secrets=show_secrets,
    )
    raise SystemExit(done)
