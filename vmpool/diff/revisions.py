"""Revisions of the project, each laid out in a folder: the working tree, or a commit's own tree."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..console import UserError
from ..stack.project import ROOT

# A git hook tells its children where its own repository and index are.
OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
SHORT = 10  # digits of a commit's name that are shown
# A commit is laid out in TREE of a folder in the system's temporary one, which says whose it is.
FOLDER = re.compile(r"vmpool-diff-([0-9]+)-.+")
TREE = "tree"


@dataclass(frozen=True)
class Revision:
    """A state of the project.

    label: what it is called in reports. commit: its full name; that of HEAD for the working tree.
    folder: the project's folder there; it is gone when the context that gave it is left.
    """

    label: str
    commit: str
    folder: Path


@contextmanager
def working_tree(root: Path = ROOT) -> Iterator[Revision]:
    """Give the working tree as it is, with everything that is not committed."""
    commit = resolved("HEAD", root)
    changed = _git(root, "status", "--porcelain", "--", ".")
    more = ", with uncommitted changes" if changed else ""
    yield Revision(f"the working tree ({commit[:SHORT]}{more})", commit, root)


@contextmanager
def checked_out(name: str, root: Path = ROOT) -> Iterator[Revision]:
    """Give a commit in a worktree of its own, which goes afterwards.

    name: a branch, tag, commit or anything else that git understands. Raises UserError.
    """
    commit = resolved(name, root)
    inside = _git(root, "rev-parse", "--show-prefix").strip()
    _remove_left_behind(root)
    with tempfile.TemporaryDirectory(prefix=f"vmpool-diff-{os.getpid()}-") as folder:
        tree = Path(folder) / TREE
        try:
            _git(root, "worktree", "add", "--quiet", "--detach", str(tree), commit)
            shown = commit[:SHORT]
            label = shown if commit.startswith(name) else f"{name} ({shown})"
            yield Revision(label, commit, tree / inside)
        finally:
            _run(root, "worktree", "remove", "--force", str(tree))


def _remove_left_behind(root: Path) -> None:
    """Remove what runs left that were killed: folders with all stack files, and git's entries.

    `git worktree prune` would also forget the person's own trees, on a disk that is not there now.
    """
    listed = _git(root, "worktree", "list", "--porcelain").splitlines()
    trees = [
        Path(line.removeprefix("worktree ")) for line in listed if line.startswith("worktree ")
    ]
    known = {tree.parent for tree in trees if tree.name == TREE}
    for folder in known.union(Path(tempfile.gettempdir()).iterdir()):
        if _is_left_behind(folder):
            # Twice: git locks a tree while it lays it out.
            _run(root, "worktree", "remove", "--force", "--force", str(folder / TREE))
            shutil.rmtree(folder, ignore_errors=True)


def _is_left_behind(folder: Path) -> bool:
    """Tell whether a folder was made here by a process that is gone, and may be removed."""
    found = FOLDER.fullmatch(folder.name)
    if found is None:
        return False
    try:
        os.kill(int(found[1]), 0)
    except ProcessLookupError:
        pass
    except (OSError, OverflowError):
        return False
    else:
        return False
    try:
        about = folder.lstat()
    except FileNotFoundError:
        return True  # git alone remembers it
    return stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid()


def resolved(name: str, root: Path = ROOT) -> str:
    """Return the full name of a commit; raises UserError if there is none of that name."""
    _require_repository(root)
    # Else it would be taken for an option.
    known = not name.startswith("-")
    done = _run(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") if known else None
    if done is None or done.returncode:
        raise UserError(
            f"there is no revision {name} in this repository; {_way_to_get(name, root)}"
        )
    return done.stdout.strip()


def renamed(base: str, head: str | None, root: Path = ROOT) -> Mapping[str, str]:
    """Return the files of the project's folder that git takes for renamed: the old name by the new.

    head: None is the working tree, where git sees only what it tracks.
    """
    # Stack files are much alike: what agrees in half of its lines is another user's.
    found = ("diff", "-z", "--name-status", "--find-renames=90%", "--diff-filter=R", "--relative")
    ends = [base] if head is None else [base, head]
    fields = _git(root, *found, *ends, "--", ":(glob)*").split("\0")
    return dict(zip(fields[2::3], fields[1::3], strict=False))


def parting(base: Revision, head: Revision, root: Path = ROOT) -> str | None:
    """Return the commit that two revisions parted at, if base has gone on since; None else."""
    done = _run(root, "merge-base", base.commit, head.commit)
    # A shallow clone may not know.
    if done.returncode or done.stdout.strip() == base.commit:
        return None
    return done.stdout.strip()


def contains(commit: str, other: str, root: Path = ROOT) -> bool:
    """Tell whether a commit is another one or came after it; no commit contains an unknown one."""
    return _run(root, "merge-base", "--is-ancestor", other, commit).returncode == 0


def changed_files(root: Path = ROOT) -> list[str]:
    """Return the project's files that git tracks and that are not as they were committed."""
    listed = _git(root, "status", "--porcelain", "-z", "--untracked-files=no", "--", ".")
    return [entry[3:] for entry in listed.split("\0") if entry]


