"""Never an older commit over a newer one: what may be brought up, and what it is compared with."""

from __future__ import annotations

from pathlib import Path

from ..console import UserError
from ..diff import revisions
from ..diff.command import compared
from ..diff.revisions import SHORT
from ..stack.project import ROOT

# What GitHub and GitLab say for no commit.
NO_COMMIT = 40 * "0"


def base(commit: str, root: Path = ROOT) -> str:
    """Return the full name of the commit that a push began from; raises UserError.

    It is unknown for a new branch, and after a forced push. Another one in its place would hide
    what changed.
    """
    way = (
        "start the workflow by hand, with the commit that was last brought up, or with the first "
        "commit for all stacks (git rev-list --max-parents=0 HEAD)"
    )
    if commit == NO_COMMIT:
        raise UserError(f"before this push the branch was not there, so nothing can change: {way}")
    try:
        return revisions.resolved(commit, root)
    except UserError as reason:
        raise UserError(f"{reason.message}. After a forced push {way}") from None


def commit_to_bring_up(stack: str, last: str | None, main: str, root: Path = ROOT) -> str:
    """Return the commit that is checked out, if a stack may be brought up with it.

    last: the commit that the stack was last brought up with; None if nobody knows. main: the branch
    that stacks are brought up from, as the clone knows it (origin/main).

    Raises UserError if the commit lacks what the stack was last brought up with, if it is no longer
    main's, or if main has something newer of the stack.
    """
    revisions.require_whole_history(root)
    head = revisions.resolved("HEAD", root)
    newest = revisions.resolved(main, root)
    this = head[:SHORT]
    if files := revisions.changed_files(root):
        raise UserError(f"refused: {', '.join(files)} is not as commit {this} has it")
    if last and not revisions.contains(head, last, root):
        raise UserError(
            f"refused: stack {stack} was last brought up with commit {last[:SHORT]}, which {this} "
            f"does not contain: an older commit would go over a newer one. Bring up one of {main} "
            "that contains it; if history was written anew, bring the stack up once by hand, with "
            "VMPOOL_REVISION=$(git rev-parse HEAD)"
        )
    if not revisions.contains(newest, head, root):
        raise UserError(
            f"refused: commit {this} is not, or no longer, in {main} ({newest[:SHORT]}), and "
            "stacks are brought up from there only"
        )
    if newest != head:
        _require_nothing_newer(stack, head, main, root)
    return head


def is_newer(stack: str, commit: str, main: str, root: Path = ROOT) -> bool:
    """Tell whether main has something newer of a stack than a commit; raises UserError."""
    found = compared(commit, main, [stack], root).comparison
    if found.failures:
        raise UserError(
            f"refused: nobody can tell whether {main} has something newer of stack {stack}: "
            f"{'; '.join(found.failures)}"
        )
    return bool(found.changes)


def missed(main: str, stack: str, last: str | None) -> str:
    """Return that main has something newer of a stack than its last up, where it is so; "" else.

    To be asked of a stack that differs from its cluster: alone the commit of the last up tells
    nothing, since an up by hand leaves it as it was.
    """
    if last is None or not revisions.contains(main, last) or not is_newer(stack, last, main):
        return ""
    return (
        f"stack {stack} was last brought up with commit {last[:SHORT]}, and {main} has something "
        "newer of it: the run of that has failed, was dropped, or waits. Start it again, or the "
        f"workflow by hand with the base {last}"
    )


def _require_nothing_newer(stack: str, head: str, main: str, root: Path) -> None:
    if is_newer(stack, head, main, root):
        raise UserError(
            f"refused: {main} has something newer of stack {stack} than commit {head[:SHORT]}; the "
            "run of the newer commit brings it up"
        )
