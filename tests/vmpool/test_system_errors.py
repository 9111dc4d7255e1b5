"""What the system refuses is told in one line, with the file and what to do about it."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from urllib.error import URLError

import pytest
from checkout import Checkout, copied
from repository import stack_file

from vmpool.console import of_the_system


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout of the test's own, with a stack alice."""
    checkout = copied(tmp_path / "p")
    checkout.write("alice", stack_file())
    return checkout


def of(number: int, *names: str | bytes | int | None) -> OSError:
    """Return an error as the system's functions raise it."""
    first, second = (*names, None, None)[:2]
    return OSError(number, os.strerror(number), first, None, second)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (of(errno.ENOENT, "/a"), "No such file or directory: /a"),
        (of(errno.ENOENT, b"/\xff"), "No such file or directory: /\udcff"),
        (of(errno.EBADF, 7), "Bad file descriptor"),
        (of(errno.EXDEV, "/a", "/b"), "Invalid cross-device link: /a and /b"),
        (
            of(errno.ENOSPC),
            "No space left on device (make room on that disk, and run it again)",
        ),
        (
            of(errno.EROFS, "/a"),
            "Read-only file system: /a (that disk can only be read)",
        ),
        (
            of(errno.EACCES, "/root/.cache"),
            "Permission denied: /root/.cache (this user may not do that there: see who owns it; "
            "what is built once goes into the folder that XDG_CACHE_HOME names, else into "
            "~/.cache)",
        ),
        (URLError("no such host"), "<urlopen error no such host>"),
        (TimeoutError(), "TimeoutError"),
    ],
    ids=str,
)
def test_an_error_of_the_system_is_one_line(error: OSError, told: str) -> None:
    assert of_the_system(error) == told


def test_a_folder_in_place_of_a_stack_file_is_told(checkout: Checkout) -> None:
    file = checkout.folder / "Pulumi.bob.yaml"
    file.mkdir()
    assert checkout.vmpool("render", "--stack", "bob", code=1) == f"error: Is a directory: {file}\n"


def test_a_cache_that_cannot_be_made_is_told_by_commands_of_groups_too(checkout: Checkout) -> None:
    checkout.environment |= {"XDG_CACHE_HOME": os.devnull, "KUBEBUILDER_ASSETS": ""}
    said = checkout.vmpool("cluster", "start", code=1).splitlines()[-1]
    assert said.startswith(f"error: Not a directory: {os.devnull}/kubevirt-vm-pool")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_told(checkout: Checkout) -> None:
    program = "from vmpool.cli import main; main()"
    done = checkout.run(
        "sh", "-c", 'exec 3>&1; "$0" "$@" 2>&3 >/dev/full',
        sys.executable, "-c", program, "render", "--stack", "alice",
    )  # fmt: skip
    assert done.stdout.splitlines()[0].startswith("error: No space left on device (make room")
    assert "Traceback" not in done.stdout
    assert done.returncode == 1


def test_output_that_nobody_reads_any_more_is_no_error(checkout: Checkout) -> None:
    program = "from vmpool.cli import main; main()"
    done = checkout.run("sh", "-c", '"$0" "$@" | true', sys.executable, "-c", program, "schema")
    assert done.stdout == ""


def test_diff_has_its_own_exit_code_for_them(checkout: Checkout) -> None:
    checkout.environment |= {"PATH": os.devnull}
    said = checkout.vmpool("diff", "--base", "main", "--exit-code", code=3)
    assert said == "error: Not a directory: git\n"
