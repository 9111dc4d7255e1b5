"""The verb ci."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from .options import REPORT, STACK, example

MAIN = click.option(
    "--main",
    default="origin/main",
    show_default=True,
    metavar="REF",
    help="The branch that stacks are brought up from.",
)
HEAD = click.option("--head", required=True, metavar="REF", help="The last commit of a branch.")
BASE = click.option(
    "--base", required=True, metavar="REF", help="Compared with, where nobody knows the last up's."
)


@click.group(epilog=example("vmpool ci pages --size 5"))
def ci() -> None:
    """What pipelines ask: docs/ci.md, docs/gitlab.md."""


@ci.command(epilog=example("vmpool ci base HEAD~1"))
@click.argument("commit")
def base(commit: str) -> None:
    """Print the full name of the commit that a push began from; fail if it is not here."""
    from ..ci import order

    click.echo(order.base(commit))


@ci.command(epilog=example("vmpool ci stacks report.json"))
@REPORT
def stacks(report: str) -> None:
    """Print which stacks to bring up, from a report of `vmpool diff --format json`."""
    from ..ci import stacks

    names = [{"stack": name} for name in stacks.changed(report)]
    click.echo(stacks.output("pages", stacks.pages(names)), nl=False)


@ci.command(epilog=example("vmpool ci plan --stack alice --base HEAD~1"))
@STACK
@BASE
@MAIN
@click.option("--summary", type=click.Path(path_type=Path), help="Append what reviewers are shown.")
def plan(name: str, base: str, main: str, summary: Path | None) -> None:
    """Print what an up takes of a stack's disks; fail if it may not be brought up.

    It may not if that is an older commit than the last one, if main has a newer one, or if disks go
    and no reviewers are asked.
    """
    from ..ci import environments, gate, plan
    from ..stack import stack_files

    environments.require_one_branch("up", _branch(main))
    made = plan.planned(stack_files.read(name), base, main)
    if made.losses:
        if summary:
            with summary.open("a", encoding="utf-8") as stream:
                stream.write(made.as_markdown())
        gate.require_reviewers()
    approval = "needed" if made.losses else "none"
    click.echo(f"approval={approval}\nplan={made.as_json()}\ndigest={made.digest}")


@ci.command(epilog=example("vmpool ci up --stack alice --plan {}"))
@STACK
@MAIN
@click.option(
    "--plan", "text", envvar="VMPOOL_PLAN", required=True, metavar="JSON", help="As planned."
)
def up(name: str, main: str, text: str) -> None:
    """Bring a stack up as `vmpool ci plan` has planned it, and take no more than that."""
    import os

    from ..ci import bring_up, plan
    from ..stack import stack_files

    bring_up.up(stack_files.read(name), plan.read(text), main, os.environ)


@ci.command(epilog=example("vmpool ci live --head HEAD~1"))
@HEAD
@MAIN
def live(head: str, main: str) -> None:
    """Preview the stack files of a pull request by the code that is here, and print a comment.

    They replace the stack files of this checkout, which is the pull request's base. Stacks whose
    files are more than data, since they change what the engine or kubectl starts or talks to, are
    left out.
    """
    from ..ci import environments, gate, proposed
    from ..diff import command
    from ..diff.as_markdown import live_markdown
    from ..diff.report import exit_status

    environments.require_one_branch("preview", _branch(main))
    older = proposed.older(head, main)
    left = proposed.put_in_place(head)
    report = command.with_previews(command.compared("HEAD", None), unchanged=False)
    click.echo(live_markdown(report, left, older, gate.seen().closed), nl=False)
    raise SystemExit(exit_status(report, by_change=False))


@ci.command(epilog=example("vmpool ci environment drift"))
@click.argument("name")
@MAIN
def environment(name: str, main: str) -> None:
    """Fail if other branches than main may use an environment of GitHub, and so its secrets.

    What the API does not tell is said on standard error. Outside GitHub there is nothing to ask.
    """
    from ..ci import environments

    environments.require_one_branch(name, _branch(main))


def _branch(main: str) -> str:
    """Return the name of a branch of the remote."""
    return main.removeprefix("origin/").removeprefix("refs/heads/")


@ci.command(epilog=example("vmpool ci older --head HEAD --main origin/main"))
@HEAD
@MAIN
def older(head: str, main: str) -> None:
    """Print what a branch lacks of the branch that it is for; nothing if it has all of it."""
    from ..ci import proposed

    if told := proposed.older(head, main):
        click.echo(f"{told}.\n")


@ci.command(epilog=example("vmpool ci rbac --stack alice --identity up --user ci"))
@STACK
@click.option(
    "--identity",
    type=click.Choice(["preview", "up"]),
    required=True,
    help="preview reads only; drift needs no more either.",
)
@click.option("--user", required=True, help="As the API server calls who gets the rights.")
def rbac(name: str, identity: Literal["preview", "up"], user: str) -> None:
    """Print as YAML what an identity of the pipeline needs in a stack's cluster, and no more."""
    from .. import manifest_yaml
    from ..ci import rbac
    from ..stack import stack_files

    roles = rbac.roles(stack_files.read(name).specification(), identity, user)
    click.echo(manifest_yaml.as_yaml(roles, show_secrets=False), nl=False)


