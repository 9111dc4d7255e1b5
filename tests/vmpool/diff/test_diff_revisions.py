"""`vmpool diff` on real repositories: what changes between two revisions, and between which."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from configurations import MARKER, said_in
from encrypted import BY_PULUMI
from kubevirt_vm_pool.effects import Severity
from repository import Repository, original, repository, stack_file
from unneeded_modules import UNNEEDED

from vmpool.console import UserError
from vmpool.diff.as_markdown import MARKER as COMMENT
from vmpool.diff.command import FORMS
from vmpool.diff.comparison import Status

__all__ = ["original", "repository"]


def labels(repository: Repository) -> dict[str, str]:
    """Return the worst effect on each stack that changes, in the report's order."""
    return {one.name: one.label for one in repository.compared().comparison.changes}


# --- what changes --------------------------------------------------------------------------------


def test_nothing_changes_where_nothing_was_changed(repository: Repository) -> None:
    found = repository.compared().comparison
    assert (found.changes, found.unchanged) == ((), ("alice", "bob"))


def test_a_change_of_a_stacks_file_concerns_that_stack(repository: Repository) -> None:
    repository.write("alice", stack_file("memory: 4Gi"))
    change = repository.change("alice")
    assert (change.status, change.severity) == (Status.CHANGED, Severity.RESTART_SOME)
    assert [changed.kind for changed in change.objects] == ["VirtualMachinePool"]


def test_a_change_of_the_code_concerns_every_stack_that_it_reaches(repository: Repository) -> None:
    repository.write("bob", stack_file("memory: 1Gi"))
    repository.git("commit", "--quiet", "--all", "--message", "bob has his own memory")
    # The default of memory, which is alice's.
    repository.give_memory_by_default("3Gi")
    assert labels(repository) == {"alice": "restart n at a time"}


def test_each_revision_is_rendered_by_its_own_code(repository: Repository) -> None:
    repository.replace(
        "components/kubevirt_vm_pool/manifests/networks.py",
        '"masquerade": {}',
        '"bridge": {}',
    )
    for change in repository.compared().comparison.changes:
        shown = [line.replace(" ", "") for line in change.objects[0].lines]
        assert [line for line in shown if line[0] in "+-"] == ["--masquerade:{}", "+-bridge:{}"]
    assert labels(repository) == dict.fromkeys(("alice", "bob"), "restart n at a time")


def test_a_new_stack_is_told_with_its_new_vms(repository: Repository) -> None:
    repository.write("carol", stack_file())
    change = repository.change("carol")
    assert (change.status, change.severity) == (Status.ADDED, Severity.NEW_REPLICAS)
    assert change.sentences[0] == "2 VMs of web are created"
    assert all(told.startswith("Guard rail: advisory: ") for told in change.sentences[1:])


def test_a_stack_that_goes_is_told_with_the_disks_that_are_at_stake(repository: Repository) -> None:
    repository.remove("alice")
    change = repository.change("alice")
    assert (change.status, change.severity) == (Status.DELETED, Severity.DISK_LOSS)
    assert "stops nothing" in change.sentences[0]
    assert "everything on 2 disks (web-disk-*) is lost" in change.sentences[1]


def test_a_broken_stack_is_told_with_its_mistakes_and_the_others_still_are(
    repository: Repository,
) -> None:
    repository.write("alice", stack_file("memory: 2GB\ncores: many"))
    repository.write("bob", stack_file("memory: 4Gi"))
    broken, changed = repository.compared().comparison.changes
    assert (broken.name, broken.status, broken.severity) == ("alice", Status.BROKEN, None)
    assert broken.problems.startswith("Pulumi.alice.yaml has 2 problems:\n  cores: many\n")
    assert (changed.name, changed.severity) == ("bob", Severity.RESTART_SOME)


def test_a_stack_that_is_mended_is_not_taken_for_harmless(repository: Repository) -> None:
    repository.write("alice", stack_file("memory: 2GB"))
    repository.commit()
    repository.write("alice", stack_file())
    change = repository.change("alice")
    assert (change.status, change.loses_disks) == (Status.NOT_KNOWN, True)


