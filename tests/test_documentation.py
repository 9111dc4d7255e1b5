"""The documentation: every command and every output block is run here, or compared elsewhere.

UPDATE_DOCS=1 writes what the commands of the sessions print into the pages.
"""

from __future__ import annotations

import ast
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml
from checkout import ROOT, Checkout, needs
from configurations import DEV
from documentation import PAGES, Block, agree, blocks, given, replaced, run, steps
from engine_checkout import checkout as engine_checkout
from kubevirt_vm_pool.policy.settings import settings
from kubevirt_vm_pool.validation import validate
from kubevirt_vm_pool.validation.problems import ConfigurationError

from vmpool.cli import main
from vmpool.console import UserError
from vmpool.stack import stack_files

# Made by a test of its own, which compares the whole.
MADE = {"preview-comment.md"}
# Its examples are those of helpers/examples.py, which has tests of its own.
EXAMPLES = {"keys.md"}
# Programs in other languages; tests/test_example_languages.py runs whole ones.
PROGRAMS = {"any-language.md"}
PROGRAM_LANGUAGES = {"csharp", "go", "java", "ts", "yaml"}
BLOCKS = [block for page in PAGES if page.name not in MADE for block in blocks(page)]
# Pages whose outputs a test of their own compares.
ELSEWHERE = {
    "check.md": "vmpool/check/test_check_commands.py",
    "command-line.md": "vmpool/test_doctor.py",
    "fleet.md": "vmpool/fleet/test_fleet.py",
    "many-users.md": "test_many_users.py",
    "operator.md": "test_many_users.py",
    "status.md": "vmpool/status/test_status_example.py",
}
SESSIONS = sorted(
    {block.page for block in BLOCKS if block.language == "console"}
    - {ROOT / "docs" / name for name in ELSEWHERE}
)
SHELL = [block for block in BLOCKS if block.language in {"sh", "bash"}]
COMPARED = [block for block in BLOCKS if block.directive.startswith("compared: ")]
OUTPUTS = {"console", "csv", "json", "text", "yaml", ""}
OWN_TESTS = [b for b in BLOCKS if b.page.name in ELSEWHERE and b.language in OUTPUTS]
YAML = [
    block
    for block in BLOCKS
    if block.language == "yaml"
    and block not in COMPARED
    and block not in OWN_TESTS
    and block.page.name not in EXAMPLES | PROGRAMS
]
PYTHON = [block for block in BLOCKS if block.language == "python" and block not in COMPARED]
LANGUAGES = {"console", "sh", "bash", "yaml", "python"}

# Programs whose commands are only shown: they need a cluster with VMs, an account, or another tool.
NOT_OURS = {
    "base64", "cp", "curl", "done", "eval", "for", "git", "helm", "kubectl", "pip", "pulumi",
    "source", "uv", "virtctl",
}  # fmt: skip


def ids(block: object) -> str:
    return str(block)


# --- sessions ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout that is used for one page after the other."""
    yield from engine_checkout(tmp_path_factory.mktemp("documentation") / "p")


@needs("pulumi")
@pytest.mark.parametrize("page", SESSIONS, ids=lambda page: page.name)
def test_the_commands_of_a_page_print_what_it_shows(page: Path, fresh: Checkout) -> None:
    before = {file: file.read_bytes() for file in fresh.folder.glob("Pulumi.*yaml")}
    try:
        for block in blocks(page):
            if block.directive.startswith("in "):
                given(fresh, block)
            elif block.language == "console":
                play(fresh, block)
    finally:
        for file, content in before.items():
            file.write_bytes(content)
        fresh.run(".venv/bin/vmpool", "down")


def play(checkout: Checkout, block: Block) -> None:
    written: list[str] = []
    for step in steps(block):
        printed = run(checkout, step.command)
        same = agree(step.printed, printed)
        assert same or os.environ.get("UPDATE_DOCS"), f"{block}: {step.command}:\n" + "\n".join(
            printed
        )
        written += [f"$ {step.command}", *(step.printed if same else printed)]
    if os.environ.get("UPDATE_DOCS"):
        replaced(block.page, block, "\n".join(written))


# --- commands that are only shown ----------------------------------------------------------------


