"""Files that several runs share: what is made once is whole, and the same for all."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from vmpool.files import replace, write_once

AT_ONCE = 8

# Writes its argument into the file as soon as standard input closes, and prints what stands there.
WRITER = """
import sys
from pathlib import Path
from vmpool.files import write_once
print("ready", flush=True)
sys.stdin.read()
write_once(Path(sys.argv[1]), sys.argv[2])
print(Path(sys.argv[1]).read_text())
"""


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    write_once(tmp_path / "once", "text")
    assert (tmp_path / "once").read_text() == "text"
    assert stat.S_IMODE((tmp_path / "once").stat().st_mode) == 0o600


def test_what_is_there_stays(tmp_path: Path) -> None:
    write_once(tmp_path / "once", "first")
    write_once(tmp_path / "once", "second")
    assert (tmp_path / "once").read_text() == "first"
    assert os.listdir(tmp_path) == ["once"]


@pytest.mark.parametrize("step", ["fdopen", "fsync", "link"])
def test_a_write_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match="No space left"):
        write_once(tmp_path / "once", "text")
    assert os.listdir(tmp_path) == []


def test_a_process_that_is_killed_while_it_writes_leaves_no_file(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from vmpool import files\n"
        "files.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        "files.write_once(Path(sys.argv[1]), 'text')"
    )
    killed = subprocess.run([sys.executable, "-c", code, tmp_path / "once"], check=False)
    assert killed.returncode < 0
    assert not (tmp_path / "once").exists()
    write_once(tmp_path / "once", "again")
    assert (tmp_path / "once").read_text() == "again"


def test_threads_that_write_at_once_all_read_the_first_ones(tmp_path: Path) -> None:
    together = Barrier(AT_ONCE)

    def write(number: int) -> str:
        together.wait()
        write_once(tmp_path / "once", f"of {number}")
        return (tmp_path / "once").read_text()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        read = set(threads.map(write, range(AT_ONCE)))
    assert len(read) == 1
    assert os.listdir(tmp_path) == ["once"]


def test_processes_that_write_at_once_all_read_the_first_ones(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path / "once")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8"}
    writers = [subprocess.Popen([*command, str(number)], **pipes) for number in range(AT_ONCE)]  # type: ignore[call-overload]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.close()
    read = {writer.stdout.read() for writer in writers}
    assert [writer.wait() for writer in writers] == [0] * AT_ONCE
    assert len(read) == 1
    assert os.listdir(tmp_path) == ["once"]


def test_a_file_is_replaced_all_at_once(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("before", encoding="utf-8")
    with file.open(encoding="utf-8") as reading:
        replace(file, "after")
        # Whoever had it open goes on reading the whole of the old one.
        assert reading.read() == "before"
    assert file.read_text(encoding="utf-8") == "after"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_cannot_be_replaced_leaves_nothing_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(IsADirectoryError):
        replace(folder, "text")
    assert list(tmp_path.iterdir()) == [folder]
