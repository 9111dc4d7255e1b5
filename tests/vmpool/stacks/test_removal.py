"""`vmpool stack rm` where nothing was ever up: all or none, and what is left if it fails."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from stacks_folder import DEV, folder, run

from vmpool import target
from vmpool.stack import stack_files

__all__ = ["folder"]


@pytest.fixture
def stacks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the stacks ann, bob, cid and dev, without any cluster."""
    monkeypatch.setattr(target, "CLUSTER", folder / ".vmpool" / "cluster")
    for name in ("ann", "bob", "cid"):
        (folder / f"Pulumi.{name}.yaml").write_text(DEV, encoding="utf-8")
    return folder


def test_a_name_that_nobody_has_keeps_all_from_being_removed(stacks: Path) -> None:
    done = run("stack", "rm", "ann", "bbo", "zoe")
    assert (done.exit_code, stack_files.names(stacks)) == (1, ["ann", "bob", "cid", "dev"])
    assert "there is no stack bbo" in done.stderr
    assert "there is no stack zoe" in done.stderr
    assert "no file is removed" in done.stderr


def test_what_fails_midway_is_told_and_the_rest_is_removed_by_what_is_said(
    stacks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = Path.unlink

    def full(self: Path, missing_ok: bool = False) -> None:
        if self.name == "Pulumi.bob.yaml":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))
        unlink(self, missing_ok)

    with monkeypatch.context() as at_once:
        at_once.setattr(Path, "unlink", full)
        done = run("stack", "rm", "ann", "bob", "cid")
    assert (done.exit_code, stack_files.names(stacks)) == (1, ["bob", "cid", "dev"])
    assert done.stderr.startswith("removed Pulumi.ann.yaml\nerror: Permission denied: ")
    left = "still there: Pulumi.bob.yaml, Pulumi.cid.yaml; once that is mended: "
    _, found, command = done.stderr.strip().partition(left)
    assert (found, command) == (left, "vmpool stack rm bob cid")
    done = run(*command.split()[1:])
    assert (done.exit_code, stack_files.names(stacks)) == (0, ["dev"])