def commands(block: Block) -> Iterator[list[str]]:
    """Yield the words of each command, without variables before it."""
    text = re.sub(r"\\\n\s*", " ", block.text)
    for line in text.splitlines():
        for part in re.split(r"\s\|\s|&&", re.sub(r"(^|\s)(#|> ).*", "", line)):
            words = shlex.split(part)
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words.pop(0)
            if words:
                # What a loop does is a command.
                yield words[1:] if words[0] == "do" else words


@pytest.mark.parametrize("block", SHELL, ids=ids)
def test_a_command_that_is_shown_exists(block: Block) -> None:
    for words in commands(block):
        match words:
            case ["uv", "run", "vmpool", *rest] | ["vmpool", *rest]:
                assert is_a_command(rest), words
            case ["make", *rest]:
                targets = [word for word in rest if "=" not in word and word != "-C"]
                makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
                assert all(re.search(rf"(?m)^([\w ]* )?{one}\b.*:", makefile) for one in targets)
            case [program, *_]:
                assert program in NOT_OURS, words


def is_a_command(words: list[str]) -> bool:
    """Tell whether vmpool knows the verb and each option."""
    command: click.Command | None = main
    context = click.Context(main)
    while isinstance(command, click.Group):
        word, words = words[0], words[1:]
        if word.startswith("-"):
            return any(word in option.opts for option in command.params)
        command = command.get_command(context, word)
    assert command is not None
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    options = {word.partition("=")[0] for word in words if word.startswith("-") and word != "-"}
    return options <= known | {"-h", "--help"}


# --- parts of stack files and programs -----------------------------------------------------------


@pytest.mark.parametrize("block", YAML, ids=ids)
def test_a_part_of_a_stack_file_is_sound(block: Block) -> None:
    document = yaml.safe_load(block.text)
    if block.directive.startswith("part of "):
        file = ROOT / block.directive.removeprefix("part of ")
        whole = yaml.safe_load(file.read_text(encoding="utf-8"))["config"]
        assert {key: whole[key] for key in document} == document
        return
    if block.directive == "policies":
        settings(document)
        return
    own = document.get("config", document)
    # Where VMs differ there is a number of them.
    base = {**DEV, "autoscaling": {}} if "perReplica" in own else DEV
    try:
        validate.specify({**base, **own}, stack="dev", where="Pulumi.dev.yaml")
    except ConfigurationError as error:
        pytest.fail(f"{block}: {error}")


def test_the_report_of_mistakes_is_as_shown() -> None:
    (block,) = [one for one in COMPARED if one.directive.endswith("mistakes_is_as_shown")]
    text = (ROOT / "Pulumi.dev.yaml").read_text(encoding="utf-8") + "  memory: 2GB\n"
    stack = stack_files.parsed(
        "alice", text.replace("  replicas: 2", "  replcas: 3"), Path("Pulumi.alice.yaml")
    )
    with pytest.raises(UserError) as refused:
        stack.specification()
    assert f"error: {refused.value}" == block.text


@pytest.mark.parametrize("block", PYTHON, ids=ids)
def test_a_program_is_python_and_imports_what_there_is(block: Block) -> None:
    tree = ast.parse(block.text)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "kubevirt_vm_pool":
            import kubevirt_vm_pool

            assert all(hasattr(kubevirt_vm_pool, name.name) for name in node.names)


@pytest.mark.parametrize("block", COMPARED, ids=ids)
def test_what_compares_a_block_is_there(block: Block) -> None:
    file, _, name = block.directive.removeprefix("compared: ").partition("::")
    assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize(("page", "file"), ELSEWHERE.items())
def test_a_page_has_the_test_that_compares_it(page: str, file: str) -> None:
    helpers = (ROOT / "tests" / "helpers").glob("*.py")
    texts = [one.read_text(encoding="utf-8") for one in (ROOT / "tests" / file, *helpers)]
    assert any(f'"{page}"' in text or f"docs/{page}" in text for text in texts)


@pytest.mark.parametrize("block", BLOCKS, ids=ids)
def test_a_block_is_of_a_kind_that_is_tried_here(block: Block) -> None:
    known = LANGUAGES | (PROGRAM_LANGUAGES if block.page.name in PROGRAMS else set())
    assert block.language in known or block in [*COMPARED, *OWN_TESTS], (
        "say which test compares it: <!-- compared: tests/FILE.py::TEST -->"
    )
