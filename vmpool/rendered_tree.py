"""`vmpool render --out`: a folder a stack, for what brings manifests to clusters without Pulumi."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kubevirt_vm_pool.manifests.metadata import Object

from . import kustomize, policy_check, render
from .console import UserError, say
from .manifest_yaml import redacted
from .stack import stack_files
from .stack.stack_files import Stack

MARKED = "vmpool render"
HOW_ELSE = (
    "Secrets are left out: let the External Secrets Operator make them, or put them beside these",
    "files encrypted by SOPS (docs/many-users.md). What is missing:",
)


def write(folder: Path, names: Sequence[str], *, show_secrets: bool, policies: bool) -> None:
    """Write the objects of stacks, and remove those of stacks that have no file any more.

    policies: whether they must keep the mandatory rules of policies.yaml.
    Raises UserError with all that is wrong; nothing is written then.
    """
    tree: dict[str, str] = {}
    wrong = []
    for name in names:
        try:
            if name in {".", ".."}:
                raise UserError(f"stack {name} has no folder of its own: rename it")
            stack = stack_files.read(name)
            objects = render.objects_of(stack, show_secrets=show_secrets)
            if policies:
                policy_check.require(stack, objects.values())
            files = _files(stack, objects, show_secrets)
            tree |= {f"{name}/{file}": text for file, text in files}
        except UserError as error:
            wrong.append(error.message)
    if wrong:
        raise UserError("\n".join([*wrong, "nothing is written"]))
    removed = kustomize.put(folder, MARKED, tree, _gone(folder, names))
    for file in removed:
        say(f"removed {file.relative_to(folder)}")
    say(f"wrote {len(names)} stacks, {len(tree)} files, into {folder}")


def _files(
    stack: Stack, objects: Mapping[str, Object], show_secrets: bool
) -> Iterator[tuple[str, str]]:
    """Yield the names of a stack's files and their texts, one for each role of an object."""
    shown, missing = [], []
    for role, one in objects.items():
        if one["kind"] == "Secret" and not show_secrets:
            missing.append(_described(one))
            continue
        if not show_secrets and redacted(one) != one:
            raise UserError(
                f"{one['kind']} {one['metadata']['name']} of {stack.file.name} holds a secret "
                "itself, which a file would show: name a Secret in its place (cloudInit makes "
                "one), or say --show-secrets"
            )
        shown.append(f"{role}.yaml")
        yield shown[-1], kustomize.manifest(MARKED, one, show_secrets=True)
    notes = (*HOW_ELSE, *(f"  {line}" for line in missing)) if missing else ()
    yield kustomize.FILE, kustomize.kustomization(MARKED, shown, notes)


def _described(secret: Object) -> str:
    keys = sorted({*(secret.get("data") or {}), *(secret.get("stringData") or {})})
    place = secret["metadata"]
    return f"Secret {place['name']} in namespace {place['namespace']} ({', '.join(keys)})"


def _gone(folder: Path, rendered: Sequence[str]) -> Iterator[Path]:
    """Yield the files of stacks that are rendered anew, and of those that have no file any more."""
    known = set(stack_files.names())
    for part in folder.iterdir() if folder.is_dir() else ():
        if part.is_dir() and (part.name in rendered or part.name not in known):
            yield from part.glob("*.yaml")
