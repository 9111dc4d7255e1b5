"""`vmpool status` as a command, once and again and again."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from checkout import Checkout, copied
from class_of_stacks import STATES, Class

from vmpool.status import watching
from vmpool.status.as_text import text
from vmpool.status.command import FORMS
from vmpool.status.facts import Report, Scaling, StackStatus, State

SCALING = Scaling("web", 2, 2, 2, 5, ("cpu 31 % of 50 %",))
ALICE = StackStatus("alice", State.READY, wanted=2, ready=2, scaling=SCALING)


@pytest.fixture(scope="module")
def checkout(a_class: Class, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout with the class's stacks, on its cluster."""
    made = copied(tmp_path_factory.mktemp("project") / "p")
    for file in made.folder.glob("Pulumi.*.yaml"):
        file.unlink()
    for name in STATES:
        file = a_class.root / f"Pulumi.{name}.yaml"
        made.write(name, file.read_text(encoding="utf-8"))
    made.environment["KUBECONFIG"] = str(a_class.cluster.kubeconfig)
    return made


def test_without_names_all_stacks_are_shown_and_one_that_is_not_seen_is_an_error(
    checkout: Checkout,
) -> None:
    said = checkout.vmpool("status", code=3)
    assert said.startswith("1 of 6 stacks is ready\n")
    assert all(f"\n{name}: {state}" in said for name, state in STATES.items())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--stacks", "[ab]*"), 0),
        (("--stacks", "[ab]*", "--exit-code"), 1),
        (("--stacks", "alice", "--exit-code"), 0),
        (("--stacks", "nobody-*"), 3),
        (("--watch", "--format", "html"), 3),
        (("--watch", "--exit-code"), 3),
    ],
)
def test_the_command_has_the_exit_code_that_its_help_says(
    checkout: Checkout, arguments: tuple[str, ...], code: int
) -> None:
    checkout.vmpool("status", *arguments, code=code)


def test_a_report_goes_into_a_file_where_one_is_named(checkout: Checkout) -> None:
    file = checkout.folder / "status.json"
    arguments = ("--stacks", "alice", "--format", "json", "--output", str(file))
    assert checkout.vmpool("status", *arguments) == ""
    assert json.loads(file.read_text(encoding="utf-8"))["headline"] == "1 of 1 stack is ready"