def common(commit: str, other: str, root: Path = ROOT) -> str:
    """Return the newest commit that two have in common; raises UserError if there is none."""
    ends = resolved(commit, root), resolved(other, root)
    return _git(root, "merge-base", *ends).strip()


def files(commit: str, root: Path = ROOT) -> dict[str, bytes | None]:
    """Return the contents of the files of a commit's project folder by name, of none below it.

    None is a link, or anything else that is no regular file. Raises UserError.
    """
    listed = _git(root, "ls-tree", "-z", resolved(commit, root), "--", ".")
    entries = (entry.partition("\t") for entry in listed.split("\0") if entry)
    found: dict[str, bytes | None] = {}
    for about, _, name in entries:
        mode, kind, blob = about.split()
        if kind == "blob":
            regular = mode.startswith("100")
            text = _git(root, "cat-file", "blob", blob) if regular else None
            found[name] = None if text is None else text.encode(errors="surrogateescape")
    return found


def require_whole_history(root: Path = ROOT) -> None:
    """Raise UserError if this clone is shallow, and does not know which commit came first."""
    _require_repository(root)
    if _is_shallow(root):
        raise UserError(
            "this clone is shallow, and cannot tell which commit is newer: clone with the whole "
            "history (actions/checkout: fetch-depth: 0; GitLab: GIT_DEPTH: 0)"
        )


def _is_shallow(root: Path) -> bool:
    return _git(root, "rev-parse", "--is-shallow-repository").strip() == "true"


def _way_to_get(name: str, root: Path) -> str:
    if _is_shallow(root):
        return (
            "this clone is shallow: fetch it (git fetch --depth=1 origin COMMIT), or clone with "
            "the whole history (actions/checkout: fetch-depth: 0)"
        )
    return "see git branch --all, or fetch it first"


def _require_repository(root: Path) -> None:
    try:
        done = _run(root, "rev-parse", "--git-dir")
    except FileNotFoundError:
        raise UserError("vmpool diff needs git, which is not on PATH") from None
    if done.returncode:
        raise UserError(
            f"{root} is no git repository, so there is nothing to compare ({_why(done)})"
        )


def _git(root: Path, *args: str) -> str:
    """Run git and return what it printed; raises UserError if it fails."""
    done = _run(root, *args)
    if done.returncode:
        raise UserError(f"git {args[0]}: {_why(done)}")
    return done.stdout


def _run(root: Path, *args: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in OF_A_HOOK}
    # No hook of the person's: it would run on a folder that is gone a second later.
    hookless = ("-c", f"core.hooksPath={os.devnull}")
    return subprocess.run(
        ["git", *hookless, *args],
        cwd=root,
        env={**environment, "GIT_LFS_SKIP_SMUDGE": "1", "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
    )


def _why(done: subprocess.CompletedProcess[str]) -> str:
    return (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
