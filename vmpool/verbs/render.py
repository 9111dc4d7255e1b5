"""The verb render."""

from __future__ import annotations

import click

from .options import STACKS, example


@click.command(epilog=example("vmpool render --stack alice"))
@STACKS
@click.option("--out", metavar="DIR", help="Write a folder a stack, for Kustomize, of all stacks.")
@click.option("--show-secrets", is_flag=True, help="Print or write secret values too.")
@click.option("--policies", is_flag=True, help="Fail if they break a mandatory rule.")
def render(
    patterns: tuple[str, ...], *, out: str | None, show_secrets: bool, policies: bool
) -> None:
    """Print stacks' objects as YAML, without engine, cluster or network.

    Without --out and --stack that is the stack dev. With --out they are files DIR/<stack>/<role>
    .yaml with a kustomization.yaml, all or none; Secrets are left out, and named there. Files that
    vmpool wrote for stacks that are gone are removed.
    """
    from .. import manifest_yaml, render
    from ..stack import stack_files

    names = stack_files.matching(patterns if patterns or out else ["dev"])
    if out is not None:
        from pathlib import Path

        from .. import rendered_tree

        rendered_tree.write(Path(out), names, show_secrets=show_secrets, policies=policies)
        return
    for name in names:
        stack = stack_files.read(name)
        manifests = render.objects_of(stack, show_secrets=show_secrets).values()
        click.echo(manifest_yaml.as_yaml(manifests, show_secrets=show_secrets), nl=False)
        if policies:
            from .. import policy_check

            policy_check.require(stack, manifests)
