"""What goes to other programs and comes from them is UTF-8, whatever the person's locale is."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import ROOT

SOURCES = [
    file
    for folder in ("vmpool", "components", "bench", "policies")
    for file in sorted((ROOT / folder).rglob("*.py"))
    if ".venv" not in file.parts
]
# Of subprocess: each makes text of bytes, by the locale if nothing says how.
MAKE_TEXT = {"text", "universal_newlines", "errors"}

# A kubectl that gives back what it is given.
ECHO = """
import sys
from pathlib import Path
from kubevirt_vm_pool.cluster.kubectl import Kubectl
said = Kubectl(Path(sys.argv[1]), None, None).run("apply", stdin="Gr\\u00fcezi \\u2713").stdout
print(ascii(said))
"""


def parsed(source: str) -> ast.AST:
    """Return the tree of a source."""
    try:
        return ast.parse(source)
    except SystemError:
        # CPython 3.11 counts the depth for all threads together, and another one parses, too.
        return ast.parse(source)


def in_the_persons_locale(source: str) -> Iterator[int]:
    """Yield the lines of calls that leave it to the locale how bytes become text."""
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Call):
            said = {keyword.arg for keyword in node.keywords}
            if said & MAKE_TEXT and "encoding" not in said and "subprocess" in ast.dump(node.func):
                yield node.lineno


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("subprocess.run(['ls'], capture_output=True)", []),
        ("subprocess.run(['ls'], text=True)", [1]),
        ("\nsubprocess.Popen(['ls'], universal_newlines=True)", [2]),
        ("subprocess.check_output(['ls'], errors='replace')", [1]),
        ("subprocess.run(['ls'], text=True, encoding='utf-8')", []),
        ("path.read_text(errors='replace')", []),
    ],
)
def test_a_call_without_an_encoding_is_found(source: str, lines: list[int]) -> None:
    assert list(in_the_persons_locale(source)) == lines


def test_every_call_of_another_program_says_how_its_text_is_encoded() -> None:
    assert len(SOURCES) > 100
    found = {
        str(file.relative_to(ROOT)): lines
        for file in SOURCES
        if (lines := list(in_the_persons_locale(file.read_text(encoding="utf-8"))))
    }
    assert found == {}


def test_kubectl_is_spoken_to_in_utf_8_in_any_locale(tmp_path: Path) -> None:
    program = tmp_path / "kubectl"
    program.write_text("#!/bin/sh\nexec cat\n")
    program.chmod(0o755)
    # An ASCII locale, from which Python would else flee by itself.
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [sys.executable, "-c", ECHO, str(program)],
        env={**os.environ, **locale},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.stdout, done.stderr) == ("'Gr\\xfcezi \\u2713'\n", "")