def test_a_stack_that_stays_broken_is_no_change(repository: Repository) -> None:
    repository.write("alice", stack_file("memory: 2GB"))
    repository.commit()
    found = repository.compared().comparison
    assert (found.changes, found.still_broken) == ((), ("alice",))


def test_a_program_that_fails_on_a_stack_breaks_that_stack_only(repository: Repository) -> None:
    repository.write("bob", stack_file("memory: 4Gi"))
    wrong = f'if spec.memory == "4Gi":\n        raise KeyError("{MARKER}")\n    strategy = _scale'
    repository.replace(
        "components/kubevirt_vm_pool/manifests/virtual_machine_pool.py", "strategy = _scale", wrong
    )
    change = repository.change("bob")
    assert change.status is Status.BROKEN
    assert change.problems.startswith(
        "the program fails on it: KeyError in virtual_machine_pool.py, line "
    )
    assert MARKER not in change.problems


def test_a_program_that_cannot_even_start_is_told_for_its_side(repository: Repository) -> None:
    repository.replace(
        "components/kubevirt_vm_pool/manifests/secret.py", "import base64", "import base65"
    )
    (failure,) = repository.compared().comparison.failures
    assert re.fullmatch(
        "head cannot be rendered: its code fails: ModuleNotFoundError: No module named 'base65' "
        r"\(components/kubevirt_vm_pool/manifests/secret.py, line [0-9]+\)",
        failure,
    )


def test_a_revision_from_before_this_command_is_told(repository: Repository) -> None:
    repository.git("rm", "-r", "--quiet", "vmpool/diff")
    repository.git("commit", "--quiet", "--message", "the old days")
    repository.git("revert", "--no-edit", "HEAD")
    (failure,) = repository.compared("HEAD^").comparison.failures
    assert failure.startswith("base cannot be rendered: its code is from before vmpool diff")


# --- new names -----------------------------------------------------------------------------------


def test_a_renamed_stack_is_told_with_what_the_engine_makes_of_it(repository: Repository) -> None:
    repository.git("mv", "Pulumi.alice.yaml", "Pulumi.zoe.yaml")
    change = repository.change("zoe")
    assert (change.status, change.before) == (Status.RENAMED, "alice")
    assert change.severity is Severity.REPLACED
    assert "pulumi stack rename zoe --stack alice" in change.sentences[0]
    assert "namespace: alice keeps the pool where it is" in change.sentences[1]


def test_a_stack_of_another_name_with_the_same_pool_is_that_stack(repository: Repository) -> None:
    repository.remove("alice")
    repository.write("zoe", stack_file("namespace: alice\ncores: 2\nmemory: 4Gi\nlabels: {a: b}"))
    change = repository.change("zoe")
    assert (change.status, change.before) == (Status.RENAMED, "alice")
    assert "the up of zoe fails on the objects that alice made" in change.sentences[0]
    assert change.severity is Severity.RESTART_SOME


def test_a_stack_that_goes_and_another_that_comes_are_two(repository: Repository) -> None:
    repository.git("rm", "--quiet", "Pulumi.alice.yaml")
    others = "cores: 2\nmemory: 4Gi\nscaleIn: {keepDisks: true}\nlabels: {a: b}"
    repository.write("zoe", stack_file(others))
    assert labels(repository) == {"alice": "disk loss", "zoe": "new replicas only"}


# --- secrets -------------------------------------------------------------------------------------


MOUNTED = "volumes: [{name: token, secret: {secretName: token}}]"


