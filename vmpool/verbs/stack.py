"""The verb stack."""

from __future__ import annotations

import click

from .options import STACKS, example


@click.group(epilog=example("vmpool stack new ann --set disk.size=20Gi"))
def stack() -> None:
    """The stack files of many users: make, list, remove."""


@stack.command(epilog=example("vmpool stack new ann --from dev --set disk.size=20Gi"))
@click.argument("user", required=False)
@click.option("--from", "source", default="dev", show_default=True, help="Stack to begin with.")
@click.option("--set", "values", multiple=True, metavar="KEY=VALUE", help="disk.size=20Gi")
@click.option("--users", metavar="FILE", help="A name a line, or CSV with keys as its header.")
def new(user: str | None, source: str, values: tuple[str, ...], users: str | None) -> None:
    """Write Pulumi.<USER>.yaml from another stack's file.

    With --users the files of many, all or none; the first column is called name. What the check
    refuses is not written. A key for text takes it as it is, all others take what a stack file has;
    what may be a secret is encrypted where a passphrase is at hand (better in a file than in an
    argument, which others can read). namespace is not copied: not set, it is the new stack's name.
    """
    from ..stacks import new
    from ..stacks.users import assigned, listed, named

    if (user is None) == (users is None):
        raise click.UsageError("give the name of a user, or --users with a file of them")
    common = assigned(values)
    new.make([named(user, common)] if user is not None else listed(str(users), common), source)


@stack.command(epilog=example("vmpool stack ls"))
@STACKS
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def ls(patterns: tuple[str, ...], form: str) -> None:
    """List stacks: namespace, VMs, their size, cluster, and whether they are up."""
    from ..stack import stack_files
    from ..stacks import listing

    found = listing.rows(stack_files.matching(patterns))
    click.echo({"text": listing.as_text, "json": listing.as_json}[form](found), nl=False)


@stack.command(epilog=example("vmpool stack rm ann"))
@click.argument("users", nargs=-1, required=True)
def rm(users: tuple[str, ...]) -> None:
    """Remove the files of stacks that are not up, and make the backend forget them."""
    from ..stacks import removal

    removal.remove(users)
