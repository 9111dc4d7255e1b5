"""The stack files of a pull request as data for the code that is here, which is the base's.

What runs beside credentials must not be a stranger's. A stack file is data, but for what makes the
engine or kubectl start programs, or talk to other places.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kubevirt_vm_pool.text import yaml_1_2

from ..diff import revisions
from ..stack import stack_files
from ..stack.project import ROOT

# Of the file itself: where secrets are kept, and which environments of Pulumi ESC add to it.
REACHES_OUT = ("environment", "mainEnvironment", "secretsprovider", "encryptedkey")
# The provider's: a kubeconfig may name a program that is started (exec).
PROVIDER = "kubernetes:"


def put_in_place(head: str, root: Path = ROOT) -> dict[str, str]:
    """Put the stack files that a branch has changed in place of those that are here.

    head: the branch's last commit. Return the stacks that are left as they are here by name, with
    the reason. Raises UserError.
    """
    before = revisions.files(revisions.common("HEAD", head, root), root)
    after = revisions.files(head, root)
    left: dict[str, str] = {}
    for file in sorted(before.keys() | after.keys()):
        name = stack_files.name_of(Path(file))
        if name is None or (file in after and after[file] == before.get(file, b"")):
            continue
        if file not in after:
            (root / file).unlink(missing_ok=True)
        elif reason := _why_not(root / file, after[file]):
            left[name] = reason
        else:
            (root / file).write_bytes(after[file] or b"")
    return left


def older(head: str, main: str, root: Path = ROOT) -> str:
    """Return a sentence on what a branch lacks of the one it is for; "" if it has all of it.

    head, main: commits, or what git takes for one. Raises UserError.
    """
    newest = revisions.resolved(main, root)
    if revisions.contains(revisions.resolved(head, root), newest, root):
        return ""
    began = revisions.common(newest, head, root)
    return (
        f"This branch is older than its base: it began at {began[: revisions.SHORT]}, and lacks "
        f"what came since, up to {newest[: revisions.SHORT]}. A stack file that both changed is "
        "previewed as the branch has it, and an up brings up what a merge makes of both"
    )


def _why_not(here: Path, content: bytes | None) -> str:
    """Return why a file is no mere data; "" if it is. content: None is no regular file."""
    if content is None:
        return "it is no regular file"
    before = _reaching_out(here.read_bytes()) if here.is_file() else {}
    after = _reaching_out(content)
    if before is None or after is None:
        return "it cannot be read"
    changed = sorted(
        key for key in before.keys() | after.keys() if before.get(key) != after.get(key)
    )
    return f"it changes {', '.join(changed)}" if changed else ""


def _reaching_out(content: bytes) -> Mapping[str, Any] | None:
    """Return what of a stack file is more than data, by key; None if it cannot be read."""
    try:
        document = yaml_1_2.load(content.decode())
    except ValueError:
        return None
    if not isinstance(document, Mapping):
        return {}
    config = document.get("config")
    entries = config if isinstance(config, Mapping) else {}
    own = {key: document[key] for key in REACHES_OUT if key in document}
    return {**own, **{str(key): entries[key] for key in entries if str(key).startswith(PROVIDER)}}
