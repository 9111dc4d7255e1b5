"""`vmpool import`: from files, to a stack file and lines about it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from ..console import UserError, say, tell
from ..manifest_yaml import REDACTED
from ..stack import decryption, stack_files
from ..stack.project import ROOT
from .conversion import imported
from .manifests import Manifests, Note, Object, chosen, objects_in
from .writing import redacted, stack_file


def of_files(names: Iterable[str], name: str | None) -> Manifests:
    """Return the manifests in files; raises UserError."""
    found: list[Object] = []
    for one in names:
        try:
            text = sys.stdin.read() if one == "-" else Path(one).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise UserError(f"there is no file {one}") from None
        except UnicodeDecodeError:
            raise UserError(f"{one} cannot be read: it is no UTF-8") from None
        found += objects_in(text, "standard input" if one == "-" else one)
    return chosen(found, name)


def written(
    manifests: Manifests,
    stack: str,
    *,
    live: bool,
    to_stdout: bool,
    force: bool,
    show_secrets: bool,
) -> int:
    """Write the stack file, or print it, and say what differs; return the exit code."""
    file = ROOT / f"Pulumi.{stack}.yaml"
    if stack_files.name_of(file) is None or "/" in stack:
        raise UserError(f"{stack} is no name of a stack: letters, digits, '-', '_' and '.'")
    if file.exists() and not (force or to_stdout):
        raise UserError(f"{file.name} exists; --force replaces it, --stdout prints the new one")
    done = imported(manifests, stack, live=live)
    text, plain = stack_file(done.config, decryption.passphrase())
    if to_stdout and plain and not show_secrets:
        text, plain = redacted(done.config), []
        tell(
            f"{REDACTED} stands for what is secret: --show-secrets prints it, a file would have it"
        )
    if to_stdout:
        click.echo(text, nl=False)
    else:
        file.write_text(text, encoding="utf-8")
        say(f"wrote {file.name}")
    _tell("differs from the manifests", [one for one in done.notes if not one.lost])
    _tell("what the stack file cannot say", [one for one in done.notes if one.lost])
    if plain:
        tell(f"in plain text, for want of a passphrase: {', '.join(plain)}")
        for key in plain:
            # The value comes from standard input: an argument could be read by others.
            tell(f"  pulumi config set --secret --path '{key}' --stack {stack}")
    if done.problems:
        tell(f"{done.problems}\nmend that before an up: until then the stack is refused")
    return 1 if done.problems else 0


def _tell(title: str, notes: list[Note]) -> None:
    if notes:
        tell(f"{title}:")
        for note in notes:
            tell(f"  {note}")