@pytest.mark.parametrize("form", FORMS)
def test_a_changed_secret_is_seen_and_never_shown(repository: Repository, form: str) -> None:
    repository.write("alice", stack_file("cloudInit: {runCommands: [echo]}", password=MARKER))
    for secret in ("old", MARKER):
        own = f"perReplica: {{secrets: {{token: {{it: {secret}}}}}}}\n{MOUNTED}"
        repository.write("bob", stack_file(own))
        document = f"cloudInit: {{userData: '#cloud-config {{runcmd: [{secret}]}}'}}"
        text = stack_file(document).replace("  password: anything\n", "")
        repository.write("carol", text)
        if secret == "old":
            repository.commit()
    repository.write("alice", stack_file(f"cloudInit: {{runCommands: [{MARKER}]}}", password="b"))
    shown = repository.vmpool("diff", "--base", "main", "--format", form)
    assert "3 of 3 stacks change" in shown
    assert "Only VMs created from now on get the new cloud-init documents" in shown
    assert not said_in(shown, MARKER)
    # Before and after: alice's and carol's documents, and four replicas' Secrets of bob's.
    assert shown.count("[secret ") == 2 * (1 + 1 + 4)


def test_an_encrypted_secret_is_compared_as_it_is_encrypted(repository: Repository) -> None:
    repository.write("alice", BY_PULUMI)
    repository.commit()
    assert repository.compared().comparison.changes == ()
    repository.edit("alice", "mOhhWd1N", "mOhhWd1M")
    change = repository.change("alice")
    assert change.remarks == (
        "password was encrypted anew; whether its value changed cannot be seen",
    )
    assert [changed.kind for changed in change.objects] == ["Secret"]


def test_a_passphrase_beside_the_head_makes_no_difference(repository: Repository) -> None:
    repository.write("alice", BY_PULUMI)
    repository.commit()
    (repository.root / ".vmpool").mkdir()
    (repository.root / ".vmpool" / "passphrase").write_text("correct horse")
    assert repository.compared().comparison.changes == ()


