"""The command line as a whole: examples, completion, how much is told, and errors."""

from __future__ import annotations

import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import click
import pytest
from checkout import ROOT, Checkout, copied, needs
from click.testing import CliRunner, Result
from repository import stack_file

from vmpool import console, network, versions
from vmpool.cli import main
from vmpool.stack import stack_files
from vmpool.verbs.errors import FailingWith3

SECRET = "geheim-4711"
PROGRAM = "from vmpool.cli import main; main()"
# How colours begin; a spinner that moves the cursor has none.
COLOUR = re.compile(r"\x1b\[[\d;]*m")


def verbs(
    command: click.Command = main, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every verb and every verb below a verb, with its path."""
    if path:
        yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name="vmpool")
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below
            yield from verbs(below, (*path, name))


VERBS = dict(verbs())
IDS = [" ".join(path) for path in VERBS]
# Of an import's stack there is no file yet.
OF_A_STACK = {path: verb for path, verb in VERBS.items() if path != ("import",)}


def ran(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What options change for the whole process is as it was."""
    # So that it is taken away again.
    monkeypatch.setenv(network.OFFLINE, "")
    yield
    console.set_volume(console.Volume.NORMAL)


def test_the_version_is_that_of_the_package() -> None:
    done = ran("--version")
    assert (done.exit_code, done.stdout) == (0, f"vmpool {metadata.version('vmpool')}\n")


@pytest.mark.parametrize(("path", "verb"), VERBS.items(), ids=IDS)
def test_the_help_of_every_verb_has_an_example_that_it_understands(
    path: tuple[str, ...], verb: click.Command
) -> None:
    told = ran(*path, "--help").stdout
    _, heading, examples = told.partition("\n  Example:\n")
    assert heading, f"vmpool {' '.join(path)} --help has no example: epilog=options.example(...)"
    for line in examples.splitlines():
        command = re.sub(r'^eval "\$\((.*)\)"$', r"\1", line.strip())
        words = shlex.split(re.split(r" [>|] ", command)[0])
        assert words[: len(path) + 1] == ["vmpool", *path]
        rest = words[len(path) + 1 :]
        # Of a group it is one of its verbs.
        while isinstance(verb, click.Group):
            below = verb.get_command(click.Context(verb), rest.pop(0))
            assert below, line
            verb = below
        verb.make_context("vmpool", rest).close()


@pytest.mark.parametrize("verb", OF_A_STACK.values(), ids=map(" ".join, OF_A_STACK))
def test_names_of_stacks_complete_wherever_a_stack_is_named(verb: click.Command) -> None:
    for option in verb.params:
        if "--stack" in option.opts:
            context = click.Context(verb)
            names = [item.value for item in option.shell_complete(context, "")]
            assert names == stack_files.names()
            assert [item.value for item in option.shell_complete(context, "de")] == ["dev"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_of_a_shell_asks_vmpool(shell: str) -> None:
    done = ran("completion", shell)
    assert done.exit_code == 0
    assert f"_VMPOOL_COMPLETE={shell}_complete" in done.stdout


def test_another_shell_is_a_mistake_that_names_the_shells() -> None:
    done = ran("completion", "tcsh")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "'bash', 'zsh', 'fish'" in done.stderr


@pytest.fixture
def commands(tmp_path: Path) -> dict[str, str]:
    """The environment of a shell that has vmpool on its PATH."""
    script = tmp_path / "bin" / "vmpool"
    script.parent.mkdir()
    script.write_text(f"#!{sys.executable}\n{PROGRAM}\n")
    script.chmod(0o755)
    return {**os.environ, "PATH": f"{script.parent}{os.pathsep}{os.environ['PATH']}"}


@needs("bash")
@pytest.mark.parametrize(
    ("words", "completed"),
    [
        (["re"], ["render"]),
        (["render", "--stack", "de"], ["dev"]),
        (["cluster", "st"], ["start", "stop"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
    ],
    ids=["verbs", "stacks", "verbs below", "arguments"],
)
def test_bash_completes_verbs_and_stacks(
    commands: dict[str, str], words: list[str], completed: list[str]
) -> None:
    if (shutil.which("bash") or "").startswith("/bin/") and sys.platform == "darwin":
        pytest.skip("the bash of macOS is too old for completion")
    script = (
        'eval "$(vmpool completion bash)"\n'
        f"COMP_WORDS=(vmpool {shlex.join(words)}); COMP_CWORD={len(words)}\n"
        '_vmpool_completion vmpool\nprintf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", script], env=commands, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == completed


def test_quiet_and_verbose_contradict_each_other() -> None:
    done = ran("--quiet", "--verbose", "version")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "contradict each other" in done.stderr


def test_quiet_leaves_out_what_goes_on_and_keeps_errors(capsys: pytest.CaptureFixture[str]) -> None:
    console.set_volume(console.Volume.QUIET)
    with console.step("building"):
        console.say("waiting")
    console.tell("a warning")
    assert capsys.readouterr().err == "a warning\n"


def test_quiet_on_the_command_line_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    def looking() -> dict[str, str]:
        console.say("looking")
        return {}

    monkeypatch.setattr(versions, "versions", looking)
    monkeypatch.setattr(versions, "as_text", lambda found: "result\n")
    assert ran("version").output == "looking\nresult\n"
    assert ran("--quiet", "version").output == "result\n"


def test_offline_holds_for_everything_that_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not network.offline()
    ran("--offline", "schema")
    assert network.offline()


@pytest.fixture
def with_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `vmpool version` run into an exception whose text and values are secret."""

    def raise_one() -> None:
        password = SECRET
        raise ValueError(password)

    monkeypatch.setattr(versions, "versions", raise_one)


@pytest.mark.usefixtures("with_a_bug")
def test_a_bug_says_how_to_report_it_and_no_value() -> None:
    done = ran("version")
    assert (done.exit_code, done.stdout) == (1, "")
    first, *lines = done.stderr.splitlines()
    assert first == "error: this is a bug in vmpool: ValueError, in vmpool version"
    assert re.fullmatch(r"  vmpool\.verbs\.version\.version, line \d+", lines[-5])
    assert re.fullmatch(r"  .*test_command_line\.raise_one, line \d+", lines[-4])
    assert lines[-3] == "Please report it to those who maintain this project, with these lines:"
    assert lines[-2].startswith(f"  vmpool {metadata.version('vmpool')}, kubevirt-vm-pool ")
    assert "--verbose" in lines[-1]
    assert SECRET not in done.output
    assert "Traceback" not in done.output


@pytest.mark.usefixtures("with_a_bug")
def test_verbose_adds_the_traceback_of_a_bug() -> None:
    done = ran("--verbose", "version")
    assert done.exit_code == 1
    assert "Traceback (most recent call last):" in done.stderr


def test_the_documentation_names_the_verbs_with_exit_codes_of_their_own() -> None:
    text = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    table = text.partition("## Exit codes\n")[2].partition("\n## ")[0]
    own = [" ".join(path) for path, verb in verbs() if isinstance(verb, FailingWith3)]
    assert re.findall(r"^\| `vmpool ([a-z ]+)` \|", table, re.MULTILINE) == own
    # Of the command line's mistakes, too.
    for verb in own:
        assert CliRunner().invoke(main, [*verb.split(), "--no-such-option"]).exit_code == 3
    assert CliRunner().invoke(main, ["render", "--no-such-option"]).exit_code == 2


def test_a_bug_of_diff_has_its_own_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    from vmpool.diff import command

    nothing: dict[str, str] = {}
    monkeypatch.setattr(command, "compared", lambda *_: nothing["key"])
    done = ran("diff", "--base", "main")
    assert done.exit_code == 3
    assert done.stderr.startswith("error: this is a bug in vmpool: KeyError, in vmpool diff\n")


@pytest.mark.parametrize("arguments", [["--help"], ["frobnicate"]], ids=" ".join)
def test_a_verb_that_cannot_be_loaded_is_a_bug_too(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    def broken(name: str) -> None:
        raise SyntaxError(SECRET)

    monkeypatch.setattr("vmpool.cli.import_module", broken)
    monkeypatch.setattr("vmpool.cli.pkgutil.iter_modules", lambda path: [_Module("frobnicate")])
    done = ran(*arguments)
    assert done.exit_code == 1
    assert "this is a bug in vmpool: SyntaxError" in done.stderr
    assert SECRET not in done.output


class _Module:
    def __init__(self, name: str) -> None:
        self.name = name


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["render", "--stack", "nobody"], 1), (["up", "--sharp"], 2), (["frobnicate"], 2)],
    ids=["no stack", "no option", "no verb"],
)
def test_errors_go_to_standard_error_alone(arguments: list[str], code: int) -> None:
    done = ran(*arguments)
    assert (done.exit_code, done.stdout) == (code, "")
    assert done.stderr


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    checkout = copied(tmp_path_factory.mktemp("project") / "p")
    checkout.write("alice", stack_file())
    return checkout


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["doctor"], ["render", "-s", "alice"], ["render", "-s", "nobody"]],
    ids=" ".join,
)
def test_a_pipe_gets_no_control_characters(checkout: Checkout, arguments: list[str]) -> None:
    checkout.environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    done = checkout.run(sys.executable, "-c", PROGRAM, *arguments)
    assert done.stdout
    assert "\x1b" not in done.stdout


def on_terminal(**environment: str) -> str:
    """Return what a step shows on a terminal."""
    program = (
        "import time; from vmpool.console import step\nwith step('building'): time.sleep(0.3)\n"
    )
    master, slave = pty.openpty()
    given = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env={**given, "TERM": "xterm-256color", **environment},
        stdin=slave,
        stdout=slave,
        stderr=slave,
    ) as process:
        os.close(slave)
        told = b""
        try:
            while block := os.read(master, 4096):
                told += block
        except OSError:
            # Linux says so when the program has ended.
            pass
        process.wait()
    os.close(master)
    return told.decode()


def test_a_terminal_shows_colours_unless_it_is_told_not_to() -> None:
    assert COLOUR.search(on_terminal())
    without = on_terminal(NO_COLOR="1")
    assert "building" in without
    assert not COLOUR.search(without)
