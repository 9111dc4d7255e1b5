"""Every kind of finding is planted by a test: its id is written in the code, and expected here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from faults import FAULTS

import vmpool.check

MAKERS = {"error", "warning"}
# What passes an id on to them.
PASS_ON = {"_may_not", "_missing", "Matcher"}
CODE = [*Path(vmpool.check.__file__).parent.glob("*.py")]
TESTS = [*Path(__file__).parent.glob("test_*.py")]


def calls(files: list[Path]) -> Iterator[ast.Call]:
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield node


def is_id(text: str) -> bool:
    return "-" in text and text.replace("-", "").isalpha() and text.islower()


def texts(nodes: list[ast.expr]) -> list[str]:
    return [
        one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]


def in_code() -> set[str]:
    """Return the ids that the code has; whoever makes one passes it as it is."""
    found = set()
    for call in calls(CODE):
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name in MAKERS:
            assert isinstance(call.args[0], ast.Constant | ast.Name | ast.Attribute), call.lineno
        if name in MAKERS | PASS_ON:
            found |= set(filter(is_id, texts(call.args)))
    return found


def expected() -> set[str]:
    """Return the ids that faults have, and those that other tests assert."""
    found = {fault.found for fault in FAULTS}
    for file in TESTS:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assert):
                found |= {
                    one.value
                    for one in ast.walk(node.test)
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
    return found


def test_the_code_is_read() -> None:
    assert {"image-missing", "secret-missing", "right-missing", "instancetype-missing"} <= in_code()


def test_every_finding_is_planted() -> None:
    assert in_code() - expected() == set()