@contextlib.contextmanager
def watched(
    checkout: Checkout, *arguments: str, terminal: int | None = None
) -> Iterator[subprocess.Popen[str]]:
    """A `vmpool status --watch` of alice that looks every second.

    terminal: what it prints to; else there is none.
    """
    code = "from vmpool.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "status", "--watch", "--every=1", "-s", "alice", *arguments],
        cwd=checkout.folder,
        env={**checkout.environment, "TERM": "xterm", "COLUMNS": "100", "LINES": "40"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if terminal is None else terminal,
        stderr=subprocess.STDOUT,
        text=True,
        # A shell in the background has SIGINT ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_ctrl_c_ends_it_in_silence(checkout: Checkout) -> None:
    with watched(checkout) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "1 of 1 stack is ready\n"
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
        assert process.returncode == 0
    assert "Abort" not in rest
    assert "Traceback" not in rest


def test_a_terminal_is_redrawn_and_is_as_it_was_after_ctrl_c(checkout: Checkout) -> None:
    ours, its = os.openpty()
    with watched(checkout, terminal=its) as process, os.fdopen(ours, "rb", buffering=0) as screen:
        os.close(its)
        seen = b""
        while seen.count(b"1 of 1 stack is ready") < 2:
            seen += screen.read(4096)
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(OSError):  # the end of a terminal
            while more := screen.read(4096):
                seen += more
        assert process.wait(30) == 0
    assert b"Abort" not in seen
    # The alternate screen, entered and left.
    assert seen.index(b"\x1b[?1049h") < seen.index(b"\x1b[?1049l")


def test_a_page_is_written_anew_after_every_look_and_loads_itself_anew(checkout: Checkout) -> None:
    file = checkout.folder / "status.html"
    file.unlink(missing_ok=True)
    with watched(checkout, "--format=html", f"--output={file}") as process:
        seen: set[str] = set()
        while len(seen) < 2:
            assert process.poll() is None
            page = file.read_text(encoding="utf-8") if file.exists() else ""
            # A page is whole whenever somebody looks.
            assert page == "" or page.endswith("</html>\n")
            seen |= set(re.findall('<time datetime="([^"]+)"', page))
    assert '<meta http-equiv="refresh" content="1">' in page


@contextlib.contextmanager
def documents(checkout: Checkout, pattern: str) -> Iterator[Iterator[dict[str, Any]]]:
    """What a watched file says after each look from now on, as JSON."""
    file = checkout.folder / "watched.json"
    file.unlink(missing_ok=True)

    def after_each_look(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
        before = ""
        while process.poll() is None:
            said = file.read_text(encoding="utf-8") if file.exists() else ""
            if said != before:
                yield json.loads(said)
            before = said
        raise AssertionError(f"it has ended: {process.stdout and process.stdout.read()}")

    arguments = ("--format=json", f"--output={file}", "--stacks", pattern)
    with watched(checkout, *arguments) as process:
        yield after_each_look(process)


def test_while_no_stack_is_there_the_last_report_stays_and_says_why(checkout: Checkout) -> None:
    """As in a moment of a git checkout; bob is named by a pattern alone."""
    file = checkout.folder / "Pulumi.bob.yaml"
    aside = checkout.folder / "aside"
    with documents(checkout, "b?b") as looks:
        first = next(looks)
        assert [one["stack"] for one in first["stacks"]] == ["bob", "alice"]
        file.rename(aside)
        try:
            old = next(one for one in looks if one["old"])
        finally:
            aside.rename(file)
        assert "UTC: no stack fits b?b (stacks here: alice, " in old["old"]
        assert old["old"].startswith(f"as it was at {old['at'][:10]} {old['at'][11:19]} UTC")
        assert old["stacks"][0]["vms"][0]["node"] == "node-1"
        new = next(one for one in looks if not one["old"])
        assert new["at"] > old["at"]
        assert new["stacks"][0]["state"] == "not ready"


def test_a_stack_whose_file_is_half_written_is_shown_as_it_was_for_once(checkout: Checkout) -> None:
    file = checkout.folder / "Pulumi.bob.yaml"
    whole = file.read_text(encoding="utf-8")
    with documents(checkout, "bob") as looks:
        next(looks)
        file.write_text(whole[: whole.index("disk") + 20], encoding="utf-8")
        try:
            bob, alice = next(one for one in looks if one["stacks"][0]["old"])["stacks"]
            broken = next(one for one in looks if not one["stacks"][0]["old"])["stacks"][0]
        finally:
            file.write_text(whole, encoding="utf-8")
        assert (bob["stack"], bob["state"], len(bob["vms"])) == ("bob", "not ready", 2)
        assert "UTC: Pulumi.bob.yaml cannot be read: " in bob["old"]
        assert (alice["state"], alice["old"]) == ("ready", "")
        assert (broken["state"], broken["vms"]) == ("not seen", [])
        assert broken["why"][0].startswith("Pulumi.bob.yaml cannot be read: ")
        next(one for one in looks if one["stacks"][0]["state"] == "not ready")


def test_what_is_wrong_from_the_first_look_on_ends_it(checkout: Checkout) -> None:
    checkout.vmpool("status", "--watch", "--stacks", "nobody-*", code=3)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_what_is_old_and_why(form: str) -> None:
    bob = StackStatus("bob", State.READY, old="as it was at noon: its file is broken")
    shown = FORMS[form](Report((bob, ALICE), datetime.now(UTC), old="as it was at one: no disk"))
    for part in ("as it was at noon: its file is broken", "as it was at one: no disk"):
        assert part in shown


def test_what_the_system_refuses_leaves_the_last_report_and_is_told_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    refused = PermissionError(13, "Denied", "Pulumi.x")
    looks: list[Report | OSError] = [Report((ALICE,), datetime.now(UTC)), refused] * 2

    def look() -> Report:
        if not looks:
            raise KeyboardInterrupt
        found = looks.pop(0)
        if isinstance(found, OSError):
            raise found
        return found

    watching.watch(look, text, None, 0)
    first, old, new, again = capsys.readouterr().out.split("\n\n1 of 1 stack is ready\n")
    assert "as it was at" in old
    assert "UTC: Denied: Pulumi.x" in old
    assert "as it was" not in first + new
    assert "as it was" in again


def test_where_nobody_looks_a_report_is_printed_when_something_changed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    more_load = replace(SCALING, load=("cpu 32 % of 50 %",))
    looks = [ALICE, ALICE, replace(ALICE, scaling=more_load), replace(ALICE, ready=1), ALICE]
    reports = (Report((stack,), datetime.now(UTC)) for stack in looks)

    def look() -> Report:
        try:
            return next(reports)
        except StopIteration:
            raise KeyboardInterrupt from None

    watching.watch(look, text, None, 0)
    blocks = capsys.readouterr().out.split("\n\n1 of 1 stack")
    assert len(blocks) == 3
    assert "1 of 2 VMs ready" in blocks[1]


def test_a_watched_file_is_written_after_every_look() -> None:
    written: list[str] = []

    def look() -> Report:
        if len(written) == 3:
            raise KeyboardInterrupt
        return Report((ALICE,), datetime.now(UTC))

    watching.watch(look, text, written.append, 0)
    assert len(written) == 3
