"""The stack files of a pull request as data for the code that is here, which is the base's.

What runs beside credentials must not be a stranger's. A stack file is data, but for what makes the
engine or kubectl start programs, or talk to other places, and for encrypted values that it puts
where they would be shown, since here they are decrypted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kubevirt_vm_pool import stack_config
from kubevirt_vm_pool.spec.placeholders import placeholder
from kubevirt_vm_pool.text import yaml_1_2
from kubevirt_vm_pool.text.paths import Path as Key
from kubevirt_vm_pool.text.paths import dotted

from ..diff import revisions
from ..stack import stack_files
from ..stack.project import ROOT

# Of the file itself: where secrets are kept, and which environments of Pulumi ESC add to it.
REACHES_OUT = ("environment", "mainEnvironment", "secretsprovider", "encryptedkey")
# The provider's: a kubeconfig may name a program that is started (exec).
PROVIDER = "kubernetes:"
# What is written there for every replica may be taken up by another part of it, a host name too.
MIXED = "perReplica"
# A stack file has some kilobytes; reading YAML takes many times its size.
MOST_BYTES = 1 << 20


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
    if len(content) > MOST_BYTES:
        return f"it is larger than {MOST_BYTES >> 20} MiB"
    before = _document(here.read_bytes()) if here.is_file() else {}
    after = _document(content)
    if before is None or after is None:
        return "it cannot be read"
    if changed := _changed(_reaching_out(before), _reaching_out(after)):
        return f"it changes {', '.join(changed)}"
    if moved := _moved(_sealed(before), _sealed(after)):
        return f"it has another encrypted value where values are shown: {', '.join(moved)}"
    if _changed(_mixed(before), _mixed(after)):
        return f"it changes {MIXED}, which has encrypted values"
    return ""


def _document(content: bytes) -> Mapping[str, Any] | None:
    """Return what a stack file says; None if it cannot be read."""
    try:
        document = yaml_1_2.load(content.decode())
    except ValueError:
        return None
    return document if isinstance(document, Mapping) else {}


def _config(document: Mapping[str, Any]) -> Mapping[str, Any]:
    config = document.get("config")
    return config if isinstance(config, Mapping) else {}


def _reaching_out(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what of a stack file is more than data, by key."""
    entries = _config(document)
    own = {key: document[key] for key in REACHES_OUT if key in document}
    return {**own, **{str(key): entries[key] for key in entries if str(key).startswith(PROVIDER)}}


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the keys with another value."""
    keys = before.keys() | after.keys()
    return sorted(key for key in keys if before.get(key) != after.get(key))


def _mixed(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the part in which an encrypted value may be put into any other, if there is one."""
    found = {
        key: value
        for key, value in _config(document).items()
        if str(key).rpartition(":")[2] == MIXED
    }
    return found if any(path[0] == MIXED for path in _sealed(document)) else {}


def _moved(before: Mapping[Key, str], after: Mapping[Key, str]) -> list[str]:
    """Return where a branch has an encrypted value that the base has not there.

    Not where secrets are kept: what is there is shown nowhere. Elsewhere an error or an object
    shows it, decrypted.
    """
    moved = [path for path, text in after.items() if before.get(path) != text]
    return sorted(dotted(path) for path in moved if not _is_kept_secret(path))


def _is_kept_secret(path: Key) -> bool:
    try:
        placeholder(path)
    except KeyError:
        return False
    return True


def _sealed(document: Mapping[str, Any]) -> dict[Key, str]:
    """Return what a stack file holds encrypted, as it stands there, by the path of its key."""
    entries = _config(document).items()
    return dict(
        found
        for key, value in entries
        for found in _sealed_within(value, (str(key).removeprefix(f"{stack_config.PROJECT}:"),))
    )


def _sealed_within(value: object, path: Key) -> Iterator[tuple[Key, str]]:
    if isinstance(value, Mapping):
        if value.keys() == {"secure"}:
            yield path, str(value["secure"])
        for key, member in value.items():
            yield from _sealed_within(member, (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _sealed_within(item, (*path, index))