def test_rendering_is_given_no_credentials(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_TOKEN", MARKER)
    spy = 'import os\nraise SystemExit(os.environ.get("A_TOKEN", "no token"))'
    (repository.root / "vmpool" / "diff" / "rendering.py").write_text(spy)
    assert repository.compared().comparison.failures == (
        "head cannot be rendered: its code fails: no token",
    )


# --- between which -------------------------------------------------------------------------------


def test_the_head_is_the_working_tree_with_everything_in_it(repository: Repository) -> None:
    report = repository.compared()
    assert report.head.startswith("the working tree (")
    assert "uncommitted" not in report.head
    repository.write("carol", stack_file())
    report = repository.compared()
    assert report.head.endswith(", with uncommitted changes)")
    assert report.headline == "1 of 3 stacks changes"


def test_the_head_can_be_a_revision_too(repository: Repository) -> None:
    repository.git("switch", "--quiet", "--create", "more")
    repository.write("alice", stack_file("memory: 4Gi"))
    repository.commit()
    repository.write("bob", stack_file("memory: 4Gi"))
    assert repository.change("alice", "main", "more").severity is Severity.RESTART_SOME


def test_only_the_stacks_that_are_named_are_told(repository: Repository) -> None:
    for name in ("alice", "bob"):
        repository.write(name, stack_file("memory: 4Gi"))
    report = repository.compared("main", None, "bob")
    assert [one.name for one in report.comparison.changes] == ["bob"]
    with pytest.raises(UserError, match="there is no stack carol in either revision"):
        repository.compared("main", None, "bob", "carol")


def test_what_the_base_has_beyond_the_head_is_pointed_out(repository: Repository) -> None:
    parting = repository.git("rev-parse", "HEAD").strip()
    repository.git("branch", "mine")
    repository.write("bob", stack_file("memory: 4Gi"))
    repository.commit()
    repository.git("switch", "--quiet", "mine")
    assert f"without them: --base {parting[:10]}" in repository.compared().notes[0]
    assert repository.compared(parting).notes == ()


def test_a_project_in_a_folder_of_its_repository_is_found(
    tmp_path: Path, original: Repository
) -> None:
    inner = Repository(tmp_path / "pools", {**original.environment})
    original.git("clone", "--quiet", str(original.root), str(inner.root))
    (inner.root / ".git").rename(tmp_path / ".git")
    inner.commit()
    inner.write("alice", stack_file("memory: 4Gi"))
    assert inner.change("alice", "HEAD").severity is Severity.RESTART_SOME


@pytest.mark.parametrize("name", ["nowhere", "--all", "main:Pulumi.yaml", ""])
def test_a_revision_that_is_not_there_is_told(repository: Repository, name: str) -> None:
    with pytest.raises(UserError, match=f"there is no revision {name} in this repository"):
        repository.compared(name)


def test_a_shallow_clone_says_how_to_get_the_base(repository: Repository, tmp_path: Path) -> None:
    base = repository.git("rev-parse", "HEAD").strip()
    repository.write("alice", stack_file("memory: 4Gi"))
    repository.commit()
    shallow = Repository(tmp_path / "shallow", repository.environment)
    where = (repository.root.as_uri(), str(shallow.root))
    repository.git("clone", "--quiet", "--depth=1", *where)
    with pytest.raises(UserError, match="this clone is shallow: fetch it"):
        shallow.compared(base)
    assert shallow.compared("HEAD").comparison.changes == ()
    shallow.git("fetch", "--quiet", "--depth=1", "origin", base)
    assert shallow.change("alice", base).severity is Severity.RESTART_SOME


def test_a_folder_without_a_repository_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no git repository"):
        Repository(tmp_path, {}).compared()


# --- nothing is left behind ----------------------------------------------------------------------


def worktrees(repository: Repository) -> list[str]:
    """Return what git knows of folders with this repository."""
    return repository.git("worktree", "list", "--porcelain").split("\n\n")[1:]


def test_no_worktree_and_no_branch_stays_behind(repository: Repository) -> None:
    before = repository.git("branch", "--all"), repository.git("status", "--porcelain")
    repository.compared("main", "main")
    assert worktrees(repository) == [""]
    assert (repository.git("branch", "--all"), repository.git("status", "--porcelain")) == before


def test_no_hook_of_the_persons_runs(repository: Repository) -> None:
    hook = repository.root / ".git" / "hooks" / "post-checkout"
    hook.write_text(f"#!/bin/sh\ntouch {repository.root}/ran\n")
    hook.chmod(0o755)
    repository.compared()
    assert not (repository.root / "ran").exists()


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """The folder for temporary files of what a test starts."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@contextmanager
def in_the_middle(repository: Repository, scratch: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Give a `vmpool diff` while it works: the head's own code blocks."""
    reached = scratch.with_name("reached")
    block = f"import time; open({str(reached)!r}, 'w').close(); time.sleep(60)"
    rendering = repository.root / "vmpool" / "diff" / "rendering.py"
    before = rendering.read_bytes()
    rendering.write_text(f"FORMAT = 1\nif __name__ == '__main__':\n    {block}\n")
    program = "from vmpool.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", program, "diff", "--base", "main"],
        cwd=repository.root,
        env={**repository.environment, "TMPDIR": str(scratch)},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    ) as running:
        deadline = time.monotonic() + 30
        while not reached.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert list(scratch.iterdir()) != []
        yield running
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
    rendering.write_bytes(before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_stays_behind_when_it_is_interrupted(
    repository: Repository, scratch: Path, number: signal.Signals
) -> None:
    with in_the_middle(repository, scratch) as running:
        os.kill(running.pid, number)
        assert running.wait(timeout=20) != 0
    assert (list(scratch.iterdir()), worktrees(repository)) == ([], [""])


@pytest.fixture
def killed(repository: Repository, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a `vmpool diff` left that was killed: a folder, in this process' temporary one."""
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    with in_the_middle(repository, scratch) as running:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait(timeout=20)
    (folder,) = scratch.iterdir()
    assert (folder / "tree" / "Pulumi.alice.yaml").exists()
    assert str(folder) in worktrees(repository)[0]
    return folder


def test_what_a_killed_run_left_goes_with_the_next(
    repository: Repository, scratch: Path, killed: Path
) -> None:
    repository.compared()
    assert (list(scratch.iterdir()), worktrees(repository)) == ([], [""])


def test_what_a_killed_run_left_goes_though_its_folder_or_git_has_forgotten_it(
    repository: Repository, scratch: Path, killed: Path
) -> None:
    shutil.copytree(killed / "tree", killed.with_name(f"{killed.name}copy") / "tree")
    shutil.rmtree(killed)
    repository.compared()
    assert (list(scratch.iterdir()), worktrees(repository)) == ([], [""])


def test_a_tree_that_git_had_not_finished_goes_too(
    repository: Repository, scratch: Path, killed: Path
) -> None:
    repository.git("worktree", "lock", str(killed / "tree"))
    repository.compared()
    assert (list(scratch.iterdir()), worktrees(repository)) == ([], [""])


def test_what_others_are_at_and_the_persons_own_trees_stay(
    repository: Repository, scratch: Path, killed: Path
) -> None:
    alive = killed.rename(scratch / f"vmpool-diff-{os.getppid()}-x")
    for name in ("vmpool-diff-x", "vmpool-diff-999999999999999999999-x", "elsewhere"):
        (scratch / name).mkdir()
    # Not a folder of anybody's process.
    (scratch / "vmpool-diff-4194305-link").symlink_to(scratch / "elsewhere")
    own = scratch / "own" / "tree"
    repository.git("worktree", "add", "--quiet", str(own))
    shutil.rmtree(own)
    before = sorted(scratch.iterdir())
    repository.compared()
    assert sorted(scratch.iterdir()) == before
    assert (alive / "tree" / "Pulumi.alice.yaml").exists()
    assert str(own) in "".join(worktrees(repository))


# --- the command ---------------------------------------------------------------------------------


def test_the_exit_code_is_0_unless_it_is_asked_to_tell(repository: Repository) -> None:
    repository.write("alice", stack_file("memory: 4Gi"))
    repository.write("bob", stack_file("namespace: other"))
    repository.vmpool("diff", "--base", "main", code=0)
    repository.vmpool("diff", "--base", "main", "--exit-code", code=2)
    repository.vmpool("diff", "--base", "main", "--exit-code", "--stack", "alice", code=1)


def test_errors_of_every_kind_have_the_exit_code_3(repository: Repository) -> None:
    assert "no such option" in repository.vmpool("diff", "--bas", "main", code=3).lower()
    repository.vmpool("diff", code=3)
    repository.vmpool("diff", "--base", "main", "--format", "pdf", code=3)
    shown = repository.vmpool("diff", "--base", "nowhere", code=3)
    assert shown.startswith("error: there is no revision nowhere in this repository; ")


def test_each_form_is_what_it_says(repository: Repository) -> None:
    repository.write("alice", stack_file("memory: 4Gi"))
    sentence = "2 VMs of web restart one by one (those not ready: all at once); their disks stay"
    as_text = repository.vmpool("diff", "--base", "main")
    assert f"\nrestart n at a time: alice\n  {sentence}\n" in as_text
    assert repository.vmpool("diff", "--base", "main", "--format", "markdown").startswith(COMMENT)
    document = json.loads(repository.vmpool("diff", "--base", "main", "--format", "json"))
    assert [one["stack"] for one in document["changes"]] == ["alice"]


# Ends with the modules that are loaded.
PROGRAM = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps([*sys.modules])))
from vmpool.cli import main
main(["diff", "--base", "main"])
"""


def test_the_comparison_loads_neither_the_engine_nor_what_talks_to_a_network(
    repository: Repository,
) -> None:
    done = repository.run(sys.executable, "-c", PROGRAM)
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "vmpool.diff.comparison" in loaded
    assert loaded & (UNNEEDED - {"subprocess"}) == set()


def test_five_hundred_stacks_take_seconds(repository: Repository) -> None:
    for number in range(498):
        repository.write(f"user{number}", stack_file(f"labels: {{user: u{number}}}"))
    repository.commit()
    repository.give_memory_by_default("3Gi")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    shown = repository.vmpool("diff", "--base", "main", "--format", "markdown")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Of the processors, since others may use them as well; about 5 seconds of two cores.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 20
    assert "500 of 500 stacks change" in shown
    assert len(shown) < 65_536
