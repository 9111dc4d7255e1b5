"""Which commit may be brought up, and what a push is compared with."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from repository import Repository, original, repository, stack_file

from vmpool.ci.order import NO_COMMIT, base, commit_to_bring_up
from vmpool.console import UserError

__all__ = ["original", "repository"]

# What the code makes of every stack.
NUMBER_OF_REPLICAS = (
    "components/kubevirt_vm_pool/manifests/virtual_machine_pool.py",
    "spec.initial_replicas",
    "spec.initial_replicas + 1",
)


def edited(repository: Repository, stack: str, more: str = "") -> str:
    """Commit another file of a stack; return the commit."""
    repository.write(stack, stack_file(more))
    return repository.commit()


def back_to(repository: Repository, commit: str) -> None:
    """Check a commit out, as the job of a run does."""
    repository.git("checkout", "--quiet", "--detach", commit)


def allowed(repository: Repository, last: str | None) -> str:
    """Return the commit of alice that is allowed."""
    return commit_to_bring_up("alice", last, "main", repository.root)


def refused(repository: Repository, last: str | None) -> str:
    """Return why alice is refused."""
    with pytest.raises(UserError) as error:
        allowed(repository, last)
    return error.value.message


def test_mains_newest_commit_is_brought_up_whatever_was_there_before(
    repository: Repository,
) -> None:
    first = repository.git("rev-parse", "HEAD").strip()
    newest = edited(repository, "alice", "memory: 4Gi")
    assert allowed(repository, None) == allowed(repository, first) == newest
    # The same again, where an up has failed half-way.
    assert allowed(repository, newest) == newest


def test_a_commit_is_brought_up_if_newer_ones_are_about_other_stacks(
    repository: Repository,
) -> None:
    own = edited(repository, "alice", "memory: 4Gi")
    edited(repository, "bob", "memory: 4Gi")
    back_to(repository, own)
    assert allowed(repository, None) == own


@pytest.mark.parametrize("what", ["file", "code", "file is gone"])
def test_a_commit_is_refused_if_main_has_something_newer_of_the_stack(
    repository: Repository, what: str
) -> None:
    own = edited(repository, "alice", "memory: 4Gi")
    if what == "code":
        repository.replace(*NUMBER_OF_REPLICAS)
    elif what == "file":
        repository.write("alice", stack_file("memory: 5Gi"))
    else:
        repository.remove("alice")
    repository.commit()
    back_to(repository, own)
    assert refused(repository, own).startswith(
        "refused: main has something newer of stack alice than commit"
    )


def test_a_commit_that_lacks_what_was_last_brought_up_is_refused(repository: Repository) -> None:
    older = edited(repository, "alice", "memory: 4Gi")
    newer = edited(repository, "alice", "memory: 5Gi")
    # Back to what the older one says, so that main has nothing that differs.
    edited(repository, "alice", "memory: 4Gi")
    back_to(repository, older)
    assert refused(repository, newer) == (
        f"refused: stack alice was last brought up with commit {newer[:10]}, which {older[:10]} "
        "does not contain: an older commit would go over a newer one. Bring up one of main that "
        "contains it; if history was written anew, bring the stack up once by hand, with "
        "VMPOOL_REVISION=$(git rev-parse HEAD)"
    )


def test_a_commit_that_nobody_knows_any_more_is_contained_in_none(repository: Repository) -> None:
    assert "which " in refused(repository, 40 * "1")


def test_a_commit_that_is_no_longer_mains_is_refused(repository: Repository) -> None:
    first = repository.git("rev-parse", "HEAD").strip()
    dropped = edited(repository, "alice", "memory: 4Gi")
    repository.git("reset", "--quiet", "--hard", first)
    kept = edited(repository, "bob", "memory: 4Gi")
    back_to(repository, dropped)
    assert refused(repository, None) == (
        f"refused: commit {dropped[:10]} is not, or no longer, in main ({kept[:10]}), and stacks "
        "are brought up from there only"
    )


def test_what_is_not_committed_is_refused(repository: Repository) -> None:
    repository.write("alice", stack_file("memory: 4Gi"))
    assert refused(repository, None).startswith("refused: Pulumi.alice.yaml is not as commit ")


@pytest.fixture
def shallow(repository: Repository, tmp_path: Path) -> Repository:
    """A clone that has its newest commit only."""
    edited(repository, "alice", "memory: 4Gi")
    folder = tmp_path / "shallow"
    command = ["git", "clone", "-q", "--depth=1", repository.root.as_uri(), str(folder)]
    subprocess.run(command, check=True)
    return Repository(folder, repository.environment)


def test_a_shallow_clone_is_refused_for_it_knows_no_order(shallow: Repository) -> None:
    assert refused(shallow, None).startswith("this clone is shallow, and cannot tell which commit")


# --- compared with what --------------------------------------------------------------------------


def test_a_commit_that_is_here_is_compared_with(repository: Repository) -> None:
    commit = repository.git("rev-parse", "HEAD").strip()
    assert base("main", repository.root) == base(commit, repository.root) == commit


@pytest.mark.parametrize("commit", [40 * "1", "", "--all", "--git-dir", "main; true", "$(id)"])
def test_an_unknown_commit_is_an_error_and_never_the_first_one(
    repository: Repository, commit: str
) -> None:
    with pytest.raises(UserError, match="there is no revision .* start the workflow by hand"):
        base(commit, repository.root)


def test_a_new_branch_has_nothing_to_be_compared_with(repository: Repository) -> None:
    with pytest.raises(UserError, match="before this push the branch was not there"):
        base(NO_COMMIT, repository.root)
