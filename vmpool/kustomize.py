"""Folders of manifests for Kustomize: what is written there, and what of it is no longer due.

All that is written begins with a line that says by which command. Nothing else is ever replaced or
removed by it: in a tree of the one there may be a tree of the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from kubevirt_vm_pool.manifests.metadata import Object

from .console import UserError
from .files import write_all
from .manifest_yaml import as_yaml

FILE = "kustomization.yaml"

# The texts of files by their paths in a folder, with slashes.
Tree = Mapping[str, str]


def manifest(marked: str, *objects: Object, show_secrets: bool = False) -> str:
    """Return the text of a file with objects. marked: by which command, as in "vmpool render"."""
    return f"{_mark(marked)}{as_yaml(objects, show_secrets=show_secrets)}"


def kustomization(marked: str, resources: Iterable[str], notes: Iterable[str] = ()) -> str:
    """Return the text of a kustomization. resources: paths from its folder. notes: comments."""
    head = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    text = as_yaml([{**head, "resources": list(resources)}])
    return _mark(marked) + "".join(f"# {note}\n" for note in notes) + text.removeprefix("---\n")


def _mark(marked: str) -> str:
    return f"# written by vmpool: {marked}; not to be edited\n"


def ours(file: Path, marked: str) -> bool:
    """Tell whether a file was written here by a command."""
    try:
        with file.open(encoding="utf-8") as stream:
            return stream.readline() == _mark(marked)
    except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
        return False


def put(folder: Path, marked: str, tree: Tree, gone: Iterable[Path]) -> list[Path]:
    """Write a tree into a folder, all of it or nothing, and remove files; return the removed ones.

    marked: the command whose tree it is. gone: files that are due no longer, of which only those
    that it wrote are removed, and their folders with them if nothing else is in these. Raises
    UserError where another file is in the way.
    """
    texts = {folder / PurePosixPath(path): text for path, text in tree.items()}
    foreign = [file for file in texts if file.exists() and not ours(file, marked)]
    if foreign:
        raise UserError(
            f"{', '.join(map(str, sorted(foreign)))} was not written by {marked}, and is not "
            "replaced: take another folder for --out, or remove it; nothing is written"
        )
    removed = sorted({file for file in gone if file not in texts and ours(file, marked)})
    for parent in {file.parent for file in texts}:
        parent.mkdir(parents=True, exist_ok=True)
    write_all(texts, removed)
    for parent in {file.parent for file in removed} - {folder}:
        if not any(parent.iterdir()):
            parent.rmdir()
    return removed
