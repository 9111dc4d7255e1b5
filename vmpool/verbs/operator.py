"""The verb operator."""

from __future__ import annotations

import click

from .options import STACKS, example


@click.group(
    epilog=example(
        "vmpool operator render --repo https://example.com/team/pools.git --branch main --out fleet"
    )
)
def operator() -> None:
    """The fleet in the hands of the Pulumi Kubernetes Operator: docs/operator.md."""


@operator.command(
    epilog=example(
        "vmpool operator render --repo https://example.com/team/pools.git --branch main --out fleet"
    )
)
@STACKS
@click.option("--repo", required=True, metavar="URL", help="Git repository of this project.")
@click.option("--branch", required=True, help="Branch that the stacks follow.")
@click.option("--dir", "folder", default="", help="Folder of the project in the repository.")
@click.option("--git-secret", default="", help="Secret for a private one.")
@click.option("--backend", default="", metavar="URL", help="State; else it is in vmpool-state.")
@click.option("--workload-identity", is_flag=True, help="No keys for a state in S3.")
@click.option("--namespace", "-n", default="vmpool-fleet", show_default=True, help="The fleet's.")
@click.option("--canary", "canaries", multiple=True, metavar="GLOB", help="Stacks that go first.")
@click.option("--canary-branch", default="", help="Branch that those follow.")
@click.option(
    "--resync", default=900, show_default=True, metavar="SECONDS", help="For drift and commits."
)
@click.option("--secret", "secrets", multiple=True, metavar="KEY=SECRET/KEY", help="Of all stacks.")
@click.option("--image", default="", help="Of the workspaces. Not given, it is pulumi/pulumi.")
@click.option("--keep-workspaces", is_flag=True, help="Faster updates, and a pod a stack.")
@click.option("--destroy-on-finalize", is_flag=True, help="Let a deleted Stack destroy its pool.")
@click.option("--out", metavar="DIR", help="Write a tree for Kustomize; else all is printed.")
def render(
    patterns: tuple[str, ...],
    repo: str,
    branch: str,
    folder: str,
    git_secret: str,
    backend: str,
    workload_identity: bool,
    namespace: str,
    canaries: tuple[str, ...],
    canary_branch: str,
    resync: int,
    secrets: tuple[str, ...],
    image: str,
    keep_workspaces: bool,
    destroy_on_finalize: bool,
    out: str | None,
) -> None:
    """Write the Stack objects of the operator, with what their workspaces need.

    Each stack has its configuration from git, a ServiceAccount of its own, and a Role in its
    namespace. Nothing is destroyed with a Stack unless that is asked for.
    """
    from importlib import metadata
    from pathlib import Path

    from ..operator import tree
    from ..operator.stack_objects import Fleet
    from ..stack import stack_files

    if bool(canaries) != bool(canary_branch):
        raise click.UsageError("--canary and --canary-branch go together")
    fleet = Fleet(
        namespace=namespace,
        repository=repo,
        branch=branch,
        folder=folder,
        git_secret=git_secret,
        backend=backend,
        workload_identity=workload_identity,
        image=image or f"pulumi/pulumi:{metadata.version('pulumi')}-nonroot",
        resync_seconds=resync,
        canary_branch=canary_branch,
        keep_workspaces=keep_workspaces,
        destroy_on_finalize=destroy_on_finalize,
        secrets=dict(map(_secret, secrets)),
    )
    if workload_identity and not fleet.has_state_in_s3:
        raise click.UsageError("--workload-identity goes with --backend s3://..., which needs keys")
    found = tree.objects(fleet, stack_files.matching(patterns), canaries)
    if out is None:
        click.echo(tree.printed(fleet, found), nl=False)
    else:
        tree.write(Path(out), fleet, found)


def _secret(said: str) -> tuple[str, tuple[str, str]]:
    key, _, place = said.partition("=")
    name, _, inner = place.partition("/")
    if not (key and name and inner):
        raise click.UsageError(
            f"--secret takes KEY=SECRET/KEY, for instance password=login/password, not {said}"
        )
    return key, (name, inner)
