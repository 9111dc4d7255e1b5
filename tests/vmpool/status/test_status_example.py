"""What the documentation shows is what comes out today."""

from __future__ import annotations

import json
import re

import pytest
from status_example import DOCUMENT, example

from vmpool.status import command
from vmpool.status.facts import Report


def block(language: str) -> str:
    """Return the text of the document's only block of a language."""
    shown = DOCUMENT.read_text(encoding="utf-8")
    (text,) = re.findall(rf"```{language}\n(.*?)```", shown, re.DOTALL)
    return str(text)


def test_the_text_in_the_documentation_is_what_comes_out(report: Report) -> None:
    assert command.FORMS["text"](example(report, "alice", "bob", "carol")) == block("text")


def test_the_json_in_the_documentation_is_what_comes_out(report: Report) -> None:
    shown = json.loads(block("json"))
    document = json.loads(command.FORMS["json"](example(report, "alice")))
    for one in (shown, document):
        one["at"] = ""
        for vm in one["stacks"][0]["vms"]:
            vm["created"], vm["ageSeconds"] = "", vm["ageSeconds"] // 3_600
    assert document == shown


@pytest.mark.parametrize("form", command.FORMS)
def test_every_form_is_documented(form: str) -> None:
    assert f"--format {form}" in DOCUMENT.read_text(encoding="utf-8") or form == "text"