@ci.command(epilog=example("vmpool ci pins --check"))
@click.option("--check", is_flag=True, help="Ask for newer versions, which needs a network.")
@click.option(
    "--by-hand",
    is_flag=True,
    help="Only what Dependabot proposes nothing for; then what is newer is a failure.",
)
def pins(*, check: bool, by_hand: bool) -> None:
    """List what is downloaded and pinned, and by what; with --check what is newer.

    Exit code 1 if somebody could not be asked.
    """
    from ..ci import newer, pins
    from ..console import UserError
    from ..status.as_text import table

    found = pins.by_hand(pins.pins()) if by_hand else pins.pins()
    if not check:
        rows = [(str(pin.kind), pin.name, pin.version, pin.held_by, pin.file) for pin in found]
        click.echo("\n".join(table([("KIND", "NAME", "VERSION", "HELD BY", "FILE"), *rows])))
        return
    answers = newer.newer(found)
    rows = [
        (one.pin.name, one.pin.version, one.version, one.pin.file, one.how)
        for one in answers.proposals
    ]
    click.echo("\n".join(table([("NAME", "PINNED", "NEWER", "FILE", "HOW"), *rows])))
    if answers.not_asked:
        raise UserError("\n".join(["not asked for newer versions:", *answers.not_asked]))
    if by_hand and rows:
        raise UserError(
            "there is something newer; HOW says what to change, nobody else proposes it"
        )


@ci.command(epilog=example("vmpool ci sbom > sbom.cdx.json"))
def sbom() -> None:
    """Print what a release is made of, as CycloneDX's JSON."""
    import json

    from ..ci import sbom

    click.echo(json.dumps(sbom.sbom(), indent=2))


@ci.command(epilog=example("vmpool ci gitlab report.json --base HEAD~1"))
@REPORT
@BASE
@MAIN
def gitlab(report: str, base: str, main: str) -> None:
    """Plan the stacks of a report, and print a child pipeline of GitLab that brings them up."""
    from ..ci import gitlab, plan

    click.echo(gitlab.jobs(plan.of_all(report, base, main)), nl=False)


@ci.command(epilog=example("vmpool ci pages --size 5"))
@click.option("--size", default=10, show_default=True, help="Stacks of one job.")
def pages(size: int) -> None:
    """Print all stacks, by the jobs that look at them; fail if there is none."""
    from ..ci import stacks
    from ..console import UserError
    from ..stack import stack_files

    names = stack_files.names()
    if not names:
        raise UserError("there is no stack here, no Pulumi.<stack>.yaml: nobody would look at any")
    click.echo(stacks.output("pages", stacks.pages(names, size)), nl=False)
